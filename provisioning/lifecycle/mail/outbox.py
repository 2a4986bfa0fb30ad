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

from provisioning.keycloak.base_keys import BaseKeyRefusal, issue_base_key
from provisioning.keycloak.lookups import find_user
from provisioning.keycloak.names import SIDECAR
from provisioning.ledger import LedgerReader
from provisioning.ledger.queries.applications import find_application
from provisioning.ledger.queries.mails import waiting_mails
from provisioning.lifecycle.applications import APPLICATION_MAIL, LINK_FOR, LINK_PATH, make_link
from provisioning.lifecycle.workshop import BASE_KEY_MAIL, OPERATOR_MAIL, STAFF_MAIL, Workshop
from provisioning.mail.errors import MailDelayed, MailRefused, MailServerUnreachable
from provisioning.mail.message import Letter, compose
from provisioning.mail.smtp import MailSession, mail_session
from provisioning.model.events import NewEvent
from provisioning.model.events.base_keys import BaseKeyFailed, BaseKeySent
from provisioning.model.identifiers import parse_username
from provisioning.model.ois import parse_ois_client_id
from provisioning.model.records import AccountState, Mail, MailState

AT_ONCE: Final = 10
LEASE_S: Final = 120.0
FIRST_RETRY: Final = timedelta(minutes=1)
LAST_RETRY: Final = timedelta(hours=6)

_WITH_LINK: Final = frozenset({BASE_KEY_MAIL, STAFF_MAIL, OPERATOR_MAIL})


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


@dataclass(frozen=True, slots=True)
class _Refused:
    """There will be no such mail: why, and whether somebody has to look into it."""

    why: str
    result: MailResult


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
    letter = _letter(workshop, mail)
    if isinstance(letter, _Refused):
        _give_up(workshop, mail, letter.why, alarm=letter.result is MailResult.FAILED)
        return letter.result
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


def _letter(workshop: Workshop, mail: Mail) -> Letter | _Refused:
    """The mail's words, with a fresh link where there is one; or why there is nothing to send."""
    if parse_ois_client_id(mail.subject_account) is not None:
        return _ois_letter(workshop, mail)
    user = find_user(workshop.actor.connection, mail.subject_account)
    if user is None:
        return _Refused("Keycloak has no such account", MailResult.FAILED)
    names = user.get("attributes", {}).get("institution_name", [mail.subject_account])
    settings, policy = workshop.context.settings, workshop.context.configuration.realm
    facts: dict[str, str | int] = {
        **{name: value for name, value in mail.data.items() if isinstance(value, (str, int))},
        "username": mail.subject_account,
        "institution": names[0],
        "portal": settings.portal_url,
        "hours": policy.base_key.lifespan_hours,
    }
    if mail.template not in _WITH_LINK:
        return Letter(mail.key, mail.template, mail.recipient, facts)
    if (refused := _refusal_of_link(workshop, mail, str(user.get("email", "")))) is not None:
        return refused
    issued = issue_base_key(
        workshop.actor.connection,
        mail.subject_account,
        str(mail.data["base_key_id"]),
        lifespan=timedelta(hours=policy.base_key.lifespan_hours),
        redirect_uri=f"{settings.sidecar_url}/",
        client_id=SIDECAR,
        reset=bool(mail.data.get("reset", False)),
    )
    if isinstance(issued, BaseKeyRefusal):
        return _Refused(issued.value, MailResult.FAILED)
    return Letter(mail.key, mail.template, mail.recipient, {**facts, "link": issued.link.reveal()})


def _refusal_of_link(workshop: Workshop, mail: Mail, email: str) -> _Refused | None:
    """Why no base key goes out with this mail; None when one does. `email` is the account's at Keycloak.

    A row of the queue is no reason to send a way in elsewhere: parts that may queue mail hold no such power.
    """
    if (why := _superseded(workshop, mail)) is not None:
        return _Refused(why, MailResult.DROPPED)
    if mail.recipient.lower() != email.lower():
        return _Refused("the mail is for another address than the account's at Keycloak", MailResult.FAILED)
    return None


def _application_letter(workshop: Workshop, mail: Mail) -> Letter | _Refused:
    """To an applicant, who has no account: the link is ours, not Keycloak's, and goes to the application's address."""
    identifier = str(mail.data["application"])
    with workshop.actor.transaction() as transaction:
        application = find_application(transaction, identifier)
        is_theirs = application is not None and application.email == mail.recipient
        code = make_link(transaction, identifier, workshop.actor.ledger.clock()) if is_theirs else None
    if code is None:
        return _Refused("the application is gone, or is of another address", MailResult.DROPPED)
    link = f"{workshop.context.settings.portal_url}{LINK_PATH}?code={code.reveal()}"
    hours = int(LINK_FOR.total_seconds() // 3600)
    facts: dict[str, str | int] = {"system": str(mail.data["system"]), "hours": hours, "link": link}
    return Letter(mail.key, mail.template, mail.recipient, facts)


def _ois_letter(workshop: Workshop, mail: Mail) -> Letter | _Refused:
    """To whoever runs an OIS: unless it is an applicant's link, it says what it was queued with and nothing else."""
    if mail.template == APPLICATION_MAIL:
        return _application_letter(workshop, mail)
    facts = {name: value for name, value in mail.data.items() if isinstance(value, (str, int))}
    return Letter(mail.key, mail.template, mail.recipient, {**facts, "portal": workshop.context.settings.portal_url})


def _superseded(workshop: Workshop, mail: Mail) -> str | None:
    """Why this base key is not wanted any more: replaced, withdrawn, used, or the account ended."""
    if parse_username(mail.subject_account) is None:
        return None
    with workshop.actor.ledger.reader() as reader:
        record = reader.account(mail.subject_account)
        if reader.is_unreadable(mail.subject_account):
            return "what is recorded about the account cannot be read"
    if record is None or record.state is AccountState.DEACTIVATED:
        return "the account is deactivated"
    return None if record.base_key_id == mail.data["base_key_id"] else "the base key was replaced or withdrawn"


def _give_up(workshop: Workshop, mail: Mail, why: str, *, alarm: bool) -> None:
    known = mail.template == BASE_KEY_MAIL
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
