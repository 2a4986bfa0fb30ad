"""`provision fmt`: institutions' files in their canonical form, so that git diffs show changes and nothing else."""

from __future__ import annotations

from pathlib import Path

import click

from provisioning.cli.problems import show_problems
from provisioning.model.errors import ExitCode
from provisioning.registry import Severity
from provisioning.registry.folder import check_folder
from provisioning.registry.formatting import Formatted, format_folder, write_text
from provisioning.settings import load_settings


@click.command(name="fmt")
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[DIR]")
@click.option("--check", is_flag=True, help="Change nothing; exit code 2 when a file is not in its canonical form.")
@click.pass_context
def fmt(context: click.Context, folder: Path | None, check: bool) -> None:
    """Bring DIR/institutions/*.yaml (AIKOM_CONFIG when not given) into their canonical form.

    Order of keys, quotes, indentation and blank lines change; content and comments do not. Exit code 1 when a file
    cannot be read; it is left as it is.
    """
    where = folder or load_settings().config_dir
    show_problems(wrong := [problem for problem in check_folder(where) if problem.severity is Severity.ERROR])
    results = format_folder(where)
    for result in results:
        show_problems(result.problems)
    changed = [result for result in results if result.text is not None]
    for result in changed:
        click.echo(f"{'not canonical' if check else 'formatted'}: {where / result.file}")
        if not check:
            _write(where, result)
    click.echo(_summary(len(results), len(changed), check))
    if wrong or any(result.problems for result in results):
        context.exit(ExitCode.INVALID_INPUT)
    context.exit(ExitCode.DIFFERENCES if check and changed else ExitCode.OK)


def _write(folder: Path, result: Formatted) -> None:
    if result.text is not None:
        write_text(folder / result.file, result.text)


def _summary(files: int, changed: int, check: bool) -> str:
    if not changed:
        return f"{files} files are in their canonical form."
    return f"{changed} of {files} files {'would change' if check else 'were changed'}."
