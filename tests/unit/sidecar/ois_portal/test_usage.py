"""From counts by the hour to lines by hour or day, and to refusals by reason."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from provisioning.model.access import AccessCount
from provisioning.model.calendar import kyiv_day
from provisioning.model.identifiers import InstitutionId
from sidecar.ois_portal.usage import Grain, as_csv, refusals, usage

SCHOOL, LYCEUM = InstitutionId("46-0001234"), InstitutionId("46-0001235")


def count(hour: int, allowed: int, refused: int = 0, reason: str | None = None, day: int = 24) -> AccessCount:
    at = datetime(2026, 11, day, hour, tzinfo=UTC)
    return AccessCount(at, SCHOOL, SCHOOL, "diary", "students.read", allowed, refused, reason, at.replace(minute=30))


def test_hours_of_a_day_add_up_and_days_stay_apart() -> None:
    counts = [count(8, 1), count(9, 2, 1, "mandate-expired"), count(9, 4, day=23)]
    days = usage(counts, Grain.DAY)
    assert [(kyiv_day(line.period).day, line.allowed, line.refused) for line in days] == [(24, 3, 1), (23, 4, 0)]
    assert days[0].last_at == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    assert [line.period.hour for line in usage(counts, Grain.HOUR)] == [9, 8, 9]


def test_a_day_is_kyivs_and_the_file_names_it() -> None:
    lines = usage([count(22, 1), count(21, 2)], Grain.DAY)
    assert [row.split(",")[0] for row in as_csv(lines, Grain.DAY).splitlines()] == ["day", "2026-11-25", "2026-11-24"]
    assert [line.period for line in lines] == [datetime(2026, 11, day, 22, tzinfo=UTC) for day in (24, 23)]


@given(st.lists(st.tuples(st.integers(0, 23), st.integers(1, 28), st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_nothing_is_lost_whatever_the_period(rows: list[tuple[int, int, int, int]]) -> None:
    counts = [count(hour, allowed, refused, "mandate-expired", day) for hour, day, allowed, refused in rows]
    for grain in Grain:
        lines = usage(counts, grain)
        assert sum(line.allowed for line in lines) == sum(count.allowed for count in counts)
        assert sum(line.refused for line in lines) == sum(count.refused for count in counts)
    assert sum(line.refused for line in refusals(counts)) == sum(count.refused for count in counts)


def test_refusals_come_by_reason_the_latest_first() -> None:
    counts = [count(8, 0, 3, "mandate-expired"), count(9, 5, 1, "outside-sphere"), count(10, 0, 2, "mandate-expired")]
    assert [(line.reason, line.refused) for line in refusals(counts)] == [("mandate-expired", 5), ("outside-sphere", 1)]
    assert refusals([count(8, 9)]) == []


def test_no_cell_of_the_file_is_a_formula() -> None:
    at = datetime(2026, 11, 24, 8, tzinfo=UTC)
    hostile = AccessCount(at, SCHOOL, LYCEUM, "diary", "=HYPERLINK(1)", 1, 0, None, at)
    rows = list(csv.reader(io.StringIO(as_csv(usage([hostile], Grain.HOUR), Grain.HOUR))))
    assert rows[0] == ["hour", "reached", "by", "right", "allowed", "refused", "last_at"]
    assert rows[1][:4] == ["2026-11-24T08:00Z", SCHOOL, LYCEUM, "'=HYPERLINK(1)"]
