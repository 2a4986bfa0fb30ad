"""Rights: every kind has its list, every name is known, exceptions change something. Source: order cl. 4."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from provisioning.model.institution import Kind, Source
from provisioning.registry.problems import Problem, error, shown
from provisioning.registry.records import Record
from provisioning.registry.rules.scene import Scene


def duplicate_rights(scene: Scene) -> Iterator[Problem]:
    """Report a right that is described twice, or twice in one list."""
    seen: dict[str, Source] = {}
    for item in scene.singles.right_items:
        name, place = item.entry.name, item.at("name")
        if name in seen:
            yield error(
                "duplicate-right", place, f"the right {name} stands first at {seen[name]}", "remove one of them"
            )
        seen.setdefault(name, place)
    for kind in scene.singles.kind_items:
        for index, name in enumerate(kind.entry.rights):
            if name in kind.entry.rights[:index]:
                place = kind.at("rights", index)
                yield error("duplicate-right", place, f"the right {name} stands here twice", "remove one of them")


def kinds_covered(scene: Scene) -> Iterator[Problem]:
    """Report a kind whose rights rights.yaml does not name."""
    named = scene.singles.kind_names
    if named is None:
        return
    for kind in Kind:
        if kind.value not in named:
            place = scene.singles.rights_document.place(("kinds",), key=True)
            message = f"the kind {kind} is missing"
            yield error("missing-kind", place, message, f"add `{kind}:` with its name and its rights")


def known_rights(scene: Scene) -> Iterator[Problem]:
    """Report kinds, routes and exceptions that name an unknown right."""
    known = scene.singles.right_names
    if known is None:
        return
    for kind in scene.singles.kind_items:
        for index, name in enumerate(kind.entry.rights):
            if name not in known:
                yield _unknown(kind.at("rights", index), name, known)
    for route in scene.singles.routes:
        if route.entry.right not in known:
            yield _unknown(route.at("right"), route.entry.right, known)
    for record in scene.records:
        rights = record.entry.get("rights")
        if rights is None:
            continue
        for index, name in enumerate(rights.get("add", ())):
            if name not in known:
                yield _unknown(record.at("rights", "add", index), name, known)
        for index, name in enumerate(rights.get("remove", ())):
            if name not in known:
                yield _unknown(record.at("rights", "remove", index), name, known)


def useful_exceptions(scene: Scene) -> Iterator[Problem]:
    """Report an exception that adds a right which is there already, or removes one that is not: a misunderstanding."""
    known = scene.singles.right_names or frozenset()
    of_kind = {item.location[-1]: frozenset(item.entry.rights) for item in scene.singles.kind_items}
    for record in scene.records:
        kind, rights = record.entry.get("kind"), record.entry.get("rights")
        if rights is None or kind is None or kind.value not in of_kind:
            continue
        own = of_kind[kind.value]
        for index, name in enumerate(rights.get("add", ())):
            if name in own:
                yield _useless(record, ("add", index), f"the kind {kind} has the right {name} already")
        for index, name in enumerate(rights.get("remove", ())):
            if name not in own and name in known:
                yield _useless(record, ("remove", index), f"the kind {kind} does not have the right {name}")


def _useless(record: Record, where: tuple[str, int], message: str) -> Problem:
    return error("useless-exception", record.at("rights", *where), message, "remove this line")


def _unknown(place: Source, name: str, known: frozenset[str]) -> Problem:
    close = get_close_matches(name, known, n=1)
    remedy = f"did you mean {close[0]}?" if close else "write a right that rights.yaml describes, or describe it there"
    return error("unknown-right", place, f"the right {shown(name)} is unknown", remedy)
