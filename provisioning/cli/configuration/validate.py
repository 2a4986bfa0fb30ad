"""`provision validate`: every problem of the configuration at once. Contacts nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import click

from provisioning.model.errors import ExitCode
from provisioning.registry import LoadResult, Problem, ReadingCache, Severity, load_configuration
from provisioning.settings import load_settings


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[DIR]")
@click.option("--json", "as_json", is_flag=True, help="The same as one JSON document; short for --format json.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "gitlab"]),
    default="text",
    help="github: annotations for a pull request; gitlab: a code quality report for a merge request.",
)
@click.pass_context
def validate(context: click.Context, folder: Path | None, as_json: bool, form: str) -> None:
    """Check the configuration folder DIR (AIKOM_CONFIG when not given): every problem, its place, what to do.

    Exit code 0 when it is valid (warnings are shown), 1 when there are errors.
    """
    where = folder or load_settings().config_dir
    result = load_configuration(where, cache=ReadingCache.of_user())
    if as_json or form == "json":
        click.echo(json.dumps(_document(result), ensure_ascii=False, indent=2))
    elif form == "gitlab":
        click.echo(json.dumps(_code_quality(where, result), ensure_ascii=False, indent=2))
    else:
        lines = _annotations(where, result) if form == "github" else _report(where, result)
        for line in lines:
            click.echo(line)
    context.exit(ExitCode.INVALID_INPUT if result.errors else ExitCode.OK)


def _report(folder: Path, result: LoadResult) -> Iterator[str]:
    """Warnings, then errors, which so stand next to the summary, each grouped by file."""
    for _, problems in groupby(
        (*result.warnings, *result.errors), key=lambda problem: (problem.severity, problem.source.file)
    ):
        for problem in problems:
            colour = "red" if problem.severity is Severity.ERROR else "yellow"
            word = click.style(problem.severity.value, fg=colour, bold=True)
            yield f"{_place(folder, problem)}: {word}: {problem.message} [{problem.code}]"
            yield f"    {problem.remedy}"
        yield ""
    yield _summary(folder, result)


def _summary(folder: Path, result: LoadResult) -> str:
    errors, warnings = len(result.errors), len(result.warnings)
    if result.configuration is not None:
        count = len(result.configuration.institutions)
        noted = f", {_counted(warnings, 'warning')}" if warnings else ""
        return f"{folder} is valid: {_counted(count, 'institution')}{noted}"
    files = len({problem.source.file for problem in result.errors})
    return f"{folder} is not valid: {_counted(errors, 'error')} in {_counted(files, 'file')}, " + _counted(
        warnings, "warning"
    )


def _document(result: LoadResult) -> dict[str, object]:
    return {
        "valid": not result.errors,
        "errors": len(result.errors),
        "warnings": len(result.warnings),
        "problems": [
            {
                "severity": problem.severity.value,
                "code": problem.code,
                "file": problem.source.file,
                "line": problem.source.line,
                "column": problem.source.column,
                "message": problem.message,
                "remedy": problem.remedy,
            }
            for problem in result.problems
        ],
    }


def _annotations(folder: Path, result: LoadResult) -> Iterator[str]:
    """Workflow commands, which GitHub shows beside the lines of a pull request."""
    for problem in result.problems:
        source = problem.source
        text = f"{problem.message}: {problem.remedy}".replace("%", "%25")
        file = (folder / source.file).as_posix().replace("%", "%25").replace(",", "%2C").replace(":", "%3A")
        yield f"::{problem.severity} file={file},line={source.line},col={source.column},title={problem.code}::{text}"


def _code_quality(folder: Path, result: LoadResult) -> list[dict[str, object]]:
    """GitLab's code quality report; the fingerprint tells it which findings are new."""
    return [
        {
            "description": f"{problem.message}: {problem.remedy}",
            "check_name": problem.code,
            "fingerprint": hashlib.sha256(
                f"{problem.source.file}|{problem.code}|{problem.message}".encode()
            ).hexdigest(),
            "severity": "blocker" if problem.severity is Severity.ERROR else "minor",
            "location": {
                "path": (folder / problem.source.file).as_posix(),
                "lines": {"begin": problem.source.line},
            },
        }
        for problem in result.problems
    ]


def _place(folder: Path, problem: Problem) -> str:
    source = problem.source
    return f"{folder / source.file}:{source.line}:{source.column}"


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
