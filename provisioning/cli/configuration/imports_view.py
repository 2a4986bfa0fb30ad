"""What imports print, and the files for people that they write beside the records."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from provisioning.cli.console import OUT, tell
from provisioning.edebo.drafting import decisions_needed
from provisioning.edebo.findings import Finding, Outcome, Weight
from provisioning.edebo.importing import counted
from provisioning.edebo.report import report_csv, report_json
from provisioning.edebo.results import Import
from provisioning.registry.errors import InvalidConfiguration

_SHOWN: Final = 20


def write_fresh(option: str, path: Path, text: str) -> None:
    """Write a draft, never over a file that a person may have completed. Raises InvalidConfiguration."""
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError as failure:
        raise InvalidConfiguration(
            f"{option} {path}: the file is there already", remedy="give a new name, and keep the old one"
        ) from failure


def write_report(path: Path, findings: Sequence[Finding]) -> None:
    """Write all findings, as JSON for a name that ends so, else as CSV for Excel."""
    text = report_json(findings) if path.suffix == ".json" else report_csv(findings)
    path.write_text(text, encoding="utf-8", newline="")


def show_import(result: Import, touched: Sequence[str], *, dry_run: bool) -> None:
    """Show the sums, which agree with the rows, and the first findings."""
    verb = "would be" if dry_run else "were"
    sums = result.outcomes
    OUT.print(
        f"{result.rows} rows: {sums[Outcome.ADDED]} {verb} added, {sums[Outcome.CHANGED]} changed; "
        f"{sums[Outcome.AGREES]} agree with the register, {sums[Outcome.KEPT]} stay as they are and need a person, "
        f"{sums[Outcome.REPEATED]} repeat another, {sums[Outcome.REJECTED]} rejected."
    )
    for file in touched:
        OUT.print(f"  {file}", markup=False)
    for weight in Weight:
        found = [finding for finding in result.findings if finding.weight is weight]
        if found:
            codes = counted(found, weight)
            rows = len({finding.source for finding in found})
            OUT.print(f"{rows} rows: {weight} ({', '.join(f'{n} {code}' for code, n in codes.most_common())})")
    show_findings(result.findings)
    if needed := decisions_needed(result):
        tell(f"{needed} decisions would settle what is open: --draft-map FILE lists them")
    if result.not_covered:
        tell(f"{result.not_covered} records were not looked for: these files name too few of their oblast and kind")


def show_findings(findings: Sequence[Finding]) -> None:
    """Show the first findings that are more than notes."""
    worth = [finding for finding in findings if finding.weight is not Weight.NOTE]
    for finding in worth[:_SHOWN]:
        OUT.print(f"{finding.source}: {finding.weight}: {finding.message}", markup=False)
        OUT.print(f"    {finding.remedy}", markup=False)
    if len(worth) > _SHOWN:
        tell(f"… {len(worth) - _SHOWN} more; --report FILE has all of them")
