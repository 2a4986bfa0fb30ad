"""Questions about mandates give the same on SQLite and PostgreSQL, and none of them goes through all mandates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, text

from provisioning.ledger import Ledger, LedgerReader, open_ledger
from provisioning.ledger.queries.mandates import (
    accounts_that_gave_mandates,
    accounts_with_mandate,
    count_mandates,
    mandates_past,
    mandates_standing,
)
from provisioning.model.identifiers import Username
from provisioning.model.ois import Slug
from tests.support.ledger_events import SCHOOL, FakeClock, birth
from tests.support.ois_events import SLUG, connected, granted, withdrawn

LAST = date(2026, 12, 31)
"""The last day of the mandates here."""

AFTER = date(2027, 1, 1)
OTHER, GONE = Username("46-0000002"), Username("46-0000003")


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """A school whose second mandate stands, one whose first does, and one whose only mandate is withdrawn."""
    opened = open_ledger(ledger_url, clock=FakeClock())
    with opened.transaction() as transaction:
        transaction.append([birth(), birth(OTHER), birth(GONE), *connected()])
        transaction.append([granted(), granted(username=OTHER), granted(username=GONE)])
        transaction.append([withdrawn(), withdrawn(username=GONE)])
        transaction.append([granted(number=2)])
    yield opened
    opened.close()


def test_only_mandates_that_were_not_withdrawn_stand(ledger: Ledger) -> None:
    standing = [f"{SCHOOL}.{SLUG}.2", f"{OTHER}.{SLUG}.1"]
    with ledger.reader() as reader:
        assert [mandate.id for mandate in mandates_standing(reader, [SCHOOL, OTHER, GONE])] == standing
        assert {mandate.id for mandate in reader.mandates(ois=SLUG, standing=True)} == {*standing}
        assert accounts_with_mandate(reader, SLUG) == {SCHOOL, OTHER}
        assert accounts_with_mandate(reader, Slug("other")) == frozenset()


def test_a_mandate_is_past_from_the_day_after_its_last(ledger: Ledger) -> None:
    with ledger.reader() as reader:
        assert mandates_past(reader, LAST) == ()
        assert [m.id for m in mandates_past(reader, AFTER)] == [f"{SCHOOL}.{SLUG}.2", f"{OTHER}.{SLUG}.1"]


def test_withdrawn_mandates_count_as_given(ledger: Ledger) -> None:
    with ledger.reader() as reader:
        assert accounts_that_gave_mandates(reader, SLUG) == (SCHOOL, OTHER, GONE)
        assert [count_mandates(reader, name, SLUG) for name in (SCHOOL, OTHER, GONE)] == [2, 1, 1]
        assert count_mandates(reader, SCHOOL, Slug("other")) == 0


@pytest.mark.parametrize(
    "ask",
    [
        lambda reader: mandates_past(reader, AFTER),
        lambda reader: mandates_standing(reader, [SCHOOL]),
        lambda reader: accounts_with_mandate(reader, SLUG),
        lambda reader: accounts_that_gave_mandates(reader, SLUG),
        lambda reader: count_mandates(reader, SCHOOL, SLUG),
        lambda reader: reader.mandates(ois=SLUG, standing=True),
        lambda reader: reader.mandates(username=SCHOOL, ois=SLUG, standing=True),
    ],
)
def test_an_index_answers(ledger: Ledger, ask: Callable[[LedgerReader], object]) -> None:
    with ledger.reader() as reader:
        plans = plans_of(reader, ask)
    assert plans
    assert [plan for plan in plans if "SCAN ledger_mandate" in plan or "Seq Scan" in plan] == []


def test_a_question_without_an_index_is_found(ledger: Ledger) -> None:
    with ledger.reader() as reader:
        (plan,) = plans_of(reader, LedgerReader.all_mandates)
    assert "SCAN ledger_mandate" in plan or "Seq Scan" in plan


def plans_of(reader: LedgerReader, ask: Callable[[LedgerReader], object]) -> list[str]:
    """How the database would go about each statement of a question, were its tables large."""
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, values: Any, _context: object, _many: bool) -> None:
        asked.append((statement, values))

    event.listen(reader.connection, "before_cursor_execute", note)
    ask(reader)
    event.remove(reader.connection, "before_cursor_execute", note)
    sqlite = reader.connection.dialect.name == "sqlite"
    if not sqlite:
        reader.connection.execute(text("SET LOCAL enable_seqscan = off"))
    explain = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
    return [_text(reader.connection.exec_driver_sql(f"{explain} {sql}", values).all()) for sql, values in asked]


def _text(rows: Sequence[Sequence[object]]) -> str:
    return "\n".join(str(row[-1]) for row in rows)
