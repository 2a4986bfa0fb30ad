"""Bars of who reached the data: every request is in one bar, the newest at the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from provisioning.model.access import AccessCount
from provisioning.model.identifiers import InstitutionId
from sidecar.reads.chart import HEIGHT, chart

NOW = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
HOUR = NOW.replace(minute=0)


def count(hour: datetime, allowed: int, refused: int = 0) -> AccessCount:
    school = InstitutionId("46-0001234")
    return AccessCount(hour, school, school, "diary", "students.read", allowed, refused, None, hour)


@pytest.mark.parametrize(("days", "bars"), [(1, 24), (7, 7), (30, 30), (365, 53)])
def test_a_period_has_few_bars_and_nothing_of_it_is_lost(days: int, bars: int) -> None:
    hours = [count(HOUR - timedelta(hours=n), 2, 1) for n in range(days * 24)]
    drawn = chart(hours, days, NOW)
    assert len(drawn.bars) == bars
    assert (drawn.allowed, drawn.refused) == (2 * days * 24, days * 24)
    assert sum(bar.allowed for bar in drawn.bars) == drawn.allowed


def test_the_hour_at_hand_is_in_the_last_bar_and_the_tallest_bar_is_full() -> None:
    drawn = chart([count(HOUR, 3, 1), count(HOUR - timedelta(days=1), 1, 0)], 7, NOW)
    assert [(bar.allowed, bar.refused) for bar in drawn.bars[-2:]] == [(1, 0), (3, 1)]
    assert drawn.bars[-1].allowed_height + drawn.bars[-1].refused_height == HEIGHT
    assert drawn.bars[-1].since <= HOUR < drawn.bars[-1].since + timedelta(days=1)


def test_what_lies_outside_the_period_is_left_out() -> None:
    drawn = chart([count(HOUR - timedelta(days=7), 5), count(HOUR + timedelta(hours=1), 5)], 7, NOW)
    assert (drawn.most, drawn.allowed) == (0, 0)
    assert {bar.allowed_height for bar in drawn.bars} == {0.0}
