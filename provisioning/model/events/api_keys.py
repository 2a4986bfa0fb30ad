"""Events of API keys; their subject is the key's client id. Source: order cl. 4, 8."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from provisioning.model.cut_off import CutOffReason
from provisioning.model.events.actors import BY_PROVISIONING, SYSTEM_USERS, ActorKind
from provisioning.model.events.codec import Content
from provisioning.model.events.codec_fields import WhereGiven
from provisioning.model.events.kinds import EventKind
from provisioning.model.identifiers import Username


class EndingBecause(StrEnum):
    """Why a key's end is planned."""

    AGE = "age"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyCreated(Content):
    """A further key of an account; its first one is born with it."""

    KIND = EventKind.API_KEY_CREATED
    CLAUSES = ("cl. 4",)
    ACTORS = SYSTEM_USERS | BY_PROVISIONING | {ActorKind.PUBLIC}

    username: Username
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyRevealed(Content):
    """The key got a secret that was shown or may have been shown; the record has the secret's fingerprint."""

    KIND = EventKind.API_KEY_REVEALED
    CLAUSES = ("cl. 4",)
    ACTORS = SYSTEM_USERS | {ActorKind.STAFF}
    AT_DESK = False
    OPENS = True

    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyRevealVoided(Content):
    """The secret was never shown and was taken back."""

    KIND = EventKind.API_KEY_REVEAL_VOIDED
    CLAUSES = ("cl. 4",)
    ACTORS = SYSTEM_USERS | BY_PROVISIONING

    fingerprint: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyEnding(Content):
    """The key ends at a moment that is planned: by a rotation, or for its age."""

    KIND = EventKind.API_KEY_ENDING
    CLAUSES = ("cl. 4",)
    ACTORS = SYSTEM_USERS | BY_PROVISIONING

    ends_at: datetime
    why: WhereGiven[EndingBecause] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyCutOff(Content):
    """The key is dead at once, with every token from it. Source: order cl. 8."""

    KIND = EventKind.API_KEY_CUT_OFF
    CLAUSES = ("cl. 8",)
    ACTORS = SYSTEM_USERS | BY_PROVISIONING | {ActorKind.PUBLIC}

    reason: CutOffReason


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyRetired(Content):
    """The key came to its planned end."""

    KIND = EventKind.API_KEY_RETIRED
    CLAUSES = ("cl. 4",)
    ACTORS = SYSTEM_USERS | BY_PROVISIONING
