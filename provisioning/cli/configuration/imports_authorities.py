"""`provision import authorities`: files that people completed become records of authorities."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from provisioning.authorities.importing import Importer, Result
from provisioning.authorities.lines import Line, read_lines
from provisioning.authorities.reorganisation import Moves, reorganise
from provisioning.cli.configuration.imports_view import show_findings, write_report
from provisioning.cli.console import OUT
from provisioning.cli.parts import valid_configuration
from provisioning.edebo.files import Files, What
from provisioning.edebo.findings import Outcome
from provisioning.model.calendar import kyiv_day
from provisioning.model.configuration import Configuration
from provisioning.settings import load_settings


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE...",
)
@click.option("--into", "folder", type=click.Path(path_type=Path), help="Configuration folder; AIKOM_CONFIG else.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="All findings, as .csv or .json.")
@click.option("--dry-run", is_flag=True, help="Write nothing but the report.")
def authorities(files: tuple[Path, ...], folder: Path | None, report: Path | None, dry_run: bool) -> None:
    """Bring authorities in from FILE (CSV, XLSX or JSON): name, EDRPOU, KATOTTG, e-mail, superior or level.

    `import edebo --draft-authorities` writes a draft of such a file. A line without an e-mail address is not taken: the
    base key goes there, and it is not guessed. A line with predecessors takes over from them, on a document and a date:
    what was under them moves, and they end. Look at the git diff, have it reviewed, then `provision plan`.
    """
    where = folder or load_settings().config_dir
    configuration = valid_configuration(where)
    texts = Files.of(where)
    values = {entry.values["id"]: entry.values for text in texts.texts.values() for entry in text.entries}
    importer = Importer(configuration.institutions, values)
    lines = [line for file in files for line in read_lines(file)]
    result = importer.take(lines)
    moves = _reorganised(lines, importer, configuration)
    touched = texts.put(result.changed, result.added, What.AUTHORITIES)
    if report is not None:
        write_report(report, result.findings)
    texts.refuse_invalid(touched)
    if not dry_run:
        texts.write(touched)
    _show(result, moves, touched, dry_run=dry_run)


def _reorganised(lines: list[Line], importer: Importer, configuration: Configuration) -> Moves:
    """Merges and splits, put among the changes."""
    result, today = importer.result, kyiv_day(datetime.now(UTC))
    moves = reorganise(lines, result, importer.directory, configuration.institutions, today)
    for identifier, successor in moves.moved.items():
        result.changed.setdefault(identifier, {})["authority"] = successor
    for identifier, why in moves.ended.items():
        successors = {"successors": list(why.successors)}
        ended = {"reason": why.reason, "document": why.document, "date": why.date, **successors}
        result.changed.setdefault(identifier, {})["deactivated"] = ended
    return moves


def _show(result: Result, moves: Moves, touched: list[str], *, dry_run: bool) -> None:
    verb, sums = "would be" if dry_run else "were", result.outcomes
    OUT.print(
        f"{sums.total()} lines: {sums[Outcome.ADDED]} authorities {verb} added, {sums[Outcome.CHANGED]} changed, "
        f"{sums[Outcome.AGREES]} agree, {sums[Outcome.REJECTED]} rejected; "
        f"{len(moves.ended)} authorities end, {len(moves.moved)} records move."
    )
    for file in touched:
        OUT.print(f"  {file}", markup=False)
    show_findings(result.findings)
