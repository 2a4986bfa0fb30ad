"""`provision export`: an existing realm as YAML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from provisioning.cli.console import OUT, shown_progress, tell
from provisioning.cli.parts import open_parts
from provisioning.lifecycle.applying.exporting import export_realm
from provisioning.model.errors import AikomError, ExitCode
from provisioning.planning.exporting import oblasts
from provisioning.registry.canonical import record_lines
from provisioning.registry.formatting import write_text

_HEAD = "# yaml-language-server: $schema=../schema/institutions.schema.json\n\n"


class FolderInUse(AikomError):
    """Refusal to export over records that are there already."""

    exit_code = ExitCode.REFUSED


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.pass_context
def export(context: click.Context, folder: Path) -> None:
    """Write the accounts of an existing realm as DIR/institutions/*.yaml, a file per oblast.

    Reads Keycloak, and the ledger for the reasons of deactivations; changes neither. DIR/institutions must be empty.
    Exit code 2 when something is missing that a person has to add; it is listed.
    """
    target = folder / "institutions"
    if target.exists() and any(target.iterdir()):
        raise FolderInUse(f"{target} is not empty", remedy="choose another folder; compare and move files by git")
    with open_parts() as parts, shown_progress() as progress:
        found = export_realm(parts.connection, parts.ledger, progress)
    target.mkdir(parents=True, exist_ok=True)
    for oblast, records in oblasts(found.records).items():
        write_text(target / f"{oblast}.yaml", _text(records))
    for gap in found.gaps:
        OUT.print(f"{gap.username}: {gap.what} is not known: {gap.remedy}", markup=False)
    tell(f"{len(found.records)} records written to {target}; {len(found.gaps)} gaps")
    context.exit(ExitCode.DIFFERENCES if found.gaps else ExitCode.OK)


def _text(records: Sequence[Mapping[str, Any]]) -> str:
    return _HEAD + "\n\n".join("\n".join(record_lines(record)) for record in records) + "\n"
