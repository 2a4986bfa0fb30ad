"""Kyiv's calendar: every hour belongs to one day, and a day begins where the one before it ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from provisioning.model.calendar import beginning_of, has_come, kyiv_day

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FIRST, LAST = date(2024, 1, 1), date(2032, 1, 1)
DAYS = [FIRST + number * DAY for number in range((LAST - FIRST).days)]


def test_each_day_begins_where_the_day_before_ends() -> None:
    for day in DAYS:
        begin, end = beginning_of(day), beginning_of(day + DAY)
        assert kyiv_day(begin) == day == kyiv_day(end - timedelta(microseconds=1))
        assert (end - begin) / HOUR in (23, 24, 25)


def test_every_hour_of_the_years_belongs_to_the_day_that_its_clocks_show() -> None:
    at = beginning_of(FIRST)
    hours = 0
    while at < beginning_of(LAST):
        assert beginning_of(kyiv_day(at)) <= at < beginning_of(kyiv_day(at) + DAY)
        at, hours = at + HOUR, hours + 1
    assert hours == len(DAYS) * 24


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 30, 22, 30, tzinfo=UTC), date(2026, 12, 1)),
        (datetime(2026, 11, 30, 21, 59, tzinfo=UTC), date(2026, 11, 30)),
        (datetime(2026, 7, 1, 21, 0, tzinfo=UTC), date(2026, 7, 2)),
        (datetime(2026, 12, 31, 22, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_half_past_midnight_in_kyiv_is_the_new_day(moment: datetime, day: date) -> None:
    assert kyiv_day(moment) == day
    assert has_come(day, kyiv_day(moment)) and not has_come(day + DAY, kyiv_day(moment))


def test_a_time_without_a_zone_falls_on_no_day() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        kyiv_day(datetime(2026, 11, 30, 22, 30))  # noqa: DTZ001  # the very mistake
