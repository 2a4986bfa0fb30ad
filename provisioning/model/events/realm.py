"""Events of the ledger, the realm, the exchange protocol, rights and staff. Source: order cl. 3, 4, 12."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from provisioning.model.configuration import StaffRole
from provisioning.model.events.actors import BY_PROVISIONING, ActorKind
from provisioning.model.events.codec import Content
from provisioning.model.events.kinds import EventKind
from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import Kind
from provisioning.model.rights import RightsInForce


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
    AT_DESK = False
    OPENS = True

    objects: tuple[RealmObject, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolChanged(Content):
    """The routes of the central database that are in force from now on: method, path and right of each."""

    KIND = EventKind.PROTOCOL_CHANGED
    CLAUSES = ("cl. 4",)
    ACTORS = BY_PROVISIONING
    AT_DESK = False
    OPENS = True

    version: str
    checksum: str
    routes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class KindRights:
    """A kind of institution and its rights."""

    kind: Kind
    rights: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InstitutionRights:
    """An institution that differs from its kind, and all its rights."""

    institution_id: InstitutionId
    rights: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsChanged(Content):
    """The rights that are in force from now on, whatever a token says; no token opens more. Source: order cl. 3."""

    KIND = EventKind.RIGHTS_CHANGED
    CLAUSES = ("cl. 3",)
    ACTORS = BY_PROVISIONING
    AT_DESK = False
    OPENS = True

    kinds: tuple[KindRights, ...]
    exceptions: tuple[InstitutionRights, ...]

    @classmethod
    def of(cls, rights: RightsInForce) -> RightsChanged:
        """Return the event that brings these rights into force."""
        return cls(
            kinds=tuple(KindRights(Kind(kind), tuple(sorted(held))) for kind, held in sorted(rights.of_kind.items())),
            exceptions=tuple(
                InstitutionRights(name, tuple(sorted(held))) for name, held in sorted(rights.of_institution.items())
            ),
        )

    @property
    def in_force(self) -> RightsInForce:
        """The rights by kind, and by institution with an exception."""
        return RightsInForce(
            {one.kind.value: frozenset(one.rights) for one in self.kinds},
            {one.institution_id: frozenset(one.rights) for one in self.exceptions},
        )


@dataclass(frozen=True, slots=True)
class StaffOnRecord:
    """One of the Administrator's people who has access, and the roles that this person may use."""

    username: str
    roles: tuple[StaffRole, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffChanged(Content):
    """The Administrator's people from now on, whatever Keycloak says of other users. Source: order cl. 2, 12."""

    KIND = EventKind.STAFF_CHANGED
    CLAUSES = ("cl. 12",)
    ACTORS = BY_PROVISIONING
    AT_DESK = False
    OPENS = True

    members: tuple[StaffOnRecord, ...]

    @classmethod
    def of(cls, staff: Mapping[str, frozenset[StaffRole]]) -> StaffChanged:
        """Return the event that puts these people and their roles on record."""
        return cls(members=tuple(StaffOnRecord(name, tuple(sorted(roles))) for name, roles in sorted(staff.items())))

    @property
    def by_name(self) -> dict[str, frozenset[StaffRole]]:
        """The roles of everybody who has access, by username."""
        return {member.username: frozenset(member.roles) for member in self.members}


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministratorsChanged(Content):
    """These people, and no others, are administrators from now on."""

    KIND = EventKind.ADMINISTRATORS_CHANGED
    CLAUSES = ("cl. 2",)
    ACTORS = BY_PROVISIONING
    AT_DESK = False
    OPENS = True

    administrators: tuple[str, ...]
