"""From counts by the hour to what a page shows and what a CSV file holds. Pure.

Source: order cl. 12.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from provisioning.model.access import AccessCount
from provisioning.model.identifiers import InstitutionId
from provisioning.model.spreadsheet import safe_cell


@dataclass(slots=True)
class Line:
    """All requests of a period by one institution through one OIS for one right. `ois` is empty for direct use."""

    reached: InstitutionId
    by: InstitutionId
    ois: str
    right: str
    allowed: int
    refused: int
    reason: str | None
    last_at: datetime


def summary(counts: Iterable[AccessCount]) -> list[Line]:
    """Sum up a line for each institution, OIS and right, the most recent first; `reason` is the earliest refusal's."""
    lines: dict[tuple[str, str, str, str], Line] = {}
    for count in counts:
        key = (count.reached, count.by, count.ois, count.right)
        line = lines.get(key)
        if line is None:
            line = lines[key] = Line(count.reached, count.by, count.ois, count.right, 0, 0, None, count.last_at)
        line.allowed += count.allowed
        line.refused += count.refused
        # Counts come newest first, so the last reason seen is the earliest.
        line.reason = count.first_refusal or line.reason
        line.last_at = max(line.last_at, count.last_at)
    return sorted(lines.values(), key=lambda line: line.last_at, reverse=True)


def as_csv(counts: Iterable[AccessCount]) -> str:
    """Return every hour as a row of CSV; times in UTC. No cell is a formula. Source: RFC 4180."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(("hour", "reached", "by", "ois", "right", "allowed", "refused", "first_refusal", "last_at"))
    for count in counts:
        writer.writerow(
            safe_cell(value)
            for value in (
                f"{count.hour:%Y-%m-%dT%H:%MZ}",
                count.reached,
                count.by,
                count.ois,
                count.right,
                count.allowed,
                count.refused,
                count.first_refusal,
                f"{count.last_at:%Y-%m-%dT%H:%M:%SZ}",
            )
        )
    return file.getvalue()
