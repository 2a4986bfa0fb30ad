"""OIS and mandates in the ledger, on SQLite and PostgreSQL: stored, read back, rebuilt, and taken over from 0001."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.errors import EventRefused
from provisioning.ledger.projection import fold
from provisioning.ledger.projection.projected import stored_projection
from provisioning.ledger.proof.rebuild import rebuild
from provisioning.ledger.proof.verification import Fault, verify
from provisioning.ledger.store import schema
from provisioning.ledger.store.bulk import insert_rows
from provisioning.ledger.store.engine import begin_writing, make_engine, parse_url
from provisioning.ledger.store.upgrading import _config
from provisioning.ledger.transaction import _fields
from provisioning.model.events import EventKind, Head, NewEvent, chain
from provisioning.model.ois import MandateState, OisState
from tests.support.dba import run_as_dba
from tests.support.ledger_events import SCHOOL, START, FakeClock, birth, event
from tests.support.ois_events import MANDATE, OIS, RIGHTS, SLUG, connected, granted, withdrawn


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    opened = open_ledger(ledger_url, clock=FakeClock())
    yield opened
    opened.close()


def append(ledger: Ledger, *events: NewEvent) -> None:
    with ledger.transaction() as transaction:
        transaction.append(events)


def test_records_are_read_back_as_they_were_made_and_equal_a_rebuild(ledger: Ledger) -> None:
    append(ledger, birth(), *connected(), granted())
    append(ledger, withdrawn(), granted(number=2))
    with ledger.reader() as reader:
        record = reader.ois(SLUG)
        assert record is not None
        assert (record.state, record.rights, record.requested_rights) == (OisState.CONNECTED, RIGHTS, RIGHTS)
        assert reader.all_ois() == {SLUG: record}
        assert [mandate.id for mandate in reader.mandates(username=SCHOOL)] == [MANDATE, f"{SCHOOL}.{SLUG}.2"]
        assert reader.mandates(ois=SLUG) == tuple(reader.all_mandates().values())
        assert reader.mandates(ois="other") == reader.mandates(username=SCHOOL, ois="other") == ()
        first = reader.mandate(MANDATE)
        assert first is not None
        assert (first.state, first.withdrawn_at) == (MandateState.WITHDRAWN, START)
        assert stored_projection(reader) == fold(reader.events())
        assert verify(reader).defect is None
    assert rebuild(ledger) == 0


def test_whoever_polls_with_the_last_number_sees_each_change_once(ledger: Ledger) -> None:
    append(ledger, birth(), birth("46-0000002"), *connected(), granted(), granted(username="46-0000002"))
    with ledger.reader() as reader:
        seen = reader.mandates(ois=SLUG)
    append(ledger, withdrawn())
    with ledger.reader() as reader:
        (changed,) = reader.mandates(ois=SLUG, after_seq=seen[-1].changed_seq)
        assert (changed.id, changed.state) == (MANDATE, MandateState.WITHDRAWN)
        assert reader.mandates(ois=SLUG, after_seq=changed.changed_seq) == ()


def test_events_can_be_read_by_kind(ledger: Ledger) -> None:
    append(ledger, birth(), *connected(), granted())
    with ledger.reader() as reader:
        kinds = (EventKind.OIS_CONNECTED, EventKind.MANDATE_GRANTED)
        assert [found.kind for found in reader.events(kinds=kinds)] == list(kinds)
        assert [found.kind for found in reader.events(kinds=kinds, subject=OIS)] == [EventKind.OIS_CONNECTED]


def test_a_second_mandate_while_one_stands_and_one_for_a_suspended_ois_are_refused(ledger: Ledger) -> None:
    append(ledger, birth(), birth("46-0000002"), *connected(), granted())
    with pytest.raises(EventRefused, match="still stands"):
        append(ledger, granted(number=2))
    append(ledger, event(EventKind.OIS_SUSPENDED, OIS))
    with pytest.raises(EventRefused, match="not connected"):
        append(ledger, granted(username="46-0000002"))


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE ledger_ois SET state = 'connected'",
        "UPDATE ledger_mandate SET state = 'granted', withdrawn_at = NULL",
        "UPDATE ledger_account SET sphere = '/80-0000001'",
        "UPDATE ledger_ois SET rights = '[\"finance.read\"]'",
        "UPDATE ledger_mandate SET contract_date = 'once'",
    ],
)
def test_stored_state_that_somebody_changed_is_found(ledger: Ledger, ledger_url: str, tampering: str) -> None:
    append(ledger, birth(), *connected(), granted(), withdrawn(), event(EventKind.OIS_SUSPENDED, OIS))
    run_as_dba(ledger_url, [tampering])
    with ledger.reader() as reader:
        finding = verify(reader).defect
    assert finding is not None
    assert finding.fault is Fault.PROJECTION


def test_a_ledger_of_the_first_version_is_taken_over_and_still_agrees_with_its_events(empty_url: str) -> None:
    _first_version(empty_url, [event(EventKind.LEDGER_OPENED, "realm", ledger_id="x"), birth(), birth("46-0000002")])
    taken_over = open_ledger(empty_url)
    with taken_over.reader() as reader:
        assert verify(reader).defect is None
        record = reader.account(SCHOOL)
        assert record is not None
        assert (record.kind, record.sphere, record.direct_use) == ("school", "", False)
    append(taken_over, *connected(), granted())
    taken_over.close()


def _first_version(url: str, events: list[NewEvent]) -> None:
    """A ledger with the tables of version 0001 and these events in it."""
    recorded = chain(Head(), events, START)
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        Path(str(parsed.database)).touch()
    engine = make_engine(parsed, patience_s=30)
    with engine.connect() as connection:
        begin_writing(connection)
        command.upgrade(_config(connection), "0001")
        insert_rows(connection, schema.event, _fields(recorded, schema.event))
        state = fold(recorded)
        for account in state.accounts.values():
            values = {"username": account.username, "at": account.created_at.isoformat().replace("+00:00", ".000000Z")}
            connection.execute(
                text(
                    "INSERT INTO ledger_account (username, institution_id, generation, is_authority, state, created_at,"
                    " base_key_id) VALUES (:username, :username, 1, false, 'created', :at, 'bk-1')"
                ),
                values,
            )
        insert_rows(connection, schema.api_key, _fields(list(state.api_keys.values()), schema.api_key))
        connection.commit()
    engine.dispose()
