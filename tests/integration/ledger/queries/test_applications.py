"""Applications, one-time links and files in both databases, and the link on its way by mail. Source: order cl. 6."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.handler import RealmContext
from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.queries import applications as store
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.applications import (
    ApplicationRefusal,
    Submitted,
    make_link,
    open_link,
    send_link,
    store_paper,
    submit,
)
from provisioning.lifecycle.mail.outbox import send_outbox
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.application import (
    QUOTA,
    QUOTA_OF_APPLICANT,
    Application,
    ApplicationRecord,
    Paper,
    PaperKind,
    Stored,
)
from provisioning.model.events import EventKind
from provisioning.model.ois import Slug
from provisioning.model.secret import Secret
from provisioning.registry import load_configuration
from provisioning.settings import Settings
from tests.support.configuration import EXAMPLE
from tests.support.mailcatcher import MailCatcher

APPLICATION = Application(
    slug=Slug("diary"),
    name="Щоденник «Плюс»",
    operator="ТОВ «Вигадка»",
    edrpou="02145719",
    site="https://diary.example.ua",
    contact="Ірина Вигадана",
    email="it@diary.example.ua",
    phone="+380 44 000 00 00",
    purposes=("електронний щоденник",),
    rights=("students.read",),
    data_location="Україна",
    jwks='{"keys":[]}',
)


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    opened = open_ledger(ledger_url)
    yield opened
    opened.close()


def _submitted(ledger: Ledger, key: str | None = None) -> str:
    outcome = submit(ledger, APPLICATION, key)
    assert isinstance(outcome, Submitted)
    return outcome.id


def _code(ledger: Ledger, identifier: str) -> Secret:
    with ledger.transaction() as transaction:
        code = make_link(transaction, identifier, ledger.clock())
    assert code is not None
    return code


def test_an_application_is_stored_confirmed_once_and_found_again(ledger: Ledger) -> None:
    identifier = _submitted(ledger, "a-key-of-the-client")
    assert submit(ledger, APPLICATION, "a-key-of-the-client") == Submitted(identifier, True)
    code = _code(ledger, identifier)
    record = open_link(ledger, code)
    assert not isinstance(record, ApplicationRefusal) and record.application == APPLICATION
    assert open_link(ledger, code) is ApplicationRefusal.LINK_INVALID
    with ledger.reader() as reader:
        found = store.application_of(reader, "diary")
        kinds = [event.kind for event in reader.events(subject="ois-diary")]
    assert found is not None and found.confirmed_at is not None
    assert kinds == [EventKind.OIS_APPLIED]
    assert submit(ledger, APPLICATION, None) is ApplicationRefusal.SLUG_TAKEN


def test_what_nobody_confirmed_is_removed_with_its_links(ledger: Ledger) -> None:
    identifier = _submitted(ledger)
    _code(ledger, identifier)
    later = ledger.clock() + store.UNCONFIRMED_FOR + timedelta(seconds=1)
    with ledger.transaction() as transaction:
        store.add_application(transaction, "0" * 32, APPLICATION, later, None)
    with ledger.reader() as reader:
        assert store.find_application(reader, identifier) is None
        assert store.last_link_at(reader, identifier) is None
        assert len(store.applications_for(reader, "diary", "IT@diary.example.ua")) == 1


def _record(ledger: Ledger) -> ApplicationRecord:
    """A confirmed application, as it would be stored."""
    return ApplicationRecord("1" * 32, Slug("diary"), APPLICATION.email, APPLICATION, ledger.clock(), ledger.clock())


def test_a_file_comes_back_byte_by_byte_and_is_kept_once(ledger: Ledger) -> None:
    content = bytes(range(256)) * 4_000
    paper = Paper(Slug("diary"), "ab" * 32, PaperKind.AGREEMENT, "application/pdf", len(content), ledger.clock())
    for _ in range(2):
        with ledger.transaction() as transaction:
            assert store_paper(transaction, _record(ledger), paper, content)
    with ledger.reader() as reader:
        assert store.papers(reader, "diary") == (paper,)
        assert store.paper_content(reader, "diary", "ab" * 32) == (paper, content)
        assert store.paper_content(reader, "other", "ab" * 32) is None


def _store(ledger: Ledger, slug: str, number: int, size: int, email: str = "it@diary.example.ua") -> bool:
    record = replace(_record(ledger), slug=Slug(slug), email=email)
    paper = Paper(Slug(slug), f"{number:064x}", PaperKind.AGREEMENT, "application/pdf", size, ledger.clock())
    with ledger.transaction() as transaction:
        return store_paper(transaction, record, paper, b"as large as it says")


def test_an_application_has_room_for_so_many_files_and_bytes(ledger: Ledger) -> None:
    stored = [_store(ledger, "diary", number, 1) for number in range(QUOTA.files + 1)]
    assert stored == [True] * QUOTA.files + [False]
    assert _store(ledger, "diary", 0, 1), "the same file again needs no room"
    assert _store(ledger, "formula", 0, QUOTA.size) and not _store(ledger, "formula", 1, 1)
    with ledger.reader() as reader:
        assert store.stored_of(reader, "diary") == Stored(QUOTA.files, QUOTA.files)
        assert store.stored_of(reader, "formula") == Stored(1, QUOTA.size)
        assert store.stored_of(reader, "nobody") == Stored(0, 0)


def test_all_applications_of_one_address_share_a_quota(ledger: Ledger) -> None:
    """Confirmed ones: an application whose link nobody opened stores nothing. Capitals make no other mailbox."""
    spelt = ("it@diary.example.ua", "IT@diary.example.ua", "it@Diary.Example.UA")
    slugs = [f"system-{number}" for number in range(3)]
    for slug, email in zip(slugs, spelt, strict=True):
        outcome = submit(ledger, replace(APPLICATION, slug=Slug(slug), email=email), None)
        assert isinstance(outcome, Submitted)
        assert not isinstance(open_link(ledger, _code(ledger, outcome.id)), ApplicationRefusal)
    half = QUOTA_OF_APPLICANT.size // 2
    stored = [_store(ledger, slug, 0, half, email) for slug, email in zip(slugs, spelt, strict=True)]
    assert stored == [True, True, False]
    with ledger.reader() as reader:
        assert store.stored_of_applicant(reader, "it@diary.example.ua") == Stored(2, QUOTA_OF_APPLICANT.size)
    assert _store(ledger, "another", 0, half, "somebody@else.example.ua")


def test_the_mailed_link_opens_the_application_and_its_code_is_stored_nowhere(
    ledger: Ledger, mailcatcher: MailCatcher, tmp_path: Path
) -> None:
    mailcatcher.clear()
    _submitted(ledger)
    send_link(ledger, "nobody", "it@diary.example.ua")
    settings = Settings({"AIKOM_SMTP_URL": mailcatcher.url, "AIKOM_SIDECAR_URL": "https://access.example.ua"})
    nowhere = KeycloakConnection("http://127.0.0.1:9", "aikom", "provisioning", Secret("none"))
    context = RealmContext(load_configuration(EXAMPLE).require(), settings)
    sent = send_outbox(Workshop(Actor(nowhere, ledger, "test"), context))
    assert dict(sent.counts) == {"sent": 1}
    (mail,) = mailcatcher.messages("it@diary.example.ua")
    body = mail.message.get_body(("plain",))
    assert body is not None
    link = re.search(r"https://access\.example\.ua/onboarding/link/open\?code=([\w-]{43})", body.get_content())
    assert link is not None and "Щоденник «Плюс»" in body.get_content()
    with ledger.reader() as reader:
        assert all(link[1] not in str(mail) for mail in reader.mails())
    assert not isinstance(open_link(ledger, Secret(link[1])), ApplicationRefusal)
