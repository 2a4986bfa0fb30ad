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

from provisioning.cli.console import OUT, tell
from provisioning.cli.parts import valid_configuration
from provisioning.edebo.candidates import Candidate, candidates
from provisioning.edebo.files import Files, read_memory
from provisioning.edebo.findings import Finding, Weight
from provisioning.edebo.importing import Import, Importer
from provisioning.edebo.places import read_places
from provisioning.edebo.rows import read_rows
from provisioning.edebo.superiors import Authorities
from provisioning.edebo.told import Told, draft, read_told
from provisioning.model.configuration import Configuration
from provisioning.model.identifiers import InstitutionId
from provisioning.model.spreadsheet import safe_cell
from provisioning.registry.errors import InvalidConfiguration
from provisioning.settings import load_settings

_SHOWN = 20


@click.group(name="import")
def imports() -> None:
    """Take institutions over from national registers."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """The command's own words."""

    folder: Path
    files: Sequence[Path]
    maps: Sequence[Path]
    places: Path | None
    under: str | None


_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_OUT_FILE = click.Path(path_type=Path, dir_okay=False)


@imports.command()
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="FILE...")
@click.option("--into", "folder", type=click.Path(path_type=Path), help="Configuration folder; AIKOM_CONFIG else.")
@click.option(
    "--map", "maps", type=_FILE, multiple=True, help="YAML: `authorities:` name → id, `kinds:` type → kind; repeatable."
)
@click.option("--koatuu", type=_FILE, help="CSV or XLSX with legacy KOATUU codes and their KATOTTG.")
@click.option("--under", metavar="ID", help="Authority of those whose own is not known; each is reported.")
@click.option("--draft-map", type=_OUT_FILE, help="Write a map to fill in, frequent names first.")
@click.option("--report", type=_OUT_FILE, help="All findings, as .csv or .json.")
@click.option("--dry-run", is_flag=True, help="Write nothing but the report.")
def edebo(
    files: tuple[Path, ...],
    folder: Path | None,
    maps: tuple[Path, ...],
    koatuu: Path | None,
    under: str | None,
    draft_map: Path | None,
    report: Path | None,
    dry_run: bool,
) -> None:
    """Turn the open export of ЄДЕБО (JSON, CSV, XML or XLSX) into records of institutions/*.yaml.

    New institutions go into one file per oblast; known ones (by edebo_id) are updated where nobody has edited them by
    hand. Every row that is rejected, or needs a person, is reported with its reason. Nothing is deactivated. Look at
    the git diff, then `provision plan`.

    The register names governing bodies in free text. For a first import write the authorities into YAML, run with
    --draft-map map.yaml --dry-run, fill in the map, and run with --map map.yaml.
    """
    asked = _Asked(folder or load_settings().config_dir, files, maps, koatuu, under)
    configuration = valid_configuration(asked.folder)
    texts = Files.of(asked.folder)
    told = read_told(asked.maps, configuration)
    importer = _importer(asked, configuration, texts, told)
    result = _decide(asked, importer, told)
    touched = texts.put(result)
    if draft_map is not None:
        _write_draft(draft_map, importer)
    if report is not None:
        _write_report(report, result.findings)
    texts.refuse_invalid(touched)
    if not dry_run:
        texts.write(touched, result.base)
    _show(result, touched, dry_run=dry_run)


def _importer(asked: _Asked, configuration: Configuration, texts: Files, told: Told) -> Importer:
    return Importer(
        texts.standing(configuration),
        {institution.id for institution in configuration.institutions},
        Authorities.of(configuration.institutions, told.authorities),
        read_memory(asked.folder),
        _authority(asked.under, configuration),
    )


def _decide(asked: _Asked, importer: Importer, told: Told) -> Import:
    places = read_places(asked.places) if asked.places is not None else {}
    rows = (row for file in asked.files for row in read_rows(file))
    good: list[Candidate] = []
    for found in candidates(rows, told.kinds, places):
        if isinstance(found, Candidate):
            good.append(found)
        else:
            importer.result.findings.extend(found)
    return importer.take(good)


def _write_draft(path: Path, importer: Importer) -> None:
    """Never over a file that somebody may have filled in."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(draft(importer.result.findings, importer.authorities.nearest))
    except FileExistsError as failure:
        raise InvalidConfiguration(
            f"--draft-map {path}: the file is there already", remedy="give a new name, and the old one with --map"
        ) from failure


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
    for weight in Weight:
        found = [finding for finding in result.findings if finding.weight is weight]
        if found:
            codes = Counter(finding.code for finding in found)
            rows = len({finding.source for finding in found})
            OUT.print(f"{rows} rows: {weight} ({', '.join(f'{n} {code}' for code, n in codes.most_common())})")
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
