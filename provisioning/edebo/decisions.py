"""What people decided about words of the register: the files of `--map`, and the map that the configuration keeps.

A line says what a governing body's name means in one oblast, what an unknown type of institution is, or which of
several addresses is the official one. A decision is made once: an import keeps it (`map.yaml` in `imports`) beside the
records, and no later import asks again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from provisioning.model.configuration import Configuration
from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import Institution, Kind
from provisioning.model.katottg import NATIONAL, authority_oblast
from provisioning.model.text import folded
from provisioning.registry.errors import InvalidConfiguration
from provisioning.registry.folder import DECISIONS
from provisioning.registry.parsing import compose
from provisioning.registry.rules.emails import email_fault
from provisioning.registry.values import NodeReader

KEPT: Final = Path(DECISIONS)
"""Where a configuration folder keeps the decisions; belongs into git with the records."""

NO_OBLAST: Final = "--"
"""Stands for the oblast of rows that say none."""

_SECTIONS: Final = ("authorities", "kinds", "emails")
_OBLAST: Final = re.compile(r"[0-9]{2}|--")
_HROMADA: Final = re.compile(r"UA[0-9]{7}")
_HEAD: Final = (
    "# Decisions about words of the register, kept by `provision import edebo`. Lines may be changed or removed.",
    "# Рішення щодо слів реєстру; рядки можна змінювати й вилучати.",
)

BodyKey = tuple[str, str | None, str]
"""Oblast, hromada (None for the whole oblast), and the folded name of a governing body."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """All of them; `names` has each governing body's name as it was written."""

    authorities: Mapping[BodyKey, InstitutionId] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    emails: Mapping[int, str] = field(default_factory=dict)

    def authority(self, text: str, oblast: str | None, hromada: str | None) -> InstitutionId | None:
        """Return the authority that a folded name means in an oblast and hromada; None when that was not decided."""
        there = oblast or NO_OBLAST
        for key in ((there, hromada, text), (there, None, text), (NATIONAL, None, text)):
            if (found := self.authorities.get(key)) is not None:
                return found
        return None

    def over(self, earlier: Decisions) -> Decisions:
        """Return both, these before the earlier ones."""
        return Decisions(
            {**earlier.authorities, **self.authorities},
            {**earlier.names, **self.names},
            {**earlier.kinds, **self.kinds},
            {**earlier.emails, **self.emails},
        )

    def text(self) -> str:
        """Return the map that a configuration folder keeps."""
        return "\n".join([*_HEAD, *self._lines()]) + "\n"

    def _lines(self) -> Iterator[str]:
        yield "authorities:" if self.authorities else "authorities: {}"
        oblast, name = "", ""
        for key in sorted(self.authorities, key=lambda key: (key[0], key[2], key[1] or "")):
            if key[0] != oblast:
                oblast, name = key[0], ""
                yield f'  "{oblast}":'
            if key[2] != name:
                name = key[2]
                whole = self.authorities.get((oblast, None, name))
                hromadas = [k for k in self.authorities if k[0] == oblast and k[2] == name and k[1] is not None]
                yield from _body_lines(self.names.get(name, name), whole, {k[1]: self.authorities[k] for k in hromadas})
        yield from _section("kinds", self.kinds)
        yield from _section("emails", self.emails)


def _body_lines(name: str, whole: str | None, parts: Mapping[str | None, str]) -> Iterator[str]:
    if not parts:
        yield f'    {quoted(name)}: "{whole}"'
        return
    yield f"    {quoted(name)}:"
    if whole is not None:
        yield f'      else: "{whole}"'
    for hromada in sorted(part for part in parts if part is not None):
        yield f'      {hromada}: "{parts[hromada]}"'


def _section(name: str, values: Mapping[Any, str]) -> Iterator[str]:
    yield f"{name}:" if values else f"{name}: {{}}"
    for key in sorted(values):
        yield f"  {quoted(str(key))}: {quoted(str(values[key]))}"


def quoted(text: str) -> str:
    """Return a text as YAML reads it back."""
    return json.dumps(text, ensure_ascii=False)


def read_kept(folder: Path, configuration: Configuration) -> Decisions:
    """Read the decisions that the configuration keeps; none before the first. Raises InvalidConfiguration when damaged.

    A line about an authority that was deactivated goes on with its only successor, or is asked again.
    """
    path = folder / KEPT
    if not path.exists():
        return Decisions()
    kept = _read(path)
    here = {one.id: one for one in configuration.institutions if one.kind.is_authority}
    followed = {key: _successor(here, identifier) for key, identifier in kept.authorities.items()}
    return Decisions({key: one for key, one in followed.items() if one}, kept.names, kept.kinds, kept.emails)


def read_decisions(paths: Iterable[Path], configuration: Configuration) -> Decisions:
    """Read the decisions of `--map` files; null where none was made yet; later files win.

    A name without an oblast counts in the oblast of its authority, for a national one everywhere. Raises
    InvalidConfiguration with what is wrong.
    """
    result = Decisions()
    authorities = {one.id: one for one in configuration.institutions if one.kind.is_authority}
    for path in paths:
        read = _read(path)
        for identifier in read.authorities.values():
            if identifier not in authorities or authorities[identifier].deactivated is not None:
                raise InvalidConfiguration(
                    f"{path} names {identifier}, which is no authority or is deactivated", remedy="give the id of one"
                )
        placed = {_with_oblast(key, authorities[one]): one for key, one in read.authorities.items()}
        result = Decisions(placed, read.names, read.kinds, read.emails).over(result)
    return result


def _with_oblast(key: BodyKey, authority: Institution) -> BodyKey:
    return key if key[0] else (authority_oblast(authority.id, authority.katottg), None, key[2])


def _successor(here: Mapping[InstitutionId, Institution], identifier: InstitutionId) -> InstitutionId | None:
    seen = set()
    while (one := here.get(identifier)) is not None and one.deactivated is not None and identifier not in seen:
        seen.add(identifier)
        if len(one.deactivated.successors) != 1:
            return None
        identifier = one.deactivated.successors[0]
    return identifier if one is not None and one.deactivated is None else None


def _read(path: Path) -> Decisions:
    root, problems = compose(path.read_text(encoding="utf-8"), path.name)
    value: Any = NodeReader(path.name).value(root) if root is not None else None
    fits = isinstance(value, dict) and all(
        name in _SECTIONS and (part is None or isinstance(part, dict)) for name, part in value.items()
    )
    if problems or not fits:
        raise InvalidConfiguration(
            f"{path} is no map", remedy="write `authorities:`, `kinds:` and `emails:` with `name: value` lines"
        )
    names: dict[str, str] = {}
    authorities = dict(_bodies(path, value.get("authorities") or {}, names))
    return Decisions(authorities, names, _kinds(path, value), _emails(path, value))


def _bodies(path: Path, section: Mapping[str, Any], names: dict[str, str]) -> Iterator[tuple[BodyKey, InstitutionId]]:
    for name, given in section.items():
        if not isinstance(given, dict):
            yield from _body(path, "", name, given, names)
        elif _OBLAST.fullmatch(name):
            for body, inner in given.items():
                yield from _body(path, name, body, inner, names)
        else:
            raise InvalidConfiguration(f"{path}: “{name}” is no oblast", remedy='put two digits there, such as "46"')


def _body(
    path: Path, oblast: str, name: str, given: object, names: dict[str, str]
) -> Iterator[tuple[BodyKey, InstitutionId]]:
    text = folded(name)
    names[text] = name
    for hromada, identifier in (given if isinstance(given, dict) else {"else": given}).items():
        if hromada != "else" and not _HROMADA.fullmatch(hromada):
            remedy = "write UA and seven digits of its KATOTTG code, or `else`"
            raise InvalidConfiguration(f"{path}: “{hromada}” is no hromada", remedy=remedy)
        if identifier is not None:
            yield (oblast, None if hromada == "else" else hromada, text), InstitutionId(str(identifier))


def _kinds(path: Path, value: Mapping[str, Any]) -> dict[str, Kind]:
    given = _answered(value, "kinds")
    wrong = sorted(set(given.values()) - set(Kind))
    if wrong:
        raise InvalidConfiguration(f"{path} names the kind {wrong[0]}", remedy=f"use one of {', '.join(Kind)}")
    return {name: Kind(kind) for name, kind in given.items()}


def _emails(path: Path, value: Mapping[str, Any]) -> dict[int, str]:
    given = _answered(value, "emails")
    for number, address in given.items():
        if not number.isdecimal() or email_fault(address) is not None:
            remedy = "write the EDEBO id and one address"
            raise InvalidConfiguration(f"{path}: “{number}: {address}” is no e-mail address of a row", remedy=remedy)
    return {int(number): address for number, address in given.items()}


def _answered(value: Mapping[str, Any], section: str) -> dict[str, str]:
    return {str(name): str(given) for name, given in (value.get(section) or {}).items() if given is not None}
