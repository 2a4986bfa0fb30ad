"""What an OIS has done, from counts by the hour: by hour or day, and what was refused and why. Pure.

The caller has asked for the counts of one OIS only. Source: order cl. 5, 12.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from provisioning.model.access import AccessCount
from provisioning.model.calendar import beginning_of, kyiv_day
from provisioning.model.events import JsonValue, format_time
from provisioning.model.identifiers import InstitutionId
from provisioning.model.spreadsheet import safe_cell


class Grain(StrEnum):
    """Length of a period. Days are Kyiv's."""

    HOUR = "hour"
    DAY = "day"


@dataclass(slots=True)
class UsageLine:
    """Calls of one period to the data of `reached`, with a key of `by`, for one right. `period` is its beginning."""

    period: datetime
    reached: InstitutionId
    by: InstitutionId
    right: str
    allowed: int
    refused: int
    last_at: datetime

    @property
    def day(self) -> date:
        """Return the day of the period in Kyiv. It begins on the evening before, UTC."""
        return kyiv_day(self.period)

    def as_json(self) -> dict[str, JsonValue]:
        """Return the line as JSON for programs."""
        return {
            "period": format_time(self.period),
            "reached": self.reached,
            "by": self.by,
            "right": self.right,
            "allowed": self.allowed,
            "refused": self.refused,
            "last_at": format_time(self.last_at),
        }


@dataclass(slots=True)
class RefusalLine:
    """Refused calls under one reason: the first one of each hour is the example for that hour."""

    reason: str
    reached: InstitutionId
    by: InstitutionId
    right: str
    refused: int
    last_at: datetime


def usage(counts: Iterable[AccessCount], grain: Grain) -> list[UsageLine]:
    """Sum up counts into a line for each period, institution, key and right; the newest period first."""
    lines: dict[tuple[datetime, str, str, str], UsageLine] = {}
    for count in counts:
        period = count.hour if grain is Grain.HOUR else beginning_of(kyiv_day(count.hour))
        key = (period, count.reached, count.by, count.right)
        line = lines.get(key)
        if line is None:
            line = lines[key] = UsageLine(period, count.reached, count.by, count.right, 0, 0, count.last_at)
        line.allowed += count.allowed
        line.refused += count.refused
        line.last_at = max(line.last_at, count.last_at)
    return sorted(lines.values(), key=lambda line: (-line.period.timestamp(), line.reached, line.by, line.right))


def refusals(counts: Iterable[AccessCount]) -> list[RefusalLine]:
    """Sum up refusals into a line for each reason, institution, key and right; the most recent first."""
    lines: dict[tuple[str, str, str, str], RefusalLine] = {}
    for count in counts:
        if not count.refused or count.first_refusal is None:
            continue
        key = (count.first_refusal, count.reached, count.by, count.right)
        line = lines.get(key)
        if line is None:
            line = RefusalLine(count.first_refusal, count.reached, count.by, count.right, 0, count.last_at)
            lines[key] = line
        line.refused += count.refused
        line.last_at = max(line.last_at, count.last_at)
    return sorted(lines.values(), key=lambda line: line.last_at, reverse=True)


def as_csv(lines: Iterable[UsageLine], grain: Grain) -> str:
    """Return the lines as CSV; hours in UTC, days in Kyiv. No cell is a formula. Source: RFC 4180."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow((grain.value, "reached", "by", "right", "allowed", "refused", "last_at"))
    for line in lines:
        period = f"{line.period:%Y-%m-%dT%H:%MZ}" if grain is Grain.HOUR else line.day.isoformat()
        cells = (period, line.reached, line.by, line.right, line.allowed, line.refused)
        writer.writerow(safe_cell(cell) for cell in (*cells, f"{line.last_at:%Y-%m-%dT%H:%M:%SZ}"))
    return file.getvalue()
