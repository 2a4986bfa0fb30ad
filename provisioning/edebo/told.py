"""What a person says about words of the register: the file of `--map`, and the draft of one that an import writes.

The register has some 1,800 names of governing bodies. Whoever imports for the first time fills in a draft, the most
frequent names first; what was left open stays reported.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from provisioning.edebo.findings import Finding
from provisioning.model.configuration import Configuration
from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import Kind
from provisioning.registry.errors import InvalidConfiguration
from provisioning.registry.parsing import compose
from provisioning.registry.values import NodeReader

_SECTIONS: Final[Mapping[str, frozenset[str]]] = {
    "authorities": frozenset({"authority", "authority-assumed"}),
    "kinds": frozenset({"type"}),
}
"""Part of a map → codes of the findings that a line of it would answer."""

_HEAD: Final = (
    "# Words of the register that nobody could be found for. Write the id of an authority, or a kind, behind the colon",
    "# and give this file to `provision import edebo --map`. Lines that stay null stay reported.",
    "# Слова реєстру, які не вдалося розпізнати. Впишіть після двокрапки код органу або вид закладу.",
)


@dataclass(frozen=True, slots=True)
class Told:
    """`--map FILE`: names of governing bodies → authorities, types of institution → kinds."""

    authorities: Mapping[str, InstitutionId]
    kinds: Mapping[str, Kind]


def read_told(paths: Iterable[Path], configuration: Configuration) -> Told:
    """Files with `authorities: {name: id}` and `kinds: {type: kind}`, null where nobody decided yet; later ones win.

    Raises InvalidConfiguration with what is wrong.
    """
    authorities: dict[str, InstitutionId] = {}
    kinds: dict[str, Kind] = {}
    for path in paths:
        told = _read(path, configuration)
        authorities.update(told.authorities)
        kinds.update(told.kinds)
    return Told(authorities, kinds)


def _read(path: Path, configuration: Configuration) -> Told:
    root, problems = compose(path.read_text(encoding="utf-8"), path.name)
    value: Any = NodeReader(path.name).value(root) if root is not None else None
    if problems or not isinstance(value, dict) or not all(_is_section(name, part) for name, part in value.items()):
        raise InvalidConfiguration(
            f"{path} is no map", remedy="write `authorities:` and `kinds:` with `name: value` lines"
        )
    known = {i.id for i in configuration.institutions if i.kind.is_authority}
    authorities = {name: InstitutionId(i) for name, i in _answered(value, "authorities").items()}
    unknown = sorted(set(authorities.values()) - known)
    if unknown:
        raise InvalidConfiguration(f"{path} names {unknown[0]}, which is no authority", remedy="give the id of one")
    kinds = _answered(value, "kinds")
    wrong = sorted(set(kinds.values()) - set(Kind))
    if wrong:
        raise InvalidConfiguration(f"{path} names the kind {wrong[0]}", remedy=f"use one of {', '.join(Kind)}")
    return Told(authorities, {name: Kind(kind) for name, kind in kinds.items()})


def draft(findings: Iterable[Finding], nearest: Callable[[str], str | None]) -> str:
    """YAML of a map with every word that a person has to explain; `nearest` names the authority most like one."""
    lines = list(_HEAD)
    found = list(findings)
    for section, codes in _SECTIONS.items():
        words = Counter(finding.about for finding in found if finding.code in codes and finding.about)
        lines.append(f"{section}:" if words else f"{section}: {{}}")
        for word, rows in sorted(words.items(), key=lambda item: (-item[1], item[0])):
            near = nearest(word) if section == "authorities" else None
            lines.append(f"  # rows: {rows}" + (f"; most like it: {near}" if near else ""))
            lines.append(f"  {json.dumps(word, ensure_ascii=False)}: null")
    return "\n".join(lines) + "\n"


def _is_section(name: str, part: object) -> bool:
    return name in _SECTIONS and (part is None or isinstance(part, dict))


def _answered(value: Mapping[str, Any], section: str) -> dict[str, str]:
    return {name: str(given) for name, given in (value.get(section) or {}).items() if given is not None}
