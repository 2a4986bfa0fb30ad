"""Mails that came back: noted with the mail and, for a base key, in the ledger, so that a person corrects the address.

Source: order cl. 4 (the base key goes to the official e-mail).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from provisioning.ledger import LedgerTransaction
from provisioning.ledger.queries.mails import mail_keys, mails_named
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.workshop import BASE_KEY_MAIL
from provisioning.mail.bounces import Bounce
from provisioning.mail.message import message_id
from provisioning.model.events import NewEvent
from provisioning.model.events.base_keys import BaseKeyFailed
from provisioning.model.records import Mail, MailState

CAME_BACK: Final = "came back:"
"""How the error of a mail begins that was delivered and returned."""


class Fate(StrEnum):
    """What became of a bounce."""

    RECORDED = "recorded"
    KNOWN = "known already"
    FOREIGN = "not of a mail of ours"


@dataclass(frozen=True, slots=True)
class Judged:
    """A bounce with the mail that it is about, None for a foreign one."""

    bounce: Bounce
    fate: Fate
    mail: Mail | None


def record_bounces(actor: Actor, bounces: Iterable[Bounce], sender: str) -> tuple[Judged, ...]:
    """Note each bounce of a mail that was sent; `sender` is `mail.sender` of `realm.yaml`. Safe to repeat."""
    listed = tuple(bounces)
    named = {bounce.message_id for bounce in listed}
    with actor.transaction() as transaction:
        # A Message-ID does not give its mail's key away, so the keys are gone through, and only theirs are read.
        keys = {found: key for key in mail_keys(transaction) if (found := message_id(key, sender)) in named}
        mails = mails_named(transaction, keys.values())
        ours = {found: mails[key] for found, key in keys.items()}
        return tuple(_record(actor, transaction, bounce, ours) for bounce in listed)


def _record(actor: Actor, transaction: LedgerTransaction, bounce: Bounce, ours: Mapping[str, Mail]) -> Judged:
    mail = ours.get(bounce.message_id or "")
    if mail is None:
        return Judged(bounce, Fate.FOREIGN, None)
    why = f"{CAME_BACK} {bounce.reason}"
    if mail.state is not MailState.SENT or not transaction.mail_bounced(mail.key, why):
        return Judged(bounce, Fate.KNOWN, mail)
    account = transaction.account(mail.subject_account)
    outstanding = mail.template == BASE_KEY_MAIL and account is not None and account.base_key_id == mail.key
    if outstanding and not transaction.is_unreadable(mail.subject_account):
        failed = BaseKeyFailed(base_key_id=mail.key, email=mail.recipient)
        transaction.append([NewEvent(failed, mail.subject_account, actor.name, why)])
    return Judged(bounce, Fate.RECORDED, mail)
