"""Sends what waits in the outbox. The one-time link is made at the moment of sending and stored nowhere.

A mail is claimed, its link is made, it is handed to the mail server, and only then marked as sent together with the
event. A crash between handing over and marking sends it again with the same Message-ID, which receivers recognise:
at least once, never lost. Source: order cl. 4.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from provisioning.ledger import LedgerReader
from provisioning.ledger.queries.mails import waiting_mails
from provisioning.lifecycle.mail.letters import Unsendable, letter_of
from provisioning.lifecycle.workshop import BASE_KEY_MAIL, Workshop
from provisioning.mail.errors import MailDelayed, MailRefused, MailServerUnreachable
from provisioning.mail.message import compose
from provisioning.mail.smtp import MailSession, mail_session
from provisioning.model.events import NewEvent
from provisioning.model.events.base_keys import BaseKeyFailed, BaseKeySent
from provisioning.model.records import Mail, MailState

AT_ONCE: Final = 10
LEASE_S: Final = 120.0
FIRST_RETRY: Final = timedelta(minutes=1)
LAST_RETRY: Final = timedelta(hours=6)


class MailResult(StrEnum):
    """What became of a mail in this run."""

    SENT = "sent"
    DELAYED = "delayed"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(slots=True)
class Sent:
    """Totals of a run; `unreachable` holds the failure that ended it early."""

    counts: Counter[MailResult] = field(default_factory=Counter)
    unreachable: MailServerUnreachable | None = None


def send_outbox(workshop: Workshop, limit: int | None = None) -> Sent:
    """Send every mail that is due, at most `limit`. Repeating it sends nothing twice.

    Raises KeycloakError or LedgerError. A mail server that does not answer ends the run; its mails stay in the queue.
    """
    total = Sent()
    with workshop.actor.ledger.reader() as reader:
        waiting = waiting_mails(reader)
    if not waiting:
        return total
    workshop.actor.progress.stage("sending mail", waiting)
    try:
        with mail_session(workshop.context.settings.mail_server) as session:
            while batch := _claim(workshop, limit, total):
                for mail in batch:
                    total.counts[_send(workshop, session, mail)] += 1
                    workshop.actor.progress.advance()
    except MailServerUnreachable as error:
        total.unreachable = error
    return total


def undelivered(reader: LedgerReader) -> tuple[Mail, ...]:
    """Return failed mails whose base key is still the one its account waits for: a person has to find a
    better address.
    """
    failed = [mail for mail in reader.mails(MailState.FAILED) if mail.template == BASE_KEY_MAIL]
    accounts = {mail.key: reader.account(mail.subject_account) for mail in failed}
    return tuple(mail for mail in failed if (record := accounts[mail.key]) and record.base_key_id == mail.key)


def _claim(workshop: Workshop, limit: int | None, total: Sent) -> tuple[Mail, ...]:
    room = AT_ONCE if limit is None else min(AT_ONCE, limit - total.counts.total())
    if room <= 0:
        return ()
    with workshop.actor.transaction() as transaction:
        return transaction.claim_mails(room, LEASE_S)


def _send(workshop: Workshop, session: MailSession, mail: Mail) -> MailResult:
    letter = letter_of(workshop, mail)
    if isinstance(letter, Unsendable):
        _give_up(workshop, mail, letter.why, alarm=not letter.is_needless)
        return MailResult.DROPPED if letter.is_needless else MailResult.FAILED
    try:
        session.send(compose(letter, workshop.context.configuration.realm, workshop.actor.ledger.clock()))
    except (MailRefused, ValueError) as error:
        _give_up(workshop, mail, str(error), alarm=True)
        return MailResult.FAILED
    except MailDelayed as error:
        _retry_later(workshop, mail, str(error))
        return MailResult.DELAYED
    except MailServerUnreachable as error:
        _retry_later(workshop, mail, str(error))
        raise
    with workshop.actor.transaction() as transaction:
        transaction.mail_sent(mail.key)
        if mail.template == BASE_KEY_MAIL and not transaction.is_unreadable(mail.subject_account):
            transaction.append([_event(workshop, BaseKeySent, mail)])
    return MailResult.SENT


def _give_up(workshop: Workshop, mail: Mail, why: str, *, alarm: bool) -> None:
    known = mail.template == BASE_KEY_MAIL and isinstance(mail.data.get("base_key_id"), str)
    with workshop.actor.transaction() as transaction:
        transaction.mail_failed(mail.key, why, None)
        if alarm and known and not transaction.is_unreadable(mail.subject_account):
            transaction.append([_event(workshop, BaseKeyFailed, mail, why)])


def _retry_later(workshop: Workshop, mail: Mail, why: str) -> None:
    with workshop.actor.transaction() as transaction:
        transaction.mail_failed(mail.key, why, next_try(workshop.actor.ledger.clock(), mail.attempts))


def next_try(now: datetime, attempts: int) -> datetime:
    """Return when to try again after so many attempts: each wait is twice the one before, up to `LAST_RETRY`."""
    doublings = min(max(attempts - 1, 0), 20)
    return now + min(FIRST_RETRY * (1 << doublings), LAST_RETRY)


def _event(
    workshop: Workshop, what: type[BaseKeySent | BaseKeyFailed], mail: Mail, reason: str | None = None
) -> NewEvent:
    content = what(base_key_id=str(mail.data["base_key_id"]), email=mail.recipient)
    return NewEvent(content, mail.subject_account, workshop.actor.name, reason)
