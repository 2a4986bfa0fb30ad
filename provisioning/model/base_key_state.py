"""What has become of an account's base key, from the ledger's record and its mail. Pure. Source: order cl. 4."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from provisioning.model.records import AccountRecord, AccountState, Mail, MailState


class BaseKeyState(StrEnum):
    """`NONE`: none is outstanding. `WAITING`: issued, its mail is not sent yet. `EXPIRED`: sent and never used."""

    NONE = "none"
    WAITING = "waiting"
    SENT = "sent"
    EXPIRED = "expired"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class BaseKeyStatus:
    """`valid_until` is set while a link that was mailed can be used, and after it for an expired one."""

    state: BaseKeyState
    valid_until: datetime | None = None


def base_key_status(record: AccountRecord, mail: Mail | None, lifespan: timedelta, now: datetime) -> BaseKeyStatus:
    """Return the status of the outstanding base key; `mail` is the one that carries it, whose key is the base key's id.

    A link lives from the moment of sending, when it is made.
    """
    if record.base_key_id is None or record.state is AccountState.DEACTIVATED:
        return BaseKeyStatus(BaseKeyState.NONE)
    if mail is None or mail.state in (MailState.QUEUED, MailState.SENDING):
        return BaseKeyStatus(BaseKeyState.WAITING)
    if mail.state is MailState.FAILED or mail.sent_at is None:
        return BaseKeyStatus(BaseKeyState.FAILED)
    until = mail.sent_at + lifespan
    return BaseKeyStatus(BaseKeyState.SENT if now < until else BaseKeyState.EXPIRED, until)


def needs_base_key(record: AccountRecord, status: BaseKeyStatus) -> bool:
    """Return whether the account waits for a base key: never activated, and none on its way."""
    unused = record.state in (AccountState.CREATED, AccountState.INVITED)
    return unused and status.state in (BaseKeyState.NONE, BaseKeyState.EXPIRED, BaseKeyState.FAILED)
