"""Events of base keys; their subject is the account. Source: order cl. 4."""

from __future__ import annotations

from dataclasses import dataclass

from provisioning.model.events.actors import BY_PROVISIONING, ActorKind
from provisioning.model.events.codec import Content
from provisioning.model.events.codec_fields import WhereGiven
from provisioning.model.events.kinds import EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseKeyIssued(Content):
    """A fresh base key; the one before is dead.

    `email` is present where the configuration changed it, `reset` where a person invited again.
    """

    KIND = EventKind.BASE_KEY_ISSUED
    CLAUSES = ("cl. 4",)
    ACTORS = BY_PROVISIONING
    OPENS = True

    base_key_id: str
    email: WhereGiven[str] = None
    reset: WhereGiven[bool] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseKeySent(Content):
    """The mail server took the mail with the base key."""

    KIND = EventKind.BASE_KEY_SENT
    CLAUSES = ("cl. 4",)
    ACTORS = BY_PROVISIONING
    AT_DESK = False

    base_key_id: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseKeyFailed(Content):
    """The mail with the base key was given up, or came back; the reason says why."""

    KIND = EventKind.BASE_KEY_FAILED
    CLAUSES = ("cl. 4",)
    ACTORS = BY_PROVISIONING
    AT_DESK = False

    base_key_id: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseKeyWithdrawn(Content):
    """The base key that was outstanding is dead, and none is in its place."""

    KIND = EventKind.BASE_KEY_WITHDRAWN
    CLAUSES = ("cl. 4",)
    ACTORS = frozenset({ActorKind.STAFF})

    base_key_id: str
