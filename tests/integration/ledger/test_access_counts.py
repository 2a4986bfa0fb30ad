"""Counts of who reached whose data, on both databases: added up, kept as long as they are to be, forgotten cheaply."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect, text

import provisioning.ledger.migrations
from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.operational.access import add_counts, counts
from provisioning.ledger.operational.access_keeping import Kept, keep_counts
from provisioning.ledger.store.migration import migrate
from provisioning.model.access import AccessCount
from provisioning.model.identifiers import InstitutionId

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
YEAR = timedelta(days=365)
SCHOOL = InstitutionId("46-0000001")


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    opened = open_ledger(ledger_url)
    yield opened
    opened.close()


def count(at: datetime, right: str = "students.read") -> AccessCount:
    return AccessCount(at, SCHOOL, SCHOOL, "shodennyk", right, 1, 0, None, at)


def add(ledger: Ledger, *times: datetime) -> None:
    for at in times:
        with ledger.aside() as connection:
            add_counts(connection, [count(at)])


def hours(ledger: Ledger) -> list[datetime]:
    with ledger.reader() as reader:
        return [found.hour for found in counts(reader, NOW - timedelta(days=4000), NOW + timedelta(days=400))]


def partitions(url: str) -> set[str]:
    engine = create_engine(url)
    try:
        return {name for name in inspect(engine).get_table_names() if name.startswith("ledger_access_")}
    finally:
        engine.dispose()


def test_what_is_too_old_goes_and_the_rest_stays(ledger: Ledger) -> None:
    old, recent = NOW - timedelta(days=500), NOW - timedelta(days=300)
    keep_counts(ledger, old, YEAR)
    add(ledger, old, recent, NOW, NOW)
    keep_counts(ledger, NOW, YEAR)
    assert hours(ledger) == [NOW, recent]
    assert keep_counts(ledger, NOW, YEAR) == Kept()


def test_rows_are_deleted_in_small_steps(ledger: Ledger) -> None:
    """On PostgreSQL those for whose month there was no partition."""
    add(ledger, *(NOW - timedelta(days=500 + day) for day in range(7)), NOW)
    assert keep_counts(ledger, NOW, YEAR, step_rows=2).deleted == 7
    assert hours(ledger) == [NOW]


@pytest.mark.postgres
def test_on_postgresql_months_are_made_ahead_and_dropped_whole(postgres_url: str) -> None:
    ledger = open_ledger(postgres_url)
    try:
        before = partitions(postgres_url)
        then = datetime(2031, 11, 30, 23, tzinfo=UTC)
        made = keep_counts(ledger, then, YEAR)
        assert (made.made, partitions(postgres_url) - before) == (
            3,
            {"ledger_access_2031_11", "ledger_access_2031_12", "ledger_access_2032_01"},
        )
        add(ledger, then, then + timedelta(hours=1), then + timedelta(hours=1))
        # The whole of November is too old a day after its end and a year; December has a day that is not.
        assert keep_counts(ledger, then + YEAR, YEAR).dropped >= 0
        assert "ledger_access_2031_11" in partitions(postgres_url)
        done = keep_counts(ledger, then + YEAR + timedelta(hours=2), YEAR)
        assert (done.dropped, done.deleted) == (1, 0)
        assert "ledger_access_2031_11" not in partitions(postgres_url)
        assert "ledger_access_2031_12" in partitions(postgres_url)
    finally:
        ledger.close()


@pytest.mark.postgres
def test_a_month_that_began_without_a_partition_goes_on_in_the_rest(postgres_url: str) -> None:
    ledger = open_ledger(postgres_url)
    try:
        then = datetime(2035, 5, 10, tzinfo=UTC)
        add(ledger, then)
        assert keep_counts(ledger, then, YEAR).made == 2
        add(ledger, then, then + timedelta(days=40))
        with ledger.reader() as reader:
            found = {c.hour: c.allowed for c in counts(reader, then, then + timedelta(days=60))}
        assert found == {then: 2, then + timedelta(days=40): 1}
    finally:
        ledger.close()


def test_counts_from_before_the_partitions_are_kept(ledger_url: str) -> None:
    row = {"hour": 499_000, "at": "2026-12-05T00:00:00.000000Z"}
    engine = create_engine(ledger_url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(provisioning.ledger.migrations.__file__).parent))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)
        insert = "INSERT INTO ledger_access VALUES (:hour, '46-0000001', '46-0000001', 'x', 'y', 3, 1, NULL, :at)"
        connection.execute(text(insert), row)
        migrate(connection)
        assert connection.execute(text("SELECT hour, allowed FROM ledger_access")).all() == [(499_000, 3)]
    engine.dispose()


BEFORE = "0009"
"""The migration before the one that made partitions."""
