"""The report of an import for people: a CSV file that a Ukrainian Excel opens, or JSON for programs. Pure.

A line says which institution, of which oblast and governing body, in which row, what is wrong and what to do.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from provisioning.edebo.findings import Finding, Weight
from provisioning.model.katottg import OBLASTS
from provisioning.model.spreadsheet import safe_cell

_MARK: Final = "\ufeff"
"""Without it Excel takes UTF-8 for Windows-1251."""

_ORDER: Final = {weight: number for number, weight in enumerate(Weight)}


def report_csv(findings: Iterable[Finding]) -> str:
    """Return all findings, by weight, oblast, governing body and name; `;` between the cells, as Excel has it in
    Ukraine.
    """
    return table([_plain(finding) for finding in _sorted(findings)], _COLUMNS)


def table(rows: Iterable[dict[str, Any]], columns: Sequence[str]) -> str:
    """Write rows as CSV for Excel: no cell can be taken for a formula."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({key: safe_cell(value) for key, value in row.items()} for row in rows)
    return _MARK + buffer.getvalue()


def report_json(findings: Iterable[Finding]) -> str:
    """Return the same for programs."""
    return json.dumps([_plain(finding) for finding in _sorted(findings)], ensure_ascii=False, indent=1) + "\n"


def _sorted(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(
        findings,
        key=lambda one: (
            _ORDER[one.weight],
            one.subject.oblast,
            one.subject.body,
            one.subject.name,
            one.edebo_id or 0,
            one.source.file,
            one.source.line,
            one.code,
        ),
    )


def _plain(finding: Finding) -> dict[str, Any]:
    subject = finding.subject
    region = OBLASTS.get(subject.oblast, "")
    return {
        "weight": finding.weight.value,
        "oblast": f"{subject.oblast} {region}".strip(),
        "body": subject.body,
        "name": subject.name,
        "edebo_id": finding.edebo_id,
        "code": finding.code,
        "message": finding.message,
        "remedy": finding.remedy,
        "file": finding.source.file,
        "row": finding.source.line,
    }


_COLUMNS: Final = ("weight", "oblast", "body", "name", "edebo_id", "code", "message", "remedy", "file", "row")
