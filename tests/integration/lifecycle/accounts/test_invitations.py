"""Base keys of single accounts: a new one kills the one before; activation is recorded once. Source: order cl. 4."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests

from provisioning.keycloak.base_keys import BaseKeyLink, issue_base_key
from provisioning.keycloak.lookups import require_user
from provisioning.keycloak.realm.handler import RealmContext
from provisioning.lifecycle.accounts.invitations import invite, withdraw
from provisioning.lifecycle.comparison.convergence import converge
from provisioning.lifecycle.errors import ActionRefused, CarriedOutLater
from provisioning.lifecycle.mail.outbox import MailResult, Sent, send_outbox
from provisioning.lifecycle.workshop import BASE_KEY_MAIL, Workshop
from provisioning.model.events import EventKind, JsonValue
from provisioning.model.records import AccountRecord, AccountState, MailState, NewMail
from tests.support.configuration import school
from tests.support.mailcatcher import MailCatcher
from tests.support.office import Office

THIEF = "thief@example.com"


@pytest.fixture(scope="module", autouse=True)
def schools(office: Office) -> None:
    office.folder.write(*(school(number) for number in range(1, 5)))
    office.apply()


def record(office: Office, name: str) -> AccountRecord:
    with office.ledger.reader() as reader:
        found = reader.account(name)
    assert found is not None
    return found


def send(office: Office) -> Sent:
    context = RealmContext(office.folder.load(), office.realm.settings)
    return send_outbox(Workshop(office.actor, context))


def link_of(office: Office, name: str) -> str:
    base_key_id = record(office, name).base_key_id
    assert base_key_id is not None
    answer = issue_base_key(office.realm.connection, name, base_key_id, lifespan=timedelta(hours=1))
    assert isinstance(answer, BaseKeyLink)
    return answer.link.reveal()


def activated(office: Office, name: str, moment: str) -> None:
    """What our extension leaves behind at the end of an activation."""
    user = require_user(office.realm.admin, name)
    attributes = {**user["attributes"], "activated_at": [moment]}
    del attributes["base_key_id"]
    office.realm.admin.put(f"/users/{user['id']}", {**user, "attributes": attributes})


def test_a_new_base_key_kills_the_link_before_it_and_is_mailed_once(office: Office, mailcatcher: MailCatcher) -> None:
    old = link_of(office, "46-0000001")
    first = record(office, "46-0000001").base_key_id
    invite(office.actor, "46-0000001")
    second = record(office, "46-0000001").base_key_id
    assert first != second
    assert requests.get(old, timeout=60).status_code >= 400
    send(office)
    arrived = [mail for mail in mailcatcher.messages() if "school1@" in str(mail.recipients)]
    assert len(arrived) == 1
    assert record(office, "46-0000001").state is AccountState.INVITED
    assert requests.get(link_of(office, "46-0000001"), timeout=60).status_code == 200


def test_a_withdrawn_base_key_opens_nothing_until_another_is_issued(office: Office) -> None:
    link = link_of(office, "46-0000002")
    withdraw(office.actor, "46-0000002", "sent to the wrong address")
    assert requests.get(link, timeout=60).status_code >= 400
    assert record(office, "46-0000002").state is AccountState.CREATED
    assert office.events("46-0000002")[-1].reason == "sent to the wrong address"
    with pytest.raises(ActionRefused, match="no base key"):
        withdraw(office.actor, "46-0000002", "again")
    invite(office.actor, "46-0000002")
    assert requests.get(link_of(office, "46-0000002"), timeout=60).status_code == 200


def test_with_keycloak_down_the_newest_base_key_is_the_one_that_is_mailed(office: Office) -> None:
    for _ in range(2):
        with pytest.raises(CarriedOutLater):
            invite(office.actor_without_keycloak, "46-0000003")
    converge(office.actor)
    newest = record(office, "46-0000003").base_key_id
    with office.ledger.reader() as reader:
        waiting = [mail.key for mail in reader.mails() if mail.subject_account == "46-0000003"]
    assert waiting[-1] == newest
    assert office.unfinished() == []


def test_a_base_key_is_mailed_to_the_accounts_own_address_whatever_the_queue_says(
    office: Office, mailcatcher: MailCatcher
) -> None:
    """A part that may queue mail could else have a way in sent to itself. Source: docs/security.md row 65."""
    key = record(office, "46-0000003").base_key_id
    assert key is not None
    forged = NewMail("forged", BASE_KEY_MAIL, THIEF, "46-0000003", {"base_key_id": key})
    with office.ledger.transaction() as transaction:
        transaction.enqueue_mails([forged])
    send(office)
    assert [mail for mail in mailcatcher.messages() if "thief@" in str(mail.recipients)] == []
    with office.ledger.reader() as reader:
        kept = next(mail for mail in reader.mails() if mail.key == "forged")
    assert kept.last_error is not None
    assert "another address" in kept.last_error


def test_activation_is_recorded_once_with_the_moment_at_which_it_happened(office: Office) -> None:
    activated(office, "46-0000004", "2026-11-24T14:30:00Z")
    assert converge(office.actor).activated == 1
    assert converge(office.actor).activated == 0
    found = record(office, "46-0000004")
    assert found.state is AccountState.ACTIVE
    assert found.activated_at is not None
    assert found.activated_at.isoformat() == "2026-11-24T14:30:00+00:00"
    assert office.kinds("46-0000004").count(EventKind.ACCOUNT_ACTIVATED) == 1


def test_the_school_is_told_of_its_activation_by_one_mail(office: Office, mailcatcher: MailCatcher) -> None:
    send(office)
    send(office)
    (told,) = [mail for mail in mailcatcher.messages("school4@schools.example") if "активовано" in mail.subject]
    assert "24 листопада 2026, 16:30" in told.text
    assert "http" in told.text


def test_no_mail_goes_where_a_row_of_the_queue_wants_it(office: Office, mailcatcher: MailCatcher) -> None:
    """A part that may queue mail could else write to anybody in our name. Source: docs/security.md row 65."""
    seq = office.events("46-0000004")[-1].seq
    words: dict[str, JsonValue] = {"client_id": "x", "new_client_id": "y", "reason_uk": "!", "reason_en": "!"}
    forged = [
        NewMail("forged-1", "account-activated", THIEF, "46-0000004", {"event": seq}),
        NewMail("forged-2", "key-cut-off", "school4@schools.example", "46-0000004", {"event": seq, **words}),
        NewMail("forged-3", "key-cut-off", THIEF, "46-0000004", words),
        NewMail("forged-4", "ois-agreement", THIEF, "ois-diary", {"version": "1"}),
        NewMail("forged-5", "ois-application", THIEF, "ois-diary", {}),
        NewMail("forged-6", "no-such-words", "school4@schools.example", "46-0000004", {}),
        NewMail("forged-7", "key-expired", "school4@schools.example", "46-0000004", {}),
        NewMail("forged-8", BASE_KEY_MAIL, THIEF, "46-0000003", {}),
    ]
    with office.ledger.transaction() as transaction:
        transaction.enqueue_mails(forged)
    assert send(office).counts[MailResult.SENT] == 0
    assert mailcatcher.messages(THIEF) == ()
    with office.ledger.reader() as reader:
        kept = {mail.key: mail.state for mail in reader.mails() if mail.key.startswith("forged-")}
    assert kept == dict.fromkeys([mail.key for mail in forged], MailState.FAILED)


def test_an_account_in_use_gets_another_only_as_a_reset(office: Office) -> None:
    with pytest.raises(ActionRefused, match="in use since 2026-11-24"):
        invite(office.actor, "46-0000004")
    invite(office.actor, "46-0000004", reset=True)
    with office.ledger.reader() as reader:
        (mail,) = [m for m in reader.mails() if m.key == record(office, "46-0000004").base_key_id]
    assert mail.data["reset"] is True
    assert sum(send(office).counts.values()) >= 1
