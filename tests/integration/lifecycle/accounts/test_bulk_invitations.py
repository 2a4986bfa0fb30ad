"""Base keys that bounced, expired or never came: seen, shown, and issued again in bulk (order cl. 4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from provisioning.ledger import open_ledger
from provisioning.lifecycle.accounts.bulk_invitations import Selection, invite_many, select_accounts
from provisioning.lifecycle.errors import UnknownAccount
from provisioning.lifecycle.mail.bounces import Fate, record_bounces
from provisioning.lifecycle.mail.outbox import send_outbox, undelivered
from provisioning.lifecycle.workshop import Workshop
from provisioning.mail.bounces import Bounce
from provisioning.mail.message import message_id
from provisioning.model.events import EventKind
from provisioning.model.identifiers import Username
from provisioning.model.records import MailState
from tests.support.configuration import school
from tests.support.office import Office
from tests.support.watcher import provision

LIFE = timedelta(hours=72)
DEPARTMENT = (
    '- id: "46-0000100"\n  kind: authority\n  name: Департамент\n  authority: "00-0000001"\n  email: d@d.example\n'
)
SCHOOLS = tuple(Username(f"46-000000{number}") for number in (1, 2, 3))


@pytest.fixture(scope="module", autouse=True)
def sent(office: Office) -> None:
    """Two schools of the ministry and one of a department, each with a base key that was mailed."""
    below = school(3).replace('"00-0000001"', '"46-0000100"')
    office.folder.write(DEPARTMENT, school(1), school(2), below)
    office.apply()
    _send(office)


def _send(office: Office, days: float = 0) -> None:
    survey, now = office.survey(), office.ledger.clock() + timedelta(days=days)
    ledger = open_ledger(office.realm.settings.database_url, clock=lambda: now)
    send_outbox(Workshop(replace(office.actor, ledger=ledger), survey.context))
    ledger.close()


def _bounce(office: Office, name: str) -> Bounce:
    with office.ledger.reader() as reader:
        account = reader.account(name)
    assert account is not None
    sender = office.folder.load().realm.mail.sender
    return Bounce(message_id(str(account.base_key_id), sender), f"{name}@x", "5.1.1", "5.1.1 no such user")


def _selected(office: Office, selection: Selection, days: float = 0) -> list[str]:
    with office.ledger.reader() as reader:
        return list(select_accounts(reader, selection, LIFE, office.ledger.clock() + timedelta(days=days)))


def test_a_bounce_is_noted_with_mail_and_account_once(office: Office) -> None:
    sender = office.folder.load().realm.mail.sender
    bounces = [_bounce(office, "46-0000001"), Bounce("<somebody@else>", "x@x", "5.0.0", "no")]
    judged = record_bounces(office.actor, bounces, sender)
    assert [each.fate for each in judged] == [Fate.RECORDED, Fate.FOREIGN]
    assert [each.fate for each in record_bounces(office.actor, bounces[:1], sender)] == [Fate.KNOWN]
    failed = office.events("46-0000001")[-1]
    assert failed.kind is EventKind.BASE_KEY_FAILED
    assert failed.reason == "came back: 5.1.1 no such user"
    with office.ledger.reader() as reader:
        assert [mail.subject_account for mail in reader.mails(MailState.FAILED)] == ["46-0000001"]
        assert [mail.subject_account for mail in undelivered(reader)] == ["46-0000001"]


def test_who_waits_is_who_bounced_or_expired_and_an_authority_chooses_what_is_below_it(office: Office) -> None:
    assert _selected(office, Selection()) == ["46-0000001"]
    assert _selected(office, Selection(only_expired=True)) == []
    everybody = ["00-0000001", *SCHOOLS, "46-0000100"]
    assert _selected(office, Selection(), days=4) == sorted(everybody)
    assert _selected(office, Selection(only_expired=True), days=4) == sorted(set(everybody) - {"46-0000001"})
    assert _selected(office, Selection(below="46-0000100"), days=4) == ["46-0000003"]
    with pytest.raises(UnknownAccount):
        _selected(office, Selection(below="46-0000999"))


def test_a_bulk_keeps_its_rate_and_goes_on_where_it_was_cut_off(office: Office) -> None:
    now = office.ledger.clock() + timedelta(days=4)
    ledger = open_ledger(office.realm.settings.database_url, clock=lambda: now)
    actor = replace(office.actor, ledger=ledger)
    names = _selected(office, Selection(), days=4)
    waits: list[float] = []
    running = invite_many(actor, [Username(name) for name in names], 60, clock=lambda: 0.0, sleep=waits.append)
    assert [next(running), next(running)] == names[:2]
    running.close()
    assert waits == [1.0]
    assert _selected(office, Selection(), days=4) == names[2:]
    assert list(invite_many(actor, [Username(name) for name in names[2:]], 60_000)) == names[2:]
    assert _selected(office, Selection(), days=4) == []
    ledger.close()


@pytest.mark.assure
def test_the_command_line_shows_it_and_reads_notifications(office: Office, tmp_path: Path) -> None:
    _send(office, days=4)
    shown = provision(office, "accounts", "status", "46-0000002").stdout
    assert "sent, valid until" in shown
    nobody = provision(office, "accounts", "invite", "--expired", "--dry-run")
    assert nobody.stdout.strip() == "Nobody waits for a base key."
    assert provision(office, "accounts", "invite").returncode == 1
    note = tmp_path / "note.eml"
    note.write_bytes(b"From: x@x\n\nhello")
    read = provision(office, "outbox", "bounces", str(note))
    assert (read.returncode, read.stdout.strip()) == (0, "No notification of a failed delivery is there.")
