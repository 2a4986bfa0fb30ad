"""Events of mandates; their subject is the account, so they stand in its history. Source: order cl. 5, 7, 8."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from provisioning.model.events.actors import SYSTEM_USERS, ActorKind
from provisioning.model.events.codec import Content
from provisioning.model.events.codec_fields import WhereGiven
from provisioning.model.events.kinds import EventKind
from provisioning.model.identifiers import Username
from provisioning.model.ois import MandateId, Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateGranted(Content):
    """An account gave an OIS a mandate under a contract; `authority` is who gave it for the account."""

    KIND = EventKind.MANDATE_GRANTED
    CLAUSES = ("cl. 5",)
    ACTORS = SYSTEM_USERS | {ActorKind.STAFF}
    AT_DESK = False
    OPENS = True

    mandate: MandateId
    ois: Slug
    rights: tuple[str, ...]
    contract_number: str
    contract_date: date
    until: date | None
    authority: WhereGiven[Username] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateWithdrawn(Content):
    """A mandate ended: taken back, run out (cl. 5), with its account (cl. 7), or by a cut-off (cl. 8)."""

    KIND = EventKind.MANDATE_WITHDRAWN
    CLAUSES = ("cl. 5", "cl. 7", "cl. 8")
    ACTORS = SYSTEM_USERS | {ActorKind.STAFF, ActorKind.WATCH}

    mandate: MandateId
    ois: Slug
