"""The configuration folder as an import needs it, and writing the result: changed records in their files, new ones in
a file per oblast, and beside them what the register said, for the next import. All files are replaced one by one, each
in one step; an import that is cut off is repeated.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from provisioning.edebo.decisions import KEPT, Decisions
from provisioning.edebo.results import Standing, Values
from provisioning.model.configuration import Configuration
from provisioning.model.identifiers import InstitutionId
from provisioning.registry.errors import InvalidConfiguration
from provisioning.registry.folder import INSTITUTIONS, institution_files
from provisioning.registry.formatting import write_text
from provisioning.registry.list_text import ListText, new_entry, parse_list
from provisioning.registry.loading import load_configuration

MEMORY: Final = Path("imports") / "edebo.json"
"""What the register said at the last import, by EDEBO id; belongs into git with the records."""


class What(Enum):
    """What new records are; the value is part of their file's name."""

    INSTITUTIONS = "edebo"
    AUTHORITIES = "authorities"


_HEAD: Final = ("# yaml-language-server: $schema=../schema/institutions.schema.json", "#")
_OF: Final = {
    What.INSTITUTIONS: (
        "# From the national register (ЄДЕБО) by `provision import edebo`. Corrections by hand stay.",
        "# З державного реєстру ЄДЕБО; виправлення, внесені вручну, зберігаються.",
    ),
    What.AUTHORITIES: (
        "# From a file that people completed, by `provision import authorities`.",
        "# Органи управління з файлу, який заповнили люди.",
    ),
}


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
        """Return records with an EDEBO id."""
        values = {entry.values["id"]: entry.values for text in self.texts.values() for entry in text.entries}
        with_id = (i for i in configuration.institutions if i.edebo_id is not None)
        return {i.edebo_id: Standing(i, values[i.id]) for i in with_id if i.edebo_id is not None}

    def put(
        self, changed: Mapping[InstitutionId, Values], added: Mapping[str, Iterable[Values]], what: What
    ) -> list[str]:
        """Carry changes by id, and new records by oblast, into the texts; the files that differ now."""
        touched = set()
        for file, text in self.texts.items():
            for entry in text.entries:
                for key, value in changed.get(entry.values["id"], {}).items():
                    entry.set(key, value)
                    touched.add(file)
        for oblast, records in added.items():
            file = f"{INSTITUTIONS}/{oblast}-{what.value}.yaml"
            text = self.texts.setdefault(file, ListText(head=[*_HEAD, *_OF[what]]))
            text.entries += [new_entry(record) for record in records]
            touched.add(file)
        return sorted(touched)

    def refuse_invalid(self, touched: Collection[str]) -> None:
        """Raise InvalidConfiguration, with the first error, when the folder would not be valid with these texts."""
        if not touched:
            return
        with tempfile.TemporaryDirectory(prefix="aikom-import-") as fresh:
            staged = Path(fresh) / "config"
            shutil.copytree(self.folder, staged, ignore=shutil.ignore_patterns(".git"))
            for file in touched:
                write_text(staged / file, self.texts[file].render())
            errors = load_configuration(staged).errors
            if errors:
                first, where = errors[0], errors[0].source
                record = _record_at(staged / where.file, where.line)
                raise InvalidConfiguration(
                    f"the import would leave {len(errors)} errors, so nothing was written: {record}{first.message}",
                    remedy=f"{first.remedy}; in the register, or by a record of your own with its edebo_id",
                )

    def write(self, touched: Iterable[str]) -> None:
        """Replace the files, each in one step."""
        for file in touched:
            write_text(self.folder / file, self.texts[file].render())

    def remember(self, base: Mapping[int, Values], decided: Decisions) -> None:
        """Keep what the register said and people decided; after the records, so that a cut-off import is repeated."""
        memory = self.folder / MEMORY
        memory.parent.mkdir(exist_ok=True)
        body = json.dumps({str(key): base[key] for key in sorted(base)}, ensure_ascii=False, indent=1, sort_keys=True)
        if decided != Decisions():
            write_text(self.folder / KEPT, decided.text())
        write_text(memory, body + "\n")


def read_memory(folder: Path) -> dict[int, Values]:
    """Read what the last import remembered; empty before the first. Raises InvalidConfiguration when it is damaged."""
    path = folder / MEMORY
    try:
        stored: dict[str, Values] = json.loads(path.read_text(encoding="utf-8"))
        return {int(key): dict(values) for key, values in stored.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError, TypeError) as failure:
        raise InvalidConfiguration(f"{path} is damaged", remedy="take it from git again") from failure


def _record_at(path: Path, line: int) -> str:
    """`id: ` of the record that a line belongs to; nothing outside of records."""
    above = path.read_text(encoding="utf-8").splitlines()[:line] if path.is_file() else []
    head = next((text.removeprefix("- id:").strip(' "') for text in reversed(above) if text.startswith("- id:")), None)
    return f"{head}: " if head else ""
