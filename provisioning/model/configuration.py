"""Everything that administrators edit in `realm-config/`, valid and typed. Built by `registry`, read by the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from provisioning.model.annexes import AgreementText, TechnicalRequirements
from provisioning.model.identifiers import SERVICE_ACCOUNT_PREFIX, InstitutionId
from provisioning.model.institution import Institution, Kind
from provisioning.model.rights import RightsInForce
from provisioning.model.sphere import SpherePath, sphere_path
from provisioning.model.text import Text
from provisioning.model.upkeep import AccessionPolicy, ApiKeyPolicy, CutOffPolicy, DeactivationPolicy, WatchPolicy


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long things live, in seconds."""

    access_token_s: int
    login_s: int
    session_idle_s: int
    session_max_s: int


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """What a password must be. Source: NIST SP 800-63B-4 (length over composition)."""

    min_length: int
    history: int
    not_username: bool
    not_email: bool


@dataclass(frozen=True, slots=True)
class SecondFactorPolicy:
    """Time-based one-time passwords. Source: RFC 6238."""

    algorithm: str
    digits: int
    period_s: int


@dataclass(frozen=True, slots=True)
class BruteForcePolicy:
    """Lock-out after failed logins."""

    max_failures: int
    wait_increment_s: int
    max_wait_s: int
    failure_reset_s: int


@dataclass(frozen=True, slots=True)
class MailPolicy:
    """Whom mail comes from. The server to hand it to is a setting of the installation, not of this file."""

    sender: str
    sender_name: Text
    reply_to: str | None


@dataclass(frozen=True, slots=True)
class BaseKeyPolicy:
    """The one-time activation link. Source: order cl. 4."""

    lifespan_hours: int


@dataclass(frozen=True, slots=True)
class EventsPolicy:
    """How long Keycloak keeps its own events, in days. The legal record is the ledger."""

    keep_days: int


@dataclass(frozen=True, slots=True)
class Limit:
    """How much one apply may change without an allowance: at most `number`, and at most `share` (0..1)
    of what exists.
    """

    number: int
    share: float


@dataclass(frozen=True, slots=True)
class Guards:
    """Limits of one apply. `missing` counts accounts that exist but no file names any more.

    `moves` counts accounts that come under another authority, `staff` people whose record is gone from `staff.yaml`.
    """

    creates: Limit
    updates: Limit
    deactivations: Limit
    missing: Limit
    moves: Limit
    staff: Limit

    def of(self, name: str) -> Limit:
        """Return the limit with this name."""
        limit = getattr(self, name)
        assert isinstance(limit, Limit)  # noqa: S101  # every field is one
        return limit


@dataclass(frozen=True, slots=True)
class Contact:
    """Where institutions get help. Source: order cl. 9."""

    email: str
    phone: str | None
    url: str | None
    hours: Text | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """How often: `per_second` on average, `burst` at once."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """The gate's limits per OIS and per institution on each node; how many days it keeps who reached whose data."""

    ois: Rate
    institution: Rate
    keep_days: int


@dataclass(frozen=True, slots=True)
class Staying:
    """Something in the realm that is not ours, and the reason why it stays."""

    type: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class RealmPolicy:
    """`realm.yaml`."""

    display_name: Text
    lifetimes: Lifetimes
    password: PasswordPolicy
    second_factor: SecondFactorPolicy
    brute_force: BruteForcePolicy
    mail: MailPolicy
    base_key: BaseKeyPolicy
    api_key: ApiKeyPolicy
    cut_off: CutOffPolicy
    events: EventsPolicy
    guards: Guards
    watch: WatchPolicy
    support: Contact
    gate: GatePolicy
    accession: AccessionPolicy
    deactivation: DeactivationPolicy
    foreign: tuple[Staying, ...] = ()

    def stays(self, type: str, name: str) -> bool:
        """Return whether something that is not ours is named as staying; of a client its service account too."""
        client = name.removeprefix(SERVICE_ACCOUNT_PREFIX)
        named = {(one.type, one.name) for one in self.foreign}
        return (type, name) in named or (type == "user" and client != name and ("client", client) in named)


@dataclass(frozen=True, slots=True)
class Right:
    """One permission of the exchange protocol, such as `students.read`."""

    name: str
    description: Text


@dataclass(frozen=True, slots=True)
class RightsPolicy:
    """`rights.yaml`: all rights, what each kind is called, and which rights it has."""

    rights: tuple[Right, ...]
    kind_names: Mapping[Kind, Text]
    of_kind: Mapping[Kind, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Route:
    """One route of the central database; `path` may hold one `{institution}` segment and others such as `{id}`."""

    method: str
    path: str
    right: str


@dataclass(frozen=True, slots=True)
class ExchangeProtocol:
    """`protocol.yaml`: no route, no access."""

    version: str
    routes: tuple[Route, ...]

    @property
    def checksum(self) -> str:
        """Return a digest of the routes: two sets differ by it even when the version was not raised."""
        lines = sorted(f"{route.method} {route.path} {route.right}\n" for route in self.routes)
        return hashlib.sha256("".join(lines).encode()).hexdigest()[:12]


class StaffRole(StrEnum):
    """Roles of the Administrator's people. Source: order cl. 2."""

    ADMINISTRATOR = "administrator"
    SUPPORT = "support"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One person of `staff.yaml`. `active: false` ends access, and so does removing the record."""

    username: str
    email: str
    first_name: str
    last_name: str
    roles: frozenset[StaffRole]
    active: bool = True


@dataclass(frozen=True, slots=True)
class Configuration:
    """The whole of `realm-config/`."""

    realm: RealmPolicy
    rights: RightsPolicy
    protocol: ExchangeProtocol
    staff: tuple[StaffMember, ...]
    institutions: tuple[Institution, ...]
    requirements: TechnicalRequirements
    agreements: tuple[AgreementText, ...]

    def spheres(self) -> dict[InstitutionId, SpherePath]:
        """Return the sphere path of every institution. Source: order cl. 3."""
        superior = {i.id: i.superior for i in self.institutions}
        return {i.id: sphere_path(i.id, superior) for i in self.institutions}

    def staff_roles(self) -> dict[str, frozenset[StaffRole]]:
        """Return the roles of everybody of the staff who has access, by username as Keycloak keeps it."""
        return {member.username.lower(): member.roles for member in self.staff if member.active}

    def rights_in_force(self) -> RightsInForce:
        """Return the rights of every kind, and of institutions with an exception."""
        of_kind = {kind.value: rights for kind, rights in self.rights.of_kind.items()}
        differing = (one for one in self.institutions if one.rights.added or one.rights.removed)
        return RightsInForce(of_kind, {one.id: self.rights_of(one) for one in differing})

    def rights_of(self, institution: Institution) -> frozenset[str]:
        """Return the rights of an institution: those of its kind with its own exceptions."""
        return (self.rights.of_kind[institution.kind] | institution.rights.added) - institution.rights.removed
