"""Events of the ledger, the realm and the exchange protocol. Source: order cl. 3, 4, 12."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from provisioning.model.events.actors import BY_PROVISIONING, ActorKind
from provisioning.model.events.codec import Content
from provisioning.model.events.kinds import EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerOpened(Content):
    """The first event: it tells this ledger from every other."""

    KIND = EventKind.LEDGER_OPENED
    CLAUSES = ("cl. 12",)
    ACTORS = frozenset({ActorKind.PROVISION})

    ledger_id: str


class RealmAction(StrEnum):
    """What was done to an object of the realm."""

    CREATE = "create"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class RealmObject:
    """One object of the realm and the fields that changed, without their values."""

    action: RealmAction
    type: str
    name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RealmChanged(Content):
    """The configuration changed objects of the realm."""

    KIND = EventKind.REALM_CHANGED
    CLAUSES = ("cl. 3",)
    ACTORS = BY_PROVISIONING
    OPENS = True

    objects: tuple[RealmObject, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolChanged(Content):
    """The routes of the central database that are in force from now on: method, path and right of each."""

    KIND = EventKind.PROTOCOL_CHANGED
    CLAUSES = ("cl. 4",)
    ACTORS = BY_PROVISIONING
    OPENS = True

    version: str
    checksum: str
    routes: tuple[tuple[str, str, str], ...]
