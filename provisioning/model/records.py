"""What the events add up to: accounts, API keys, and the work and mail still to be done. Pure values.

How events become accounts and keys is `ledger.projection`; nothing else makes these records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from provisioning.model.events import JsonValue
from provisioning.model.identifiers import ClientId, InstitutionId, Username


class AccountState(StrEnum):
    """Where an account generation is in its life. For an institution DEACTIVATED is final. Source: order cl. 11."""

    CREATED = "created"
    INVITED = "invited"
    ACTIVE = "active"
    DEACTIVATED = "deactivated"


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """One generation of an account. Times are UTC and come from the events, not from Keycloak.

    `base_key_id` is the base key that is outstanding, None when there is none. `kind`, `sphere` and `name` are the
    institution's as last recorded, empty for an account whose events are older than these fields; so are the codes and
    the official e-mail. `search` is what a search looks through (`model.text`). `direct_use`: its API
    keys open the central database without an OIS. `authority_grants`: an authority above it may give mandates for it.
    Source: order cl. 3, 4, 5, 7, 10, 11.
    """

    username: Username
    institution_id: InstitutionId
    generation: int
    is_authority: bool
    state: AccountState
    created_at: datetime
    base_key_id: str | None = None
    invited_at: datetime | None = None
    activated_at: datetime | None = None
    deactivated_at: datetime | None = None
    deactivation_reason: str | None = None
    deactivation_document: str | None = None
    kind: str = ""
    sphere: str = ""
    name: str = ""
    direct_use: bool = False
    authority_grants: bool = False
    edrpou: str = ""
    edebo_id: str = ""
    katottg: str = ""
    email: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class KnownInstitution:
    """An institution that has accounts, as the last of them has it; `is_over` when that one is deactivated."""

    id: InstitutionId
    is_over: bool
    edebo_id: str
    email: str


class ApiKeyState(StrEnum):
    """Where an API key is in its life. CUT_OFF and RETIRED are final: a new key is a new client."""

    BORN = "born"
    REVEALED = "revealed"
    CUT_OFF = "cut-off"
    RETIRED = "retired"

    @property
    def is_over(self) -> bool:
        return self in (ApiKeyState.CUT_OFF, ApiKeyState.RETIRED)


@dataclass(frozen=True, slots=True)
class ApiKeyRecord:
    """One API key. Its verdict also needs the account's: a key of a deactivated account opens nothing.

    `fingerprint` tells keys apart and is no secret; `ends_at` is the planned end of a rotation's overlap.
    Source: order cl. 4, 8.
    """

    client_id: ClientId
    username: Username
    number: int
    state: ApiKeyState
    created_at: datetime
    revealed_at: datetime | None = None
    fingerprint: str | None = None
    ended_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewTask:
    """Work that an event obliges us to do in Keycloak. `key` is unique among the work still to be done."""

    key: str
    action: str
    subject: str
    data: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(NewTask):
    """A task as stored. `event_seq` is the last event recorded together with it, None when there was none.

    `failures` counts how often Keycloak refused it and `last_error` says why; it is tried again at `next_try_at`, and
    left to a person when that is None.
    """

    event_seq: int | None
    created_at: datetime
    attempts: int
    failures: int = 0
    next_try_at: datetime | None = None
    last_error: str | None = None


class MailState(StrEnum):
    """Where a mail is. SENDING is leased: it goes back to the queue when its sender does not report in time."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class NewMail:
    """A mail to be sent once. `key` is unique for ever; `data` never holds a secret or a link."""

    key: str
    template: str
    recipient: str
    subject_account: str
    data: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail(NewMail):
    """A mail as stored. `attempts` counts how often a sender took it; `next_try_at` is when it is due."""

    state: MailState
    attempts: int
    next_try_at: datetime
    last_error: str | None
    created_at: datetime
    sent_at: datetime | None
