"""`provision import`: records of national registers, and files that people completed, become YAML. Contacts nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from provisioning.authorities.codifier import read_codifier
from provisioning.authorities.drafting import draft_authorities
from provisioning.cli.configuration.imports_authorities import authorities
from provisioning.cli.configuration.imports_endings import deactivations
from provisioning.cli.configuration.imports_view import show_import, write_fresh, write_report
from provisioning.cli.console import tell
from provisioning.cli.parts import valid_configuration
from provisioning.edebo.candidates import candidates
from provisioning.edebo.decisions import Decisions, read_decisions, read_kept
from provisioning.edebo.drafting import draft
from provisioning.edebo.endings import draft_endings
from provisioning.edebo.files import Files, What, read_memory
from provisioning.edebo.importing import Importer
from provisioning.edebo.placement import Authorities
from provisioning.edebo.places import read_places
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


@dataclass(frozen=True, slots=True)
class _Drafts:
    """Files for people that the command writes; None for those that were not asked for."""

    draft_map: Path | None
    endings: Path | None
    bodies: Path | None
    codifier: Path | None
    report: Path | None

    def __post_init__(self) -> None:
        if self.bodies is not None and self.codifier is None:
            raise InvalidConfiguration("--draft-authorities needs the codifier", remedy="give it with --codifier")

    def write(self, result: Import) -> None:
        """Write them, drafts never over a file that is there."""
        if self.draft_map is not None:
            write_fresh("--draft-map", self.draft_map, draft(result))
        if self.endings is not None:
            write_fresh("--draft-deactivations", self.endings, draft_endings(result.endings))
        if self.bodies is not None and self.codifier is not None:
            text, others = draft_authorities(result.open_rows, read_codifier(self.codifier))
            write_fresh("--draft-authorities", self.bodies, text)
            tell(f"{others} names are of no council, administration or ministry and are not in the draft")
        if self.report is not None:
            write_report(self.report, result.findings)


imports.add_command(authorities)
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
@click.option("--draft-authorities", "bodies", type=OUT_FILE, help="Write a file to complete; needs --codifier.")
@click.option("--codifier", type=FILE, help="CSV or XLSX: the codifier of places, КАТОТТГ.")
@click.option("--report", type=OUT_FILE, help="All findings, as .csv for Excel or as .json.")
@click.option("--dry-run", is_flag=True, help="Write nothing but the report and the drafts.")
def edebo(
    files: tuple[Path, ...],
    folder: Path | None,
    maps: tuple[Path, ...],
    koatuu: Path | None,
    under: str | None,
    dry_run: bool,
    **given: Path | None,
) -> None:
    """Turn the open export of ЄДЕБО (JSON, CSV, XML or XLSX) into records of institutions/*.yaml.

    New institutions go into one file per oblast; known ones (by edebo_id) are updated unless they were edited by
    hand. Every row that is rejected, or needs a person, is reported with its reason. Nothing is deactivated. Look at
    the git diff, then `provision plan`.

    The register names governing bodies in free text. A body is placed where its name and the row's place agree on one
    authority, never under one of another oblast; for the rest complete the file of --draft-map and give it with --map.
    What was decided is kept (`map.yaml` in the folder `imports`) and not asked again.
    """
    drafts = _Drafts(**given)
    options = _Options(folder or load_settings().config_dir, files, maps, koatuu, under)
    configuration = valid_configuration(options.folder)
    texts = Files.of(options.folder)
    decided = read_decisions(options.maps, configuration).over(read_kept(options.folder, configuration))
    result = _decide(options, _importer(options, configuration, texts, decided), decided)
    touched = texts.put(result.changed, result.added, What.INSTITUTIONS)
    drafts.write(result)
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
