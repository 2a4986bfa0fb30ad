"""Events have a shape, on SQLite and PostgreSQL: another one is refused before anything is chained, whoever offers it.

One that is on record all the same, intact and unreadable, stays there: it is named, its subject is refused, and nobody
else stops.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from provisioning.gate.verdicts import Verdicts
from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.errors import EventRefused, LedgerCorrupt
from provisioning.ledger.following import read_changes, read_everything
from provisioning.ledger.proof.export import export_lines
from provisioning.ledger.proof.rebuild import rebuild
from provisioning.ledger.proof.take_over import take_over
from provisioning.ledger.proof.verification import Fault, verify
from provisioning.model.events import Content, EventKind, Head, NewEvent
from provisioning.model.events.accounts import AccountDeactivated
from provisioning.model.events.mandates import MandateWithdrawn
from provisioning.model.unreadable import UnreadableRecord
from tests.support.earlier_tables import without_0024
from tests.support.ledger_events import SCHOOL, SCHOOL_KEY, FakeClock, birth, births, content, event, stored
from tests.support.unreadable import ODD, record_raw

OTHER = "46-0000002"


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    opened = open_ledger(ledger_url, clock=FakeClock())
    yield opened
    opened.close()


def append(ledger: Ledger, *events: NewEvent) -> None:
    with ledger.transaction() as transaction:
        transaction.append(events)


def head(ledger: Ledger) -> Head:
    with ledger.reader() as reader:
        return reader.chain_head()


def odd_content(kind: EventKind, /, **values: Any) -> Content:
    """A content with values that its fields do not allow."""
    found = content(kind)
    for name, value in values.items():
        object.__setattr__(found, name, value)
    return found


class Misspelt(AccountDeactivated):
    """A type that nobody knows."""


@pytest.mark.parametrize(
    ("offered", "words"),
    [
        (odd_content(EventKind.ACCOUNT_CREATED, generation="2"), "generation: a number is wanted"),
        (odd_content(EventKind.ACCOUNT_CREATED, sphere=None), "sphere: it is missing"),
        (odd_content(EventKind.ACCOUNT_CREATED, kind="school"), "kind: one of"),
        (odd_content(EventKind.ACCOUNT_DEACTIVATED, date="2026-11-20"), "date: a day is wanted"),
        (odd_content(EventKind.ACCOUNT_DEACTIVATED, document=None), "document: text is wanted"),
        (odd_content(EventKind.API_KEY_ENDING, ends_at="2026-12-01"), "ends_at: a time with an offset is wanted"),
        (odd_content(EventKind.BASE_KEY_ISSUED, reset=1), "reset: yes or no is wanted"),
        (odd_content(EventKind.OIS_CONNECTED, rights=["students.read"]), "rights: a list is wanted"),
        ({"institution_id": SCHOOL, "generaton": 2}, "nothing that new events say"),
        (Misspelt(**dict.fromkeys(("reason", "document", "date", "successors"))), "nothing that new events say"),
    ],
)
def test_another_shape_is_refused_and_nothing_of_the_batch_is_chained(ledger: Ledger, offered: Any, words: str) -> None:
    before = head(ledger)
    odd = NewEvent(offered, SCHOOL, "tester", clause="cl. 4")
    with pytest.raises(EventRefused, match=words):
        append(ledger, birth(OTHER), odd)
    assert head(ledger) == before
    with ledger.reader() as reader:
        assert reader.accounts() == {}


def test_a_clause_that_its_kind_does_not_rest_on_is_refused(ledger: Ledger) -> None:
    told = content(EventKind.MANDATE_WITHDRAWN)
    assert isinstance(told, MandateWithdrawn)
    with pytest.raises(EventRefused, match=r"rests on cl\. 5 or cl\. 7 or cl\. 8"):
        append(ledger, NewEvent(told, SCHOOL, "tester", clause="cl. 9"))


def test_an_unreadable_event_is_named_and_the_chain_stays_intact(ledger: Ledger) -> None:
    append(ledger, birth(), birth(OTHER))
    odd = record_raw(ledger, EventKind.ACCOUNT_UPDATED, ODD)
    unknown = record_raw(ledger, "account:burnt", "{}", SCHOOL_KEY)
    with ledger.reader() as reader:
        verdict = verify(reader)
        assert verdict.defect is None
        assert [(found.seq, found.subject) for found in verdict.unreadable] == [
            (odd.seq, SCHOOL),
            (unknown.seq, SCHOOL_KEY),
        ]
        assert "generaton: it is unknown" in verdict.unreadable[0].why
        assert json.loads(list(export_lines(reader.events()))[odd.seq - 1])["data"] == json.loads(ODD)


def test_its_subject_is_refused_and_nobody_else_stops(ledger: Ledger) -> None:
    append(ledger, birth(), birth(OTHER))
    record_raw(ledger, EventKind.ACCOUNT_UPDATED, ODD)
    for refused in (event(EventKind.ACCOUNT_ACTIVATED), event(EventKind.API_KEY_REVEALED, SCHOOL_KEY)):
        with pytest.raises(EventRefused, match="cannot be read: field generaton: it is unknown"):
            append(ledger, refused)
    append(ledger, event(EventKind.ACCOUNT_ACTIVATED, OTHER), *births(3, 2))
    with ledger.reader() as reader:
        assert (reader.is_unreadable(SCHOOL), reader.is_unreadable(SCHOOL_KEY)) == (True, True)
        assert not reader.is_unreadable(OTHER)
        assert reader.readable([SCHOOL, OTHER, SCHOOL_KEY], str) == [OTHER]
        assert verify(reader).defect is None
    assert rebuild(ledger) == 0


@pytest.mark.parametrize(
    ("kind", "data", "intact"),
    [
        (EventKind.API_KEY_ENDING, '{"ends_at":"0001-01-01T00:00:00+05:00"}', True),
        (EventKind.BASE_KEY_WITHDRAWN, '{"base_key_id":"\\ud800"}', False),
        (EventKind.BASE_KEY_WITHDRAWN, '{"base_key_id":"\\u0000"}', False),
        (EventKind.API_KEY_CREATED, '{"number":2,"username":"\\ud800"}', False),
        (EventKind.ACCOUNT_DIRECT_USE_CHANGED, '{"allowed":true,"\\ud800":1}', False),
        (EventKind.ACCOUNT_DIRECT_USE_CHANGED, '{"allowed":NaN}', False),
        (EventKind.OIS_KEY_CHANGED, f'{{"jwks":{{"a":{"[" * 3000}{"]" * 3000}}}}}', False),
        (EventKind.ACCOUNT_DIRECT_USE_CHANGED, f'{{"allowed":{"9" * 5000}}}', False),
        (EventKind.ACCOUNT_DIRECT_USE_CHANGED, f'{{"allowed":{2**53}}}', True),
        ("\N{SNOWMAN}", "null", True),
    ],
    ids=["year 0", "surrogate", "NUL", "surrogate name", "surrogate field", "NaN", "deep", "long", "inexact", "kind"],
)
def test_data_that_no_program_of_ours_writes_stops_its_subject_alone(
    ledger: Ledger, kind: str, data: str, intact: bool
) -> None:
    """What could never be hashed is a defect besides, which `verify` names and an export refuses."""
    append(ledger, birth(), birth(OTHER))
    odd = record_raw(ledger, kind, data)
    append(ledger, event(EventKind.ACCOUNT_ACTIVATED, OTHER))
    changes = Verdicts()
    with ledger.reader() as reader:
        assert reader.all_unreadable().keys() == {SCHOOL}
        read_changes(reader, Head(2, reader.hash_at(2) or "", FakeClock()()), changes)
        defect = verify(reader).defect
        "".join(str(stored.listed()) for stored in reader.events()).encode()
        if intact:
            assert defect is None
            assert len(list(export_lines(reader.events()))) == reader.head()[0]
        else:
            assert defect is not None and (defect.fault, defect.seq) == (Fault.UNREADABLE, odd.seq)
            with pytest.raises(LedgerCorrupt, match=f"event {odd.seq} holds data"):
                list(export_lines(reader.events()))
    assert changes.unreadable == {SCHOOL}
    assert rebuild(ledger) == 0


def test_a_refused_subject_whose_reason_this_program_words_otherwise_is_no_defect(ledger: Ledger) -> None:
    append(ledger, birth())
    record_raw(ledger, EventKind.ACCOUNT_UPDATED, ODD)
    with ledger.transaction() as transaction:
        transaction.connection.exec_driver_sql(
            "UPDATE ledger_unreadable SET why = 'in the words of an earlier program'"
        )
    with ledger.reader() as reader:
        assert verify(reader).defect is None


def test_an_unreadable_event_about_a_key_refuses_that_key_alone(ledger: Ledger) -> None:
    append(ledger, birth())
    record_raw(ledger, EventKind.API_KEY_REVEALED, "{}", SCHOOL_KEY)
    with pytest.raises(EventRefused, match="fingerprint: it is missing"):
        append(ledger, event(EventKind.API_KEY_CUT_OFF, SCHOOL_KEY))
    append(ledger, event(EventKind.ACCOUNT_DEACTIVATED))


def test_a_birth_that_cannot_be_read_makes_no_account(ledger: Ledger) -> None:
    record_raw(ledger, EventKind.ACCOUNT_CREATED, ODD)
    with ledger.reader() as reader:
        assert reader.accounts() == {}
    with pytest.raises(EventRefused, match="cannot be read"):
        append(ledger, birth())


def test_a_follower_is_told_of_it_at_first_and_later(ledger: Ledger) -> None:
    append(ledger, birth())
    record_raw(ledger, EventKind.ACCOUNT_UPDATED, ODD)
    everything, changes = Verdicts(), Verdicts()
    with ledger.reader() as reader:
        read_everything(reader, everything)
    record_raw(ledger, "ois:burnt", "[]", "ois-diary")
    with ledger.reader() as reader:
        read_changes(reader, Head(2, reader.hash_at(2) or "", FakeClock()()), changes)
    assert everything.unreadable == {SCHOOL}
    assert changes.unreadable == {SCHOOL, "ois-diary"}


LATER_COLUMNS = (
    *(("ledger_task", column) for column in ("failures", "next_try_at", "last_error")),
    ("ledger_ois", "proof_required"),
)


def test_opening_a_ledger_of_an_earlier_version_finds_what_that_one_could_not_tell(
    ledger: Ledger, ledger_url: str
) -> None:
    """That version added the event up as if nothing were wrong, and knew no table of refused subjects."""
    append(ledger, birth())
    record_raw(ledger, EventKind.ACCOUNT_UPDATED, ODD)
    with ledger.transaction() as transaction:
        for later in ("ledger_unreadable", "ledger_differing", "ledger_power", "ledger_meaning", "ledger_compatible"):
            transaction.connection.exec_driver_sql(f"DROP TABLE {later}")
        for table, column in LATER_COLUMNS:
            transaction.connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")
        on_postgresql = transaction.connection.dialect.name == "postgresql"
        for statement in without_0024(on_postgresql):
            transaction.connection.exec_driver_sql(statement)
        if on_postgresql:
            for function in ("event_follows", "verdict_follows", "is_owner"):
                transaction.connection.exec_driver_sql(f"DROP FUNCTION ledger_{function} CASCADE")
        transaction.connection.exec_driver_sql("UPDATE ledger_version SET version_num = '0014'")
    opened = open_ledger(ledger_url)
    with opened.reader() as reader:
        (found,) = reader.all_unreadable().values()
        assert isinstance(found, UnreadableRecord) and (found.subject, found.seq) == (SCHOOL, 3)
        assert verify(reader).defect is None
    opened.close()


def test_an_export_with_an_unreadable_event_is_taken_over_as_it_is(ledger: Ledger) -> None:
    append(ledger, birth(), birth(OTHER))
    end = head(ledger)
    with ledger.reader() as reader:
        lines = list(export_lines(reader.events()))
    odd = stored(EventKind.ACCOUNT_UPDATED, ODD, after=end)
    later = stored(EventKind.ACCOUNT_ACTIVATED, '{"activated_at":"x"}', OTHER, after=Head(odd.seq, odd.hash, odd.at))
    assert take_over(ledger, [*lines, *export_lines([odd, later])]).after == later.seq
    with ledger.reader() as reader:
        assert reader.all_unreadable().keys() == {SCHOOL}
        assert verify(reader).defect is None
