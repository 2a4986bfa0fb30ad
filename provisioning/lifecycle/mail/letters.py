"""What a mail in the queue says and to whom it may, found out when it is sent; a one-time link is made then.

Parts that the internet reaches may queue mail. So a row of the queue is believed in nothing that matters: it goes to an
address that the ledger or Keycloak has for its subject, and a link is made only for the base key that is outstanding.
Source: order cl. 4; docs/security.md row 65.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from provisioning.keycloak.base_keys import BaseKeyRefusal, issue_base_key
from provisioning.keycloak.lookups import find_user
from provisioning.keycloak.names import SIDECAR
from provisioning.ledger import LedgerReader
from provisioning.ledger.notices import is_notice_of
from provisioning.ledger.queries.applications import find_application
from provisioning.lifecycle.applications import APPLICATION_MAIL, LINK_FOR, LINK_PATH, make_link
from provisioning.lifecycle.mail.notices import event_of, facts_of, queued_facts
from provisioning.lifecycle.workshop import BASE_KEY_MAIL, OPERATOR_MAIL, STAFF_MAIL, Workshop
from provisioning.mail.message import Letter
from provisioning.mail.wording import Fact
from provisioning.model.events import Event
from provisioning.model.identifiers import parse_username
from provisioning.model.ois import Slug, parse_ois_client_id
from provisioning.model.records import AccountState, Mail

_WITH_LINK: Final = frozenset({BASE_KEY_MAIL, STAFF_MAIL, OPERATOR_MAIL})
_ELSEWHERE: Final = "the mail is for another address than the one on record"


@dataclass(frozen=True, slots=True)
class Unsendable:
    """There will be no such mail, and why. `is_needless` where no person has to look into it."""

    why: str
    is_needless: bool = False


def letter_of(workshop: Workshop, mail: Mail) -> Letter | Unsendable:
    """Return a mail's words, with a fresh link where there is one; or why there is nothing to send."""
    slug = parse_ois_client_id(mail.subject_account)
    with workshop.actor.ledger.reader() as reader:
        event = event_of(reader, mail)
        if event is not None:
            return _notice(workshop, reader, event, mail)
        if slug is not None and mail.template != APPLICATION_MAIL:
            return _ois_letter(workshop, reader, slug, mail)
    return _account_letter(workshop, mail) if slug is None else _application_letter(workshop, mail)


def _notice(workshop: Workshop, reader: LedgerReader, event: Event, mail: Mail) -> Letter | Unsendable:
    if not is_notice_of(reader, event, mail):
        return Unsendable(f"{_ELSEWHERE}, or is not what event {event.seq} is told by")
    facts = facts_of(reader, event, mail, workshop.context.configuration.rights)
    return _letter(workshop, mail, facts)


def _ois_letter(workshop: Workshop, reader: LedgerReader, slug: Slug, mail: Mail) -> Letter | Unsendable:
    record = reader.ois(slug)
    if record is None or record.email != mail.recipient:
        return Unsendable(_ELSEWHERE)
    return _letter(workshop, mail, queued_facts(mail))


def _account_letter(workshop: Workshop, mail: Mail) -> Letter | Unsendable:
    user = find_user(workshop.actor.connection, mail.subject_account)
    if user is None:
        return Unsendable("Keycloak has no such account")
    with_link = mail.template in _WITH_LINK
    if with_link and (why := _superseded(workshop, mail)) is not None:
        return Unsendable(why, is_needless=True)
    if mail.recipient.lower() != str(user.get("email", "")).lower():
        return Unsendable(_ELSEWHERE)
    facts: dict[str, Fact] = {
        "reset": 0,
        **queued_facts(mail),
        "username": mail.subject_account,
        "institution": user.get("attributes", {}).get("institution_name", [mail.subject_account])[0],
        "hours": workshop.context.configuration.realm.base_key.lifespan_hours,
    }
    return _link_letter(workshop, mail, facts) if with_link else _letter(workshop, mail, facts)


def _link_letter(workshop: Workshop, mail: Mail, facts: dict[str, Fact]) -> Letter | Unsendable:
    issued = issue_base_key(
        workshop.actor.connection,
        mail.subject_account,
        str(mail.data.get("base_key_id", "")),
        lifespan=timedelta(hours=workshop.context.configuration.realm.base_key.lifespan_hours),
        redirect_uri=f"{workshop.context.settings.sidecar_url}/",
        client_id=SIDECAR,
        reset=bool(mail.data.get("reset", False)),
    )
    if isinstance(issued, BaseKeyRefusal):
        return Unsendable(issued.value)
    return _letter(workshop, mail, {**facts, "link": issued.link.reveal()})


def _application_letter(workshop: Workshop, mail: Mail) -> Letter | Unsendable:
    """To an applicant, who has no account: the link is ours, not Keycloak's, and goes to the application's address."""
    identifier = str(mail.data.get("application", ""))
    with workshop.actor.transaction() as transaction:
        application = find_application(transaction, identifier)
        is_theirs = application is not None and application.email == mail.recipient
        code = make_link(transaction, identifier, workshop.actor.ledger.clock()) if is_theirs else None
    if code is None:
        return Unsendable("the application is gone, or is of another address", is_needless=True)
    link = f"{workshop.context.settings.portal_url}{LINK_PATH}?code={code.reveal()}"
    hours = int(LINK_FOR.total_seconds() // 3600)
    return _letter(workshop, mail, {"system": str(mail.data.get("system", "")), "hours": hours, "link": link})


def _letter(workshop: Workshop, mail: Mail, facts: dict[str, Fact]) -> Letter:
    portal = workshop.context.settings.portal_url
    return Letter(mail.key, mail.template, mail.recipient, {**facts, "portal": portal})


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
    outstanding = record.base_key_id is not None and record.base_key_id == mail.data.get("base_key_id")
    return None if outstanding else "the base key was replaced or withdrawn"
