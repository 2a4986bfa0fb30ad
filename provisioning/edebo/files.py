"""The configuration folder as an import needs it, and writing the result: changed records in their files, new ones in
a file per oblast, and beside them what the register said, for the next import. All files are replaced one by one, each
in one step; an import that is cut off is repeated.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from provisioning.model.configuration import Configuration
from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import Kind
from provisioning.registry.documents import INSTITUTIONS, institution_files
from provisioning.registry.errors import InvalidConfiguration
from provisioning.registry.formatting import write_text
from provisioning.registry.list_text import ListText, new_entry, parse_list
from provisioning.registry.parsing import compose
from provisioning.registry.values import NodeReader

from .importing import Import, Standing, Values

MEMORY: Final = Path("imports") / "edebo.json"
"""What the register said at the last import, by EDEBO id; belongs into git with the records."""

_HEAD: Final = (
    "# yaml-language-server: $schema=../schema/institutions.schema.json",
    "#",
    "# From the national register (ЄДЕБО) by `provision import edebo`. Corrections by hand stay.",
    "# З державного реєстру ЄДЕБО; виправлення, внесені вручну, зберігаються.",
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a person says about words of the register: `--map FILE`."""

    authorities: Mapping[str, InstitutionId]
    kinds: Mapping[str, Kind]


@dataclass(slots=True)
class Files:
    """Every file with institutions, parsed for editing."""

    folder: Path
    texts: dict[str, ListText]

    @classmethod
    def of(cls, folder: Path) -> Files:
        """Read them. The configuration is valid, so that each is a list of records."""
        texts = {}
        for file in institution_files(folder):
            parsed = parse_list((folder / file).read_bytes(), file)
            if not isinstance(parsed, ListText):
                problem = parsed[0]
                raise InvalidConfiguration(f"{problem.source}: {problem.message}", remedy=problem.remedy)
            texts[file] = parsed
        return cls(folder, texts)

    def standing(self, configuration: Configuration) -> dict[int, Standing]:
        """Records with an EDEBO id."""
        values = {entry.values["id"]: entry.values for text in self.texts.values() for entry in text.entries}
        with_id = (i for i in configuration.institutions if i.edebo_id is not None)
        return {i.edebo_id: Standing(i, values[i.id]) for i in with_id if i.edebo_id is not None}

    def put(self, result: Import) -> list[str]:
        """Carry an import into the texts; the files that differ now."""
        touched = set()
        for file, text in self.texts.items():
            for entry in text.entries:
                for key, value in result.changed.get(entry.values["id"], {}).items():
                    entry.set(key, value)
                    touched.add(file)
        for oblast, records in result.added.items():
            file = f"{INSTITUTIONS}/{oblast}-edebo.yaml"
            text = self.texts.setdefault(file, ListText(head=list(_HEAD)))
            text.entries += [new_entry(record) for record in records]
            touched.add(file)
        return sorted(touched)

    def write(self, touched: Iterable[str], base: Mapping[int, Values]) -> None:
        """Replace the files, and the memory last: an import that was cut off before is simply repeated."""
        for file in touched:
            write_text(self.folder / file, self.texts[file].render())
        memory = self.folder / MEMORY
        memory.parent.mkdir(exist_ok=True)
        body = json.dumps({str(key): base[key] for key in sorted(base)}, ensure_ascii=False, indent=1, sort_keys=True)
        write_text(memory, body + "\n")


def read_memory(folder: Path) -> dict[int, Values]:
    """What the last import remembered; empty before the first. Raises InvalidConfiguration when it is damaged."""
    path = folder / MEMORY
    try:
        stored: dict[str, Values] = json.loads(path.read_text(encoding="utf-8"))
        return {int(key): dict(values) for key, values in stored.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError, TypeError) as failure:
        raise InvalidConfiguration(f"{path} is damaged", remedy="take it from git again") from failure


def read_told(path: Path, configuration: Configuration) -> Told:
    """`authorities: {name: id}` and `kinds: {type: kind}`. Raises InvalidConfiguration with what is wrong."""
    root, problems = compose(path.read_text(encoding="utf-8"), path.name)
    value: Any = NodeReader(path.name).value(root) if root is not None else None
    if problems or not isinstance(value, dict) or set(value) - {"authorities", "kinds"}:
        raise InvalidConfiguration(
            f"{path} is no map", remedy="write `authorities:` and `kinds:` with `name: value` lines"
        )
    known = {i.id for i in configuration.institutions if i.kind.is_authority}
    authorities = {str(name): InstitutionId(str(i)) for name, i in (value.get("authorities") or {}).items()}
    unknown = sorted(set(authorities.values()) - known)
    if unknown:
        raise InvalidConfiguration(f"{path} names {unknown[0]}, which is no authority", remedy="give the id of one")
    kinds = {str(name): str(kind) for name, kind in (value.get("kinds") or {}).items()}
    wrong = sorted(set(kinds.values()) - set(Kind))
    if wrong:
        raise InvalidConfiguration(f"{path} names the kind {wrong[0]}", remedy=f"use one of {', '.join(Kind)}")
    return Told(authorities, {name: Kind(kind) for name, kind in kinds.items()})


def read_places(path: Path) -> dict[str, str]:
    """A table KOATUU → KATOTTG: two columns of a CSV file, in any order, other columns passed over."""
    table: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        cells = [cell.strip().strip('"') for cell in line.replace(";", ",").split(",")]
        new = next((cell for cell in cells if cell.upper().startswith("UA") and len(cell) == 19), None)
        old = next((cell for cell in cells if cell.isascii() and cell.isdigit() and len(cell) in (9, 10)), None)
        if new is not None and old is not None:
            table[old.zfill(10)] = new
    return table
