"""Applications of OIS: handed in, confirmed from the e-mail, followed by its owner. Source: order cl. 6.

The holder of the mailbox is the applicant: a one-time link confirms the e-mail, and the confirmed applicant gets an
account as the operator of that OIS (decision 10). The link is made when the mail is sent, and stored as a
digest.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from provisioning.ledger import Ledger, LedgerTransaction
from provisioning.ledger.queries import applications as store
from provisioning.lifecycle.actor import new_base_key_id
from provisioning.lifecycle.tasks.catalogue import bring_operator_task
from provisioning.model.application import QUOTA, QUOTA_OF_APPLICANT, Application, ApplicationRecord, Paper
from provisioning.model.events import NewEvent
from provisioning.model.identifiers import ClientId
from provisioning.model.ois import ois_client_id
from provisioning.model.records import NewMail
from provisioning.model.secret import Secret

APPLICATION_MAIL: Final = "ois-application"
"""Template of provisioning.mail with the one-time link."""

LINK_PATH: Final = "/onboarding/link/open"
"""Where the sidecar takes a link's code."""

LINK_FOR: Final = timedelta(hours=24)
BETWEEN_LINKS: Final = timedelta(minutes=5)
"""A mailbox is not filled by somebody who keeps pressing a button."""

APPLICANT: Final = "applicant"
"""Actor of what an applicant does, with the slug after a colon."""


class ApplicationRefusal(StrEnum):
    """Why an application is not taken, or a link opens nothing."""

    SLUG_TAKEN = "slug-taken"
    KEY_REUSED = "idempotency-key-reused"
    LINK_INVALID = "link-invalid"


@dataclass(frozen=True, slots=True)
class Submitted:
    """An application that waits for its e-mail to be confirmed. `again`: it was handed in before under the same key."""

    id: str
    again: bool


def submit(ledger: Ledger, application: Application, idempotency_key: str | None) -> Submitted | ApplicationRefusal:
    """Store an application and queue the mail with its link. Repeating it under the same key changes nothing.

    Raises LedgerError.
    """
    with ledger.transaction() as transaction:
        if idempotency_key is not None and (known := store.repeated(transaction, idempotency_key)) is not None:
            return Submitted(known.id, True) if known.application == application else ApplicationRefusal.KEY_REUSED
        if transaction.ois(application.slug) is not None:
            return ApplicationRefusal.SLUG_TAKEN
        identifier = secrets.token_hex(16)
        store.add_application(transaction, identifier, application, ledger.clock(), idempotency_key)
        transaction.enqueue_mails([_mail(identifier, application)])
    return Submitted(identifier, False)


def send_link(ledger: Ledger, slug: str, email: str) -> None:
    """Queue another link when an application for this OIS came from this address; does not reveal
    whether there is one.
    """
    with ledger.transaction() as transaction:
        for record in store.applications_for(transaction, slug, email)[:1]:
            last = store.last_link_at(transaction, record.id)
            if last is None or ledger.clock() - last >= BETWEEN_LINKS:
                transaction.enqueue_mails([_mail(record.id, record.application)])


def make_link(transaction: LedgerTransaction, identifier: str, now: datetime) -> Secret | None:
    """Return a fresh code for the mail that is being sent; None when the application is gone."""
    if store.find_application(transaction, identifier) is None:
        return None
    code = Secret(secrets.token_urlsafe(32))
    store.add_link(transaction, identifier, code, now, now + LINK_FOR)
    return code


def open_link(ledger: Ledger, code: Secret) -> ApplicationRecord | ApplicationRefusal:
    """Use a link up. The first one of an application confirms it: then, and in the same transaction, it is recorded,
    and the operator's account is noted as work to be carried out.

    Source: order cl. 6. Raises LedgerError.
    """
    now = ledger.clock()
    with ledger.transaction() as transaction:
        record = store.use_link(transaction, code, now)
        if record is None:
            return ApplicationRefusal.LINK_INVALID
        if record.confirmed_at is None:
            if transaction.ois(record.slug) is not None:
                return ApplicationRefusal.SLUG_TAKEN
            transaction.append([applied(record)])
            transaction.add_tasks([bring_operator_task(ois_client_id(record.slug), new_base_key_id())])
            store.mark_confirmed(transaction, record.id, now)
    return record


def store_paper(transaction: LedgerTransaction, record: ApplicationRecord, paper: Paper, content: bytes) -> bool:
    """Store an uploaded file; return False when the quota of the application or of its applicant leaves no room.

    The same file again changes nothing and needs no room.
    """
    if store.has_paper(transaction, paper):
        return True
    own, all_together = store.stored_of(transaction, record.slug), store.stored_of_applicant(transaction, record.email)
    if not (own.has_room_for(paper.size, QUOTA) and all_together.has_room_for(paper.size, QUOTA_OF_APPLICANT)):
        return False
    store.add_paper(transaction, paper, content)
    return True


def applied(record: ApplicationRecord) -> NewEvent:
    """Return the event of a confirmed application."""
    subject: ClientId = ois_client_id(record.slug)
    actor = f"{APPLICANT}:{record.slug}"
    return NewEvent(record.application.as_applied(), subject, actor)


def _mail(identifier: str, application: Application) -> NewMail:
    data = {"application": identifier, "system": application.name, "slug": application.slug}
    key = f"{APPLICATION_MAIL}:{identifier}:{secrets.token_hex(4)}"
    return NewMail(key, APPLICATION_MAIL, application.email, ois_client_id(application.slug), data)
