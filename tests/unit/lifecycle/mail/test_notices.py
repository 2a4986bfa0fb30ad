"""Each event that is told by mail queues its notice once, in its own transaction, and the notice can be written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.notices import is_notice_of
from provisioning.lifecycle.mail.notices import event_of, facts_of
from provisioning.mail.message import Letter, compose
from provisioning.model.configuration import Configuration
from provisioning.model.events import EventKind, NewEvent
from provisioning.model.notices import NOTICES
from provisioning.model.records import Mail
from provisioning.registry import load_configuration
from tests.support.configuration_folder import EXAMPLE
from tests.support.ledger_events import SCHOOL, SCHOOL_KEY, birth, event, event_by
from tests.support.ois_events import OIS, applied, documents, granted, withdrawn

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ME = f"institution:{SCHOOL}"
CHANGE = {"field": "email", "before": "school@example.ua", "after": "new@example.ua"}
LIFE = (
    birth(email="school@example.ua", name="Ліцей № 1"),
    event(EventKind.ACCOUNT_ACTIVATED),
    event_by(ME, EventKind.API_KEY_REVEALED, SCHOOL_KEY),
    event_by(ME, EventKind.API_KEY_CREATED, f"api-{SCHOOL}-k2"),
    event_by(ME, EventKind.API_KEY_ENDING, SCHOOL_KEY),
    event_by(ME, EventKind.API_KEY_RETIRED, SCHOOL_KEY),
    event_by(ME, EventKind.ACCOUNT_DIRECT_USE_CHANGED, SCHOOL),
    event_by(ME, EventKind.ACCOUNT_AUTHORITY_GRANTS_CHANGED, SCHOOL),
    event_by(ME, EventKind.CUT_OFF_REQUESTED, SCHOOL, {"waits": True}),
    applied(),
    documents()[0],
    event(EventKind.OIS_AGREEMENT_RETURNED, OIS, because="немає підпису"),
    *documents(),
    event(EventKind.OIS_CONNECTED, OIS, rights=["students.read", "unknown.right"]),
    event(EventKind.OIS_CHANGED, OIS),
    event(EventKind.OIS_KEY_CHANGED, OIS),
    granted(),
    replace(withdrawn(), actor="watch"),
    event_by(ME, EventKind.REQUEST_FILED, SCHOOL),
    event(EventKind.REQUEST_ANSWERED, because="Так.\n\nСпитайте ще раз."),
    event(EventKind.ACCOUNT_UPDATED, changes=[CHANGE], email="new@example.ua"),
    event(EventKind.OIS_SUSPENDED, OIS, because="кіберінцидент"),
    event(EventKind.OIS_RESUMED, OIS),
    event(EventKind.OIS_CONCLUSION_REVOKED, OIS, because="помилка"),
    event(EventKind.OIS_TERMINATED, OIS, because="за заявою"),
    applied("ois-other"),
    event(EventKind.OIS_REJECTED, "ois-other", because="не ОІС"),
    event(EventKind.ACCOUNT_DEACTIVATED),
    birth("46-0000002", is_authority=True, email="office@example.ua"),
    event(EventKind.BASE_KEY_SENT, "46-0000002"),
    event(EventKind.ACCOUNT_DEACTIVATED, "46-0000002"),
    event(EventKind.ACCOUNT_REINSTATED, "46-0000002"),
)
"""Every kind of event that has a notice, once at least."""


@pytest.fixture
def ledger(sqlite_url: str) -> Iterator[Ledger]:
    found = open_ledger(sqlite_url)
    yield found
    found.close()


@pytest.fixture
def life(ledger: Ledger) -> Ledger:
    """A ledger with LIFE, each event in a transaction of its own."""
    for each in LIFE:
        append(ledger, each)
    return ledger


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    return load_configuration(EXAMPLE).require()


def append(ledger: Ledger, *events: NewEvent) -> None:
    with ledger.transaction() as transaction:
        transaction.append(events)


def queued(ledger: Ledger) -> list[Mail]:
    with ledger.reader() as reader:
        return [mail for mail in reader.mails() if mail.key.startswith("notice:")]


def test_each_kind_with_a_notice_queues_it_once_and_a_changed_address_both(life: Ledger) -> None:
    with life.reader() as reader:
        kinds = Counter(found.kind for mail in queued(life) if (found := event_of(reader, mail)))
        happened = Counter(found.kind for found in reader.events())
    assert set(kinds) == set(NOTICES)
    assert {kind: kinds[kind] - (kind is EventKind.ACCOUNT_UPDATED) for kind in kinds} == {
        kind: happened[kind] for kind in NOTICES
    }
    (told, told_before) = [mail for mail in queued(life) if mail.template == "account-email-changed"]
    assert {told.recipient, told_before.recipient} == {"school@example.ua", "new@example.ua"}


def test_each_notice_can_be_written_with_no_secret_in_it_and_says_who_did_it(
    life: Ledger, configuration: Configuration
) -> None:
    texts: dict[str, str] = {}
    with life.reader() as reader:
        for mail in queued(life):
            told = event_of(reader, mail)
            assert told is not None
            facts = {**facts_of(reader, told, mail, configuration.rights), "portal": "https://access.example"}
            message = compose(Letter(mail.key, mail.template, mail.recipient, facts), configuration.realm, NOW)
            body = message.get_body(("plain",))
            assert body is not None
            texts[mail.template] = body.get_content()
    assert not [name for name, text in texts.items() if re.search(r"aikom_|ab12|\bbk-\d", text)]
    assert "з вашого кабінету" in texts["key-revealed"]
    assert "за строком" in texts["mandate-withdrawn"]
    assert "немає підпису" in texts["agreement-returned"]
    assert "unknown.right" in texts["ois-connected"]
    assert "students.read" not in texts["ois-connected"]
    assert "Спитайте ще раз." in texts["request-answered"]


def test_a_notice_is_there_exactly_when_its_event_is(ledger: Ledger) -> None:
    append(ledger, birth(email="school@example.ua"))
    with pytest.raises(RuntimeError, match="cut"), ledger.transaction() as transaction:
        transaction.append([event(EventKind.ACCOUNT_ACTIVATED)])
        raise RuntimeError("cut")
    assert queued(ledger) == []
    append(ledger, event(EventKind.ACCOUNT_ACTIVATED))
    (mail,) = queued(ledger)
    with ledger.reader() as reader:
        assert mail.data == {"event": reader.head()[0]}


@pytest.mark.parametrize(
    "silent",
    [
        event(EventKind.ACCOUNT_UPDATED, changes=[{"field": "name", "before": "", "after": "Ліцей"}]),
        event_by("watch", EventKind.API_KEY_RETIRED, SCHOOL_KEY),
        event(EventKind.CUT_OFF_REQUESTED),
        event(EventKind.ACCOUNT_DEACTIVATED),
    ],
    ids=lambda found: str(found.content.KIND),
)
def test_what_another_mail_says_is_not_said_twice(ledger: Ledger, silent: NewEvent) -> None:
    append(ledger, birth(email="school@example.ua"), silent)
    assert queued(ledger) == []


def test_an_account_that_ends_hears_of_its_end_and_not_of_each_mandate(ledger: Ledger) -> None:
    append(ledger, birth(email="school@example.ua"), event(EventKind.ACCOUNT_ACTIVATED), applied(), *documents())
    append(ledger, event(EventKind.OIS_CONNECTED, OIS, rights=["students.read"]), granted())
    append(ledger, event(EventKind.ACCOUNT_DEACTIVATED), withdrawn())
    assert [mail.template for mail in queued(ledger)][-1] == "account-deactivated"
    assert "mandate-withdrawn" not in {mail.template for mail in queued(ledger)}


def test_a_forged_row_is_no_notice(life: Ledger) -> None:
    """Neither with another address nor with other words. Source: docs/security.md row 65."""
    with life.reader() as reader:
        for mail in queued(life):
            told = event_of(reader, mail)
            assert told is not None
            assert is_notice_of(reader, told, mail) or mail.recipient == "school@example.ua"
            assert not is_notice_of(reader, told, replace(mail, recipient="thief@example.com"))
            assert not is_notice_of(reader, told, replace(mail, template="base-key"))
            assert not is_notice_of(reader, told, replace(mail, subject_account="46-0000009"))
