"""`provision import`: records of national registers become YAML. Contacts nothing."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from provisioning.edebo.candidates import Candidate, candidates
from provisioning.edebo.files import Files, Told, read_memory, read_places, read_told
from provisioning.edebo.findings import Finding, Weight
from provisioning.edebo.importing import Import, Importer
from provisioning.edebo.rows import read_rows
from provisioning.edebo.superiors import Authorities
from provisioning.model.configuration import Configuration
from provisioning.model.identifiers import InstitutionId
from provisioning.model.spreadsheet import safe_cell
from provisioning.registry.errors import InvalidConfiguration
from provisioning.settings import load_settings

from .console import OUT, tell
from .parts import valid_configuration

_SHOWN = 20


@click.group(name="import")
def imports() -> None:
    """Take institutions over from national registers."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """The command's own words."""

    folder: Path
    files: Sequence[Path]
    map: Path | None
    places: Path | None
    under: str | None


_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@imports.command()
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="FILE...")
@click.option("--into", "folder", type=click.Path(path_type=Path), help="Configuration folder; AIKOM_CONFIG else.")
@click.option("--map", "map_", type=_FILE, help="YAML: `authorities:` name → id, `kinds:` type → kind.")
@click.option("--koatuu", type=_FILE, help="CSV that turns legacy KOATUU codes into KATOTTG.")
@click.option("--under", metavar="ID", help="Authority of those whose own is not known; each is reported.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="All findings, as .csv or .json.")
@click.option("--dry-run", is_flag=True, help="Write nothing but the report.")
def edebo(
    files: tuple[Path, ...],
    folder: Path | None,
    map_: Path | None,
    koatuu: Path | None,
    under: str | None,
    report: Path | None,
    dry_run: bool,
) -> None:
    """Turn the open export of ЄДЕБО (JSON, CSV or XML) into records of institutions/*.yaml.

    New institutions go into one file per oblast; known ones (by edebo_id) are updated where nobody has edited them by
    hand. Every row that is rejected, or needs a person, is reported with its reason. Nothing is deactivated. Look at
    the git diff, then `provision plan`.
    """
    asked = _Asked(folder or load_settings().config_dir, files, map_, koatuu, under)
    configuration = valid_configuration(asked.folder)
    texts = Files.of(asked.folder)
    result = _decide(asked, configuration, texts)
    touched = texts.put(result)
    if report is not None:
        _write_report(report, result.findings)
    if not dry_run:
        texts.write(touched, result.base)
    _show(result, touched, dry_run=dry_run)


def _decide(asked: _Asked, configuration: Configuration, texts: Files) -> Import:
    told = read_told(asked.map, configuration) if asked.map is not None else Told({}, {})
    places = read_places(asked.places) if asked.places is not None else {}
    standing = texts.standing(configuration)
    importer = Importer(
        standing,
        {institution.id for institution in configuration.institutions},
        Authorities.of(configuration.institutions, told.authorities),
        read_memory(asked.folder),
        _authority(asked.under, configuration),
    )
    rows = (row for file in asked.files for row in read_rows(file))
    good: list[Candidate] = []
    for found in candidates(rows, told.kinds, places):
        if isinstance(found, Candidate):
            good.append(found)
        else:
            importer.result.findings.extend(found)
    return importer.take(good)


def _authority(under: str | None, configuration: Configuration) -> InstitutionId | None:
    if under is None:
        return None
    if not any(i.id == under and i.kind.is_authority for i in configuration.institutions):
        raise InvalidConfiguration(f"--under {under}: there is no such authority", remedy="give the id of one")
    return InstitutionId(under)


def _show(result: Import, touched: Sequence[str], *, dry_run: bool) -> None:
    added = sum(map(len, result.added.values()))
    verb = "would be" if dry_run else "were"
    OUT.print(
        f"{added} records {verb} added, {len(result.changed)} changed; {result.unchanged} agree with the register."
    )
    for file in touched:
        OUT.print(f"  {file}", markup=False)
    weights = Counter(finding.weight for finding in result.findings)
    for weight in Weight:
        if weights[weight]:
            codes = Counter(finding.code for finding in result.findings if finding.weight is weight)
            OUT.print(
                f"{weights[weight]} rows: {weight} ({', '.join(f'{n} {code}' for code, n in codes.most_common())})"
            )
    worth = [finding for finding in result.findings if finding.weight is not Weight.NOTE]
    for finding in worth[:_SHOWN]:
        OUT.print(f"{finding.source}: {finding.weight}: {finding.message}", markup=False)
        OUT.print(f"    {finding.remedy}", markup=False)
    if len(worth) > _SHOWN:
        tell(f"… {len(worth) - _SHOWN} more; --report FILE has all of them")


def _write_report(path: Path, findings: Sequence[Finding]) -> None:
    rows = [_plain(finding) for finding in findings]
    if path.suffix == ".json":
        text = json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
    else:
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, ["weight", "code", "file", "line", "edebo_id", "message", "remedy"])
        writer.writeheader()
        writer.writerows({key: safe_cell(value) for key, value in row.items()} for row in rows)
        text = buffer.getvalue()
    path.write_text(text, encoding="utf-8")


def _plain(finding: Finding) -> dict[str, Any]:
    return {
        "weight": finding.weight.value,
        "code": finding.code,
        "file": finding.source.file,
        "line": finding.source.line,
        "edebo_id": finding.edebo_id,
        "message": finding.message,
        "remedy": finding.remedy,
    }
