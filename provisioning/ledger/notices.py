"""Mails that tell those concerned of an event, made while it is recorded. Source: order cl. 4, 5, 6."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from provisioning.ledger.reader import LedgerReader
from provisioning.model.events import Event, EventKind
from provisioning.model.events.accounts import AccountUpdated
from provisioning.model.events.requests import RequestAnswered
from provisioning.model.identifiers import parse_key_client_id
from provisioning.model.notices import NOTICES, Recipient, changed_email, template_of
from provisioning.model.ois import parse_ois_client_id
from provisioning.model.records import AccountRecord, AccountState, Mail, NewMail

EVENT: Final = "event"
"""Field of a notice's data: the number of its event, from which its words are made."""


def notices(reader: LedgerReader, events: Iterable[Event]) -> list[NewMail]:
    """Return the notices of events that were just recorded, each to whom it concerns."""
    return [mail for event in events if (template := template_of(event)) for mail in _notices(reader, event, template)]


def is_notice_of(reader: LedgerReader, event: Event, mail: Mail) -> bool:
    """Return whether a mail in the queue is the notice of an event, to an address that is on record for it.

    Parts that record may queue mail: a row of theirs sends what an event says to no address of their own choice.
    """
    mine = {(to.address, to.subject) for to in _addresses(reader, event)}
    return mail.template == template_of(event) and (mail.recipient, mail.subject_account) in mine


class _Address(NamedTuple):
    address: str
    subject: str
    which: str = ""


def _notices(reader: LedgerReader, event: Event, template: str) -> Iterator[NewMail]:
    for to in _addresses(reader, event) if _is_told(reader, event) else ():
        yield NewMail(f"notice:{event.seq}{to.which}", template, to.address, to.subject, {EVENT: event.seq})


def _addresses(reader: LedgerReader, event: Event) -> Iterator[_Address]:
    notice = NOTICES.get(event.kind) if isinstance(event.kind, EventKind) else None
    if notice is None:
        return
    if notice.to is Recipient.OPERATOR:
        record = reader.ois(parse_ois_client_id(event.subject) or "")
        if record is not None and record.email:
            yield _Address(record.email, record.client_id)
        return
    account = _account(reader, event, notice.to)
    if account is not None and account.email:
        yield _Address(account.email, account.username)
    former = changed_email(event.content) if isinstance(event.content, AccountUpdated) else None
    if account is not None and former is not None and former.before:
        yield _Address(str(former.before), account.username, ":before")


def _account(reader: LedgerReader, event: Event, to: Recipient) -> AccountRecord | None:
    if to is Recipient.KEY_OWNER:
        parsed = parse_key_client_id(event.subject)
        return None if parsed is None else reader.account(parsed[0])
    if to is Recipient.FILER and isinstance(event.content, RequestAnswered):
        request = reader.support_request(event.content.request)
        return None if request is None else reader.account(request.filed_by.partition(":")[2])
    return reader.account(event.subject)


def _is_told(reader: LedgerReader, event: Event) -> bool:
    """Not of a new address before the first use, which gets the base key; not of the end of what never had a mail; and
    not of what ends with the account.
    """
    if event.kind not in (EventKind.ACCOUNT_UPDATED, EventKind.ACCOUNT_DEACTIVATED, EventKind.MANDATE_WITHDRAWN):
        return True
    account = reader.account(event.subject)
    if account is None or event.kind is EventKind.ACCOUNT_UPDATED:
        return account is not None and account.state is AccountState.ACTIVE
    if event.kind is EventKind.ACCOUNT_DEACTIVATED:
        return account.invited_at is not None or account.activated_at is not None
    return account.state is not AccountState.DEACTIVATED
