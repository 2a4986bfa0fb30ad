"""Mail is asked about by query, not read whole: by key, by what waits, by what accounts wait for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.projection.projected import NAMES_AT_ONCE
from provisioning.ledger.queries.mails import base_key_mails, mail_keys, mails_named, waiting_mails
from provisioning.model.records import NewMail
from tests.support.ledger_events import birth

MANY = NAMES_AT_ONCE + 3


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """An account that waits for base key `bk-1`, the mail of that and of an older one, and many others."""
    opened = open_ledger(ledger_url)
    with opened.transaction() as transaction:
        transaction.append([birth()])
        keys = ["bk-0", "bk-1", *(f"other-{number}" for number in range(MANY))]
        transaction.enqueue_mails([NewMail(key, "base-key", "a@example.ua", "46-0000001") for key in keys])
    yield opened
    opened.close()


def test_mails_are_found_by_key_however_many_are_asked_for(ledger: Ledger) -> None:
    wanted = {f"other-{number}" for number in range(MANY)}
    with ledger.reader() as reader:
        assert mails_named(reader, {*wanted, "nobody"}).keys() == wanted
        assert mails_named(reader, ()) == {}
        assert set(mail_keys(reader)) == {*wanted, "bk-0", "bk-1"}


def test_what_waits_is_counted_until_it_is_sent_or_given_up(ledger: Ledger) -> None:
    with ledger.transaction() as transaction:
        (claimed,) = transaction.claim_mails(1, 60)
        assert waiting_mails(transaction) == MANY + 2
        transaction.mail_sent(claimed.key)
        transaction.mail_failed("bk-1", "no such mailbox", None)
        assert waiting_mails(transaction) == MANY


def test_only_the_mail_of_the_base_key_that_is_waited_for_is_read(ledger: Ledger) -> None:
    with ledger.reader() as reader:
        assert list(base_key_mails(reader)) == ["bk-1"]
