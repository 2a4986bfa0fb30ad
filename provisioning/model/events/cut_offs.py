"""Events of cut-offs; their subject is the account. Source: order cl. 8."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from provisioning.model.cut_off import CutOffReason
from provisioning.model.events.actors import BY_PROVISIONING, SYSTEM_USERS, ActorKind
from provisioning.model.events.codec import Content
from provisioning.model.events.codec_fields import WhereGiven
from provisioning.model.events.kinds import EventKind
from provisioning.model.identifiers import ClientId


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOffRequested(Content):
    """A request for a cut-off. `ois` is the OIS that is to lose its access, null for every one.

    `waits` where the Administrator decides later; the event's number is then the request's.
    """

    KIND = EventKind.CUT_OFF_REQUESTED
    CLAUSES = ("cl. 8",)
    ACTORS = SYSTEM_USERS | {ActorKind.STAFF}

    requested_by: str
    reason: CutOffReason
    ois: str | None
    waits: WhereGiven[Literal[True]] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOffDecided(Content):
    """Keys were cut off: `ended` are those that died of it, `new` is the one in their place.

    `answers` are the numbers of the requests that it fulfils. A leak may be reported by a stranger.
    """

    KIND = EventKind.CUT_OFF_DECIDED
    CLAUSES = ("cl. 8",)
    ACTORS = SYSTEM_USERS | BY_PROVISIONING | {ActorKind.PUBLIC}

    reason: CutOffReason
    ended: tuple[ClientId, ...]
    new: ClientId
    ois: str | None
    answers: WhereGiven[tuple[int, ...]] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOffRefused(Content):
    """Nothing was cut off: `answers` are the requests, and the event's reason says why."""

    KIND = EventKind.CUT_OFF_DECIDED
    CLAUSES = ("cl. 8",)
    ACTORS = frozenset({ActorKind.STAFF})

    reason: CutOffReason
    answers: tuple[int, ...]
    ois: str | None
    approved: Literal[False] = False
