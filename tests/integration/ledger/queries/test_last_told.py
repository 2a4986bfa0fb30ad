"""What a subject's record said last is found without reading what it said before, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.queries.staff import STAFF, staff_on_record
from provisioning.model.configuration import StaffRole
from provisioning.model.events import EventKind, NewEvent
from provisioning.model.events.realm import RightsChanged, StaffChanged
from tests.support.unreadable import record_raw

EVERYBODY = [{"olena": frozenset({role})} for role in StaffRole]


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    opened = open_ledger(ledger_url)
    with opened.transaction() as transaction:
        transaction.append([NewEvent(StaffChanged.of(staff), STAFF, "cli:olena") for staff in EVERYBODY])
    yield opened
    opened.close()


def test_the_last_is_read_with_its_number_and_no_other_subject_or_type(ledger: Ledger) -> None:
    with ledger.reader() as reader:
        assert reader.last_told(STAFF, StaffChanged) == (reader.head()[0], StaffChanged.of(EVERYBODY[-1]))
        assert reader.last_told("rights", StaffChanged) is None
        assert reader.last_told(STAFF, RightsChanged) is None


def test_one_that_cannot_be_read_leaves_the_one_before_in_force(ledger: Ledger) -> None:
    record_raw(ledger, EventKind.STAFF_CHANGED, '{"members":"everybody"}', STAFF)
    with ledger.reader() as reader:
        assert staff_on_record(reader) == EVERYBODY[-1]
