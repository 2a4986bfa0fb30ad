"""Every stored verdict is compared with what the events say: each column of each table, a row taken away or invented.

Source: docs/security.md row 48.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Table, Text, column, delete, insert, select, table

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.errors import LedgerCorrupt
from provisioning.ledger.operational.differing import differing_known, note_differing
from provisioning.ledger.projection.projected import PROJECTED, Projected
from provisioning.ledger.proof.comparison import Compared, Comparison
from provisioning.model.events import EventKind
from provisioning.model.events.alarms import AlarmRaised
from tests.support.dba import run_as_dba
from tests.support.gate_running import COUNTED, SCHOOL, mandate, people, record
from tests.support.ledger_events import event
from tests.support.unreadable import ODD, record_raw

FAR = 2**60


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """A ledger with at least one record of each noun."""
    opened = open_ledger(ledger_url)
    record(opened, *people(), event(EventKind.REQUEST_FILED, SCHOOL))
    record_raw(opened, "account:updated", ODD, COUNTED)
    yield opened
    opened.close()


def look(ledger: Ledger, comparison: Comparison) -> Compared:
    with ledger.reader() as reader:
        return comparison.look(reader)


def plain(kept: Projected) -> Table:
    """The table with the types of its database only, so that anything may be written into it."""
    return table(kept.table.name, *(column(each.name, _plain(each)) for each in kept.table.columns))  # type: ignore[return-value]


def _plain(each: Column[Any]) -> Any:
    for kind in (Boolean, BigInteger, Integer):
        if isinstance(each.type, kind):
            return each.type
    return String() if not isinstance(each.type, Text) else Text()


def other(value: object) -> object:
    """Another value than this, which the column takes and which can be read back."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case None:
            return None
        case str() if value.endswith("Z") and "T" in value:
            return value.replace("20", "19", 1)
        case str():
            return f"{value[:-1]}{'y' if value.endswith('x') else 'x'}"
        case _:
            raise AssertionError(value)


def test_a_changed_value_is_found_wherever_it_stands(ledger: Ledger) -> None:
    comparison, tried = Comparison(), 0
    for kept in PROJECTED:
        rows, compared = plain(kept), {each.name: each.compare for each in fields(kept.record)}
        for each in kept.table.columns:
            with ledger.aside() as connection:
                row = dict(connection.execute(select(rows).order_by(rows.c[kept.key]).limit(1)).mappings().one())
                changed = other(row[each.name])
                changed = _invented(each) if changed is None else changed
                connection.execute(rows.update().where(rows.c[kept.key] == row[kept.key]).values({each.name: changed}))
            try:
                found = look(ledger, comparison).differing
            except LedgerCorrupt as error:
                # A value that no program of ours has written.
                assert "holds a value that" in error.message
            else:
                expected = 2 if each.name == kept.key else int(compared[each.name])
                assert list(found.values()) == [kept.name] * expected, (each.name, found)
            name = changed if each.name == kept.key else row[kept.key]
            with ledger.aside() as connection:
                connection.execute(rows.update().where(rows.c[kept.key] == name).values(row))
            assert look(ledger, comparison).differing == {}
            tried += 1
    assert tried == sum(len(kept.table.columns) for kept in PROJECTED) > 80


def _invented(each: Column[Any]) -> object:
    if isinstance(each.type, Boolean):
        return True
    return "2026-11-20T08:30:00.000000Z" if each.name.endswith("_at") else "x"


@pytest.mark.parametrize("kept", PROJECTED, ids=lambda kept: kept.name)
def test_a_row_that_is_taken_away_and_one_that_is_put_back_are_found(ledger: Ledger, kept: Projected) -> None:
    comparison, rows = Comparison(), plain(kept)
    with ledger.aside() as connection:
        row = dict(connection.execute(select(rows).order_by(rows.c[kept.key]).limit(1)).mappings().one())
        connection.execute(delete(rows).where(rows.c[kept.key] == row[kept.key]))
    missing = look(ledger, comparison).differing
    assert list(missing.values()) == [kept.name]
    with ledger.aside() as connection:
        connection.execute(insert(rows).values(row))
    assert look(ledger, comparison).differing == {}


def test_new_events_are_folded_on_and_not_walked_again(ledger: Ledger) -> None:
    comparison = Comparison()
    first = look(ledger, comparison)
    record(ledger, event(EventKind.MANDATE_WITHDRAWN, SCHOOL, mandate=f"{SCHOOL}.shodennyk.1", ois="shodennyk"))
    record(ledger, mandate(number=2))
    seen: list[int] = []
    with ledger.reader() as reader:
        second = comparison.look(reader, seen.append)
    assert (second.head.seq, second.differing) == (first.head.seq + 2, {})


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ledger_event WHERE seq = (SELECT max(seq) FROM ledger_event)",
        "UPDATE ledger_event SET hash = '" + "0" * 64 + "' WHERE seq = (SELECT max(seq) FROM ledger_event)",
        f"INSERT INTO ledger_event SELECT {FAR}, at, kind, subject, actor, clause, reason, data, prev_hash,"  # noqa: S608 - constants
        f" '{'1' * 64}' FROM ledger_event WHERE seq = 1",
    ],
    ids=["the last event is gone", "the last event has another hash", "an event far beyond the end"],
)
def test_a_chain_that_is_broken_after_a_look_is_named_at_the_next(
    ledger: Ledger, ledger_url: str, statement: str
) -> None:
    comparison = Comparison()
    look(ledger, comparison)
    run_as_dba(ledger_url, [statement])
    with pytest.raises(LedgerCorrupt, match="not what was recorded"):
        look(ledger, comparison)


def test_a_difference_is_noted_with_one_alarm_and_let_go_when_it_is_right_again(ledger: Ledger) -> None:
    found = {SCHOOL: "accounts", "ois-shodennyk": "ois"}
    with ledger.transaction() as transaction:
        assert note_differing(transaction, found, "watch:test").fresh == (SCHOOL, "ois-shodennyk")
        assert note_differing(transaction, found, "watch:test").fresh == ()
    with ledger.reader() as reader:
        assert differing_known(reader) == set(found)
        (alarm,) = reader.events(kinds=[EventKind.ALARM_RAISED])
        assert isinstance(alarm.content, AlarmRaised)
        assert SCHOOL in alarm.content.what
    with ledger.transaction() as transaction:
        assert note_differing(transaction, {SCHOOL: "accounts"}, "watch:test").right_again == ("ois-shodennyk",)
    with ledger.reader() as reader:
        assert differing_known(reader) == {SCHOOL}
