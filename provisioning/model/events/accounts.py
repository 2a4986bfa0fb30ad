"""Events of accounts: born, changed, activated, ended, and what they allow. Source: order cl. 3, 4, 7, 10, 11."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from provisioning.model.events.actors import BY_PROVISIONING, SYSTEM_USERS, ActorKind
from provisioning.model.events.codec import Content
from provisioning.model.events.codec_fields import LackingInOld
from provisioning.model.events.codec_values import KeycloakTime
from provisioning.model.events.kinds import EventKind
from provisioning.model.identifiers import ClientId, InstitutionId
from provisioning.model.institution import DeactivationReason, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCreated(Content):
    """An account and its first API key are born in one; `base_key_id` is null where no invitation follows.

    `kind` to `email` describe the institution or authority as the configuration has it. Source: order cl. 3, 4.
    """

    KIND = EventKind.ACCOUNT_CREATED
    CLAUSES = ("cl. 4",)
    ACTORS = BY_PROVISIONING
    AT_DESK = False
    OPENS = True

    institution_id: InstitutionId
    generation: int
    kind: Kind
    is_authority: bool
    client_id: ClientId
    base_key_id: str | None
    sphere: LackingInOld[str]
    name: LackingInOld[str]
    edrpou: LackingInOld[str]
    edebo_id: LackingInOld[str]
    katottg: LackingInOld[str]
    email: str


@dataclass(frozen=True, slots=True)
class FieldChanged:
    """One field of an account before and after, as the plan showed it."""

    field: str
    before: str | int | bool | tuple[str, ...] | None
    after: str | int | bool | tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountUpdated(Content):
    """The configuration changed an account: its fields before and after, and the whole description that is in force."""

    KIND = EventKind.ACCOUNT_UPDATED
    CLAUSES = ("cl. 3",)
    ACTORS = BY_PROVISIONING
    AT_DESK = False
    OPENS = True

    changes: tuple[FieldChanged, ...]
    kind: LackingInOld[Kind]
    sphere: LackingInOld[str]
    name: LackingInOld[str]
    edrpou: LackingInOld[str]
    edebo_id: LackingInOld[str]
    katottg: LackingInOld[str]
    email: LackingInOld[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountActivated(Content):
    """The base key was used; `activated_at` is Keycloak's own record of the moment."""

    KIND = EventKind.ACCOUNT_ACTIVATED
    CLAUSES = ("cl. 4",)
    ACTORS = BY_PROVISIONING
    AT_DESK = False

    activated_at: KeycloakTime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDeactivated(Content):
    """An account ended, for a reason of the closed list, on a document and its date. Source: order cl. 7, 10."""

    KIND = EventKind.ACCOUNT_DEACTIVATED
    CLAUSES = ("cl. 10",)
    ACTORS = BY_PROVISIONING

    reason: DeactivationReason
    document: str
    date: date
    successors: LackingInOld[tuple[InstitutionId, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReinstated(Content):
    """An authority's account is opened again on a document; an institution's never is. Source: order cl. 11."""

    KIND = EventKind.ACCOUNT_REINSTATED
    CLAUSES = ("cl. 11",)
    ACTORS = frozenset({ActorKind.STAFF})
    OPENS = True

    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountUnlocked(Content):
    """Wrong passwords count anew, so that the account's login need not wait. It opens nothing by itself."""

    KIND = EventKind.ACCOUNT_UNLOCKED
    CLAUSES = ("cl. 9",)
    ACTORS = frozenset({ActorKind.STAFF})


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectUseChanged(Content):
    """Whether the account's API keys open the central database without an OIS. Source: order cl. 4, 5."""

    KIND = EventKind.ACCOUNT_DIRECT_USE_CHANGED
    CLAUSES = ("cl. 4",)
    ACTORS = SYSTEM_USERS | {ActorKind.STAFF}
    AT_DESK = False

    allowed: bool

    @property
    def opens(self) -> bool:
        """Return whether it is allowed."""
        return self.allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityGrantsChanged(Content):
    """Whether an authority above the account may give mandates for it. Source: order cl. 5."""

    KIND = EventKind.ACCOUNT_AUTHORITY_GRANTS_CHANGED
    CLAUSES = ("cl. 5",)
    ACTORS = SYSTEM_USERS | {ActorKind.STAFF}
    AT_DESK = False

    allowed: bool

    @property
    def opens(self) -> bool:
        """Return whether it is allowed."""
        return self.allowed
