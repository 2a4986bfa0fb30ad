"""Routes of the central database: templates that match exactly what they say, and no two for the same request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from provisioning.model.institution import Source
from provisioning.registry.problems import Problem, error, shown
from provisioning.registry.rules.scene import Scene
from provisioning.registry.schema.policies import RouteEntry
from provisioning.registry.singles import Item

_LITERAL: Final = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*")
_PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def path_templates(scene: Scene) -> Iterator[Problem]:
    """Report a path that is no template which the gate can match without guessing."""
    for route in scene.singles.routes:
        fault = template_fault(route.entry.path)
        if fault is not None:
            remedy = "write a path such as /v1/institutions/{institution}/students/{student}"
            yield error("path-shape", route.at("path"), f"path: {fault}", remedy)


def template_fault(path: str) -> str | None:
    """Return what is wrong with a path template, or None."""
    if not path.startswith("/"):
        return "it does not start with /"
    names: list[str] = []
    for segment in path[1:].split("/"):
        placeholder = _PLACEHOLDER.fullmatch(segment)
        if placeholder:
            names.append(placeholder[1])
        elif segment == "":
            return "it has an empty segment (// or a slash at the end)"
        elif segment in (".", ".."):
            return f"the segment {segment} leads elsewhere"
        elif not _LITERAL.fullmatch(segment):
            return f"the segment “{shown(segment)}” is neither a plain word nor a name in braces"
    twice = next((name for name in names if names.count(name) > 1), None)
    return None if twice is None else f"{{{twice}}} stands in it twice"


def duplicate_routes(scene: Scene) -> Iterator[Problem]:
    """Report two routes for one method and one shape of path: one of them would never be asked."""
    seen: dict[tuple[str, str], Source] = {}
    for route in scene.singles.routes:
        key = (route.entry.method, _PLACEHOLDER.sub("{}", route.entry.path))
        place = route.at("path")
        if key in seen:
            message = f"the route {route.entry.method} {shown(route.entry.path)} stands first at {seen[key]}"
            yield error("duplicate-route", place, message, "remove one of the two")
        seen.setdefault(key, place)


def overlapping_routes(scene: Scene) -> Iterator[Problem]:
    """Report two templates that fit one path but need different things: another router may choose the other one."""
    by_length: dict[tuple[str, int], list[Item[RouteEntry]]] = {}
    for route in scene.singles.routes:
        same = by_length.setdefault((route.entry.method, route.entry.path.count("/")), [])
        for other in same:
            if _both_fit(other.entry.path, route.entry.path) and _needs(other.entry) != _needs(route.entry):
                message = f"{shown(route.entry.path)} and {shown(other.entry.path)} ({other.at('path')}) fit one path"
                remedy = "give both the same right and {institution} at the same place, or write one of them otherwise"
                yield error("overlapping-routes", route.at("path"), message, remedy)
        same.append(route)


def _both_fit(one: str, other: str) -> bool:
    """Whether some path fits both templates, and they are not one shape."""
    pairs = list(zip(one.split("/"), other.split("/"), strict=True))
    if all(a == b or (_PLACEHOLDER.fullmatch(a) and _PLACEHOLDER.fullmatch(b)) for a, b in pairs):
        return False
    return all(a == b or _PLACEHOLDER.fullmatch(a) or _PLACEHOLDER.fullmatch(b) for a, b in pairs)


def _needs(route: RouteEntry) -> tuple[str, int | None]:
    segments = route.path.split("/")
    return route.right, segments.index("{institution}") if "{institution}" in segments else None
