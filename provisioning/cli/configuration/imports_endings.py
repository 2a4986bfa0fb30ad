"""`provision import deactivations`: a completed draft becomes `deactivated:` of many records, as one decision."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from provisioning.cli.console import OUT, tell
from provisioning.cli.parts import valid_configuration
from provisioning.edebo.endings import read_endings
from provisioning.edebo.files import Files, What
from provisioning.model.calendar import kyiv_day
from provisioning.registry.errors import InvalidConfiguration
from provisioning.settings import load_settings

_SHOWN = 20


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--into", "folder", type=click.Path(path_type=Path), help="Configuration folder; AIKOM_CONFIG else.")
@click.option("--dry-run", is_flag=True, help="Check the file and write nothing.")
def deactivations(file: Path, folder: Path | None, dry_run: bool) -> None:
    """Write the deactivations of FILE, the completed draft of `import edebo --draft-deactivations`, into YAML.

    A row without document and date is left open. One wrong row, and nothing is written. Look at the git diff, have it
    reviewed, then `provision plan`: an institution's account never comes back (order cl. 7, 10, 11).
    """
    where = folder or load_settings().config_dir
    configuration = valid_configuration(where)
    completed = read_endings(file, configuration, kyiv_day(datetime.now(UTC)))
    if completed.faults:
        for fault in completed.faults[:_SHOWN]:
            tell(fault)
        raise InvalidConfiguration(
            f"{file} has {len(completed.faults)} faults, so nothing was written: {completed.faults[0]}",
            remedy="correct the rows, or empty document and date of those that are not to end",
        )
    texts = Files.of(where)
    touched = texts.put(completed.changed, {}, What.INSTITUTIONS)
    texts.refuse_invalid(touched)
    if not dry_run:
        texts.write(touched)
    verb = "would be" if dry_run else "are"
    OUT.print(
        f"{len(completed.changed)} {verb} deactivated; {len(completed.left_open)} rows without a document stay open."
    )
    for name in touched:
        OUT.print(f"  {name}", markup=False)
