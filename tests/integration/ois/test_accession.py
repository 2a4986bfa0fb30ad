"""A new version of the agreement: told, reminded of, acceded to, or suspended; every step by a clock. Order cl. 6."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from email.message import EmailMessage

import pytest

from provisioning.keycloak.lookups import require_client
from provisioning.ledger import open_ledger
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import CarriedOutLater
from provisioning.lifecycle.ois.accession import ACCESSION_MAIL, Accession, ask_for_accession
from provisioning.lifecycle.ois.connection import suspend
from provisioning.lifecycle.ois.papers import accept_agreement, return_agreement, submit_agreement
from provisioning.lifecycle.ois.reasons import NOT_ACCEDED, reason_in_words
from provisioning.mail.message import Letter, compose
from provisioning.mail.wording import Fact
from provisioning.model.annexes import AgreementText
from provisioning.model.calendar import day_in_words
from provisioning.model.events import EventKind
from provisioning.model.ois import OisRecord, OisState, Slug
from provisioning.model.upkeep import AccessionPolicy, Overdue
from tests.support.configuration import school
from tests.support.ledger_events import data_of
from tests.support.office import Office
from tests.support.third_party import ThirdParty, connected

DAY = timedelta(days=1)
POLICY = AccessionPolicy()


class Calendar:
    """Days counted from the one on which the new version begins; the ledger's time never goes back."""

    def __init__(self, office: Office) -> None:
        self.begins = office.actor.today()
        first = AgreementText("1", date(2026, 1, 1), None, "Договір", ())
        self.texts = (first, AgreementText("2", self.begins, self.begins + 60 * DAY, "Договір", ()))

    @contextmanager
    def on(self, office: Office, day: int) -> Iterator[Actor]:
        now = office.actor.now() + day * DAY
        ledger = open_ledger(office.realm.settings.database_url, clock=lambda: now)
        yield replace(office.actor, ledger=ledger)
        ledger.close()

    def ask(self, office: Office, day: int, policy: AccessionPolicy = POLICY) -> Accession:
        """What the service does on a day, twice: repeating it changes nothing."""
        with self.on(office, day) as actor:
            done = ask_for_accession(actor, self.texts, policy)
            again = ask_for_accession(actor, self.texts, policy)
            assert again.suspended == ()
            return done


@pytest.fixture(scope="module")
def calendar(office: Office) -> Calendar:
    """Four connected OIS on version 1 of the agreement."""
    office.folder.write(school(1))
    office.apply()
    for slug in ("slow", "prompt", "waits", "stopped"):
        connected(office.actor, ThirdParty(office.realm, Slug(slug)), ["students.read"])
    suspend(office.actor, "stopped", "кіберінцидент")
    return Calendar(office)


def record(office: Office, slug: str) -> OisRecord:
    with office.ledger.reader() as reader:
        found = reader.ois(slug)
    assert found is not None
    return found


def mailed(office: Office, slug: str, template: str = ACCESSION_MAIL) -> list[str]:
    """Last parts of the keys of the mails to the operator of an OIS, in order."""
    with office.ledger.reader() as reader:
        mails = [mail for mail in reader.mails() if mail.template == template]
    return [mail.key.rsplit(":", 1)[1] for mail in mails if mail.subject_account == f"ois-{slug}"]


def test_before_it_begins_nobody_is_asked(office: Office, calendar: Calendar) -> None:
    later = replace(calendar.texts[1], since=calendar.begins + DAY)
    done = ask_for_accession(office.actor, (calendar.texts[0], later), POLICY)
    assert (done.waiting, done.suspended) == ((), ())


def test_everybody_connected_is_told_at_once_and_each_reminder_comes_once(office: Office, calendar: Calendar) -> None:
    slugs = ["prompt", "slow", "stopped", "waits"]
    assert [r.slug for r in calendar.ask(office, 0).waiting] == slugs
    assert [mailed(office, slug) for slug in slugs] == [["new"]] * 4
    for day, steps in ((29, ["new"]), (30, ["new", "30"]), (40, ["new", "30"]), (46, ["new", "30", "14"])):
        calendar.ask(office, day)
        assert mailed(office, "slow") == steps


def test_whoever_hands_it_in_is_asked_no_more(office: Office, calendar: Calendar) -> None:
    with calendar.on(office, 47) as actor:
        for slug in ("prompt", "waits"):
            submit_agreement(actor, slug, "2", "00" * 32)
        accept_agreement(actor, "prompt", "2")
    assert [r.slug for r in calendar.ask(office, 57).waiting] == ["slow", "stopped"]
    assert (mailed(office, "slow"), mailed(office, "waits")) == (["new", "30", "14", "3"], ["new", "30", "14"])


def test_on_the_last_day_all_work_and_the_policy_may_let_them_go_on(office: Office, calendar: Calendar) -> None:
    assert calendar.ask(office, 60).suspended == ()
    assert calendar.ask(office, 61, AccessionPolicy(overdue=Overdue.NOTHING)).suspended == ()
    assert record(office, "slow").state is OisState.CONNECTED


def test_after_it_those_that_did_not_accede_are_suspended_with_the_reason(office: Office, calendar: Calendar) -> None:
    done = calendar.ask(office, 61)
    assert [r.slug for r in done.suspended] == ["slow"]
    slow = record(office, "slow")
    assert (slow.state, slow.suspension_reason) == (OisState.SUSPENDED, NOT_ACCEDED)
    assert not require_client(office.realm.connection, "ois-slow")["enabled"]
    last = office.events("ois-slow")[-1]
    assert (last.kind, last.clause, data_of(last)["agreement"]) == (EventKind.OIS_SUSPENDED, "cl. 6", "2")
    assert len(mailed(office, "slow", "ois-suspended")) == 1
    states = {slug: record(office, slug) for slug in ("prompt", "waits", "stopped")}
    assert [states[slug].state for slug in ("prompt", "waits")] == [OisState.CONNECTED] * 2
    assert states["stopped"].suspension_reason == "кіберінцидент"


def test_acceding_late_lets_it_work_again_and_no_other_suspension_ends_by_it(
    office: Office, calendar: Calendar
) -> None:
    with calendar.on(office, 63) as actor:
        for slug in ("slow", "stopped"):
            submit_agreement(actor, slug, "2", "00" * 32)
            accept_agreement(actor, slug, "2")
    assert record(office, "slow").state is OisState.CONNECTED
    assert require_client(office.realm.connection, "ois-slow")["enabled"]
    assert record(office, "stopped").state is OisState.SUSPENDED
    assert calendar.ask(office, 64).waiting == ()


def test_a_returned_agreement_waits_again_and_with_keycloak_down_the_suspension_stands(
    office: Office, calendar: Calendar
) -> None:
    with calendar.on(office, 65) as actor:
        return_agreement(actor, "waits", "2", "немає підпису")
    with calendar.on(office, 66) as actor:
        down = replace(actor, connection=office.actor_without_keycloak.connection)
        with pytest.raises(CarriedOutLater):
            ask_for_accession(down, calendar.texts, POLICY)
    assert record(office, "waits").suspension_reason == NOT_ACCEDED


@pytest.mark.parametrize("suspends", [0, 1])
def test_the_mails_name_version_and_day_in_both_languages(office: Office, suspends: int) -> None:
    facts: dict[str, Fact] = {
        "name": "Щоденник",
        "version": "2",
        "until": day_in_words(date(2026, 12, 31)),
        "portal": "https://a.ua",
        "suspends": suspends,
    }
    text = body(compose_mail(office, ACCESSION_MAIL, facts))
    assert "31 грудня 2026" in text and "31 December 2026" in text and ("suspended" in text) is bool(suspends)
    reason = reason_in_words(NOT_ACCEDED)
    told: dict[str, Fact] = {"name": "Щоденник", "reason_in_words": reason, "portal": "https://a.ua"}
    text = " ".join(body(compose_mail(office, "ois-suspended", told)).split())
    assert reason.uk in text and reason.en in text


def compose_mail(office: Office, template: str, facts: dict[str, Fact]) -> EmailMessage:
    letter = Letter("key", template, "it@diary.example.ua", facts)
    return compose(letter, office.folder.load().realm, office.actor.now())


def body(message: EmailMessage) -> str:
    found = message.get_body(("plain",))
    assert found is not None
    return str(found.get_content())
