"""`provision import`: records of national registers, and files that people completed, become YAML. Contacts nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from provisioning.cli.configuration.imports_endings import deactivations
from provisioning.cli.configuration.imports_view import show_import, write_fresh
from provisioning.cli.parts import valid_configuration
from provisioning.edebo.candidates import candidates
from provisioning.edebo.decisions import Decisions, read_decisions, read_kept
from provisioning.edebo.drafting import draft
from provisioning.edebo.endings import draft_endings
from provisioning.edebo.files import Files, What, read_memory
from provisioning.edebo.importing import Importer
from provisioning.edebo.placement import Authorities
from provisioning.edebo.places import read_places
from provisioning.edebo.report import report_csv, report_json
from provisioning.edebo.results import Import
from provisioning.edebo.rows import read_rows
from provisioning.model.configuration import Configuration
from provisioning.model.institution import Institution
from provisioning.registry.errors import InvalidConfiguration
from provisioning.settings import load_settings


@click.group(name="import")
def imports() -> None:
    """Take institutions and authorities over from registers and from files that people completed."""


@dataclass(frozen=True, slots=True)
class _Options:
    """The command's own words."""

    folder: Path
    files: Sequence[Path]
    maps: Sequence[Path]
    places: Path | None
    under: str | None


imports.add_command(deactivations)

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
OUT_FILE = click.Path(path_type=Path, dir_okay=False)


@imports.command()
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@click.option("--into", "folder", type=click.Path(path_type=Path), help="Configuration folder; AIKOM_CONFIG else.")
@click.option("--map", "maps", type=FILE, multiple=True, help="Decisions: a completed draft map; repeatable.")
@click.option("--koatuu", type=FILE, help="CSV or XLSX with legacy KOATUU codes and their KATOTTG.")
@click.option("--under", metavar="ID", help="Authority of those whose own is not known; each is reported.")
@click.option("--draft-map", type=OUT_FILE, help="Write a map to complete: all that needs a decision, by oblast.")
@click.option("--draft-deactivations", "endings", type=OUT_FILE, help="Write a file to complete: who closed.")
@click.option("--report", type=OUT_FILE, help="All findings, as .csv for Excel or as .json.")
@click.option("--dry-run", is_flag=True, help="Write nothing but the report and the drafts.")
def edebo(
    files: tuple[Path, ...],
    folder: Path | None,
    maps: tuple[Path, ...],
    koatuu: Path | None,
    under: str | None,
    draft_map: Path | None,
    endings: Path | None,
    report: Path | None,
    dry_run: bool,
) -> None:
    """Turn the open export of ЄДЕБО (JSON, CSV, XML or XLSX) into records of institutions/*.yaml.

    New institutions go into one file per oblast; known ones (by edebo_id) are updated where nobody has edited them by
    hand. Every row that is rejected, or needs a person, is reported with its reason. Nothing is deactivated. Look at
    the git diff, then `provision plan`.

    The register names governing bodies in free text. A body is placed where its name and the row's place agree on one
    authority, never under one of another oblast; for the rest complete the file of --draft-map and give it with --map.
    What was decided is kept (`map.yaml` in the folder `imports`) and not asked again.
    """
    options = _Options(folder or load_settings().config_dir, files, maps, koatuu, under)
    configuration = valid_configuration(options.folder)
    texts = Files.of(options.folder)
    decided = read_decisions(options.maps, configuration).over(read_kept(options.folder, configuration))
    result = _decide(options, _importer(options, configuration, texts, decided), decided)
    touched = texts.put(result.changed, result.added, What.INSTITUTIONS)
    if draft_map is not None:
        write_fresh("--draft-map", draft_map, draft(result))
    if endings is not None:
        write_fresh("--draft-deactivations", endings, draft_endings(result.endings))
    if report is not None:
        text = report_json(result.findings) if report.suffix == ".json" else report_csv(result.findings)
        report.write_text(text, encoding="utf-8", newline="")
    texts.refuse_invalid(touched)
    if not dry_run:
        texts.write(touched)
        texts.remember(result.base, decided)
    show_import(result, touched, dry_run=dry_run)


def _importer(options: _Options, configuration: Configuration, texts: Files, decided: Decisions) -> Importer:
    return Importer(
        texts.standing(configuration),
        {institution.id for institution in configuration.institutions},
        Authorities.of(configuration.institutions, decided),
        read_memory(options.folder),
        _authority(options.under, configuration),
    )


def _decide(options: _Options, importer: Importer, decided: Decisions) -> Import:
    places = read_places(options.places) if options.places is not None else {}
    rows = (row for file in options.files for row in read_rows(file))
    return importer.take(candidates(rows, decided, places))


def _authority(under: str | None, configuration: Configuration) -> Institution | None:
    if under is None:
        return None
    found = next((i for i in configuration.institutions if i.id == under and i.kind.is_authority), None)
    if found is None or found.deactivated is not None:
        raise InvalidConfiguration(f"--under {under}: there is no such authority", remedy="give the id of one")
    return found
