"""Events of an OIS: application, key set, connection. Their subject is `ois-<slug>`. Source: order cl. 5, 6."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from provisioning.model.events.actors import BY_PROVISIONING, ActorKind
from provisioning.model.events.codec import Content
from provisioning.model.events.codec_fields import WhereGiven
from provisioning.model.events.codec_values import JsonObject
from provisioning.model.events.kinds import EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class OisApplied(Content):
    """An application whose e-mail is confirmed. `rights` are those it asks for; `jwks` is null until keys are known."""

    KIND = EventKind.OIS_APPLIED
    CLAUSES = ("cl. 6",)
    ACTORS = frozenset({ActorKind.APPLICANT})

    name: str
    operator: str
    edrpou: str
    site: str
    email: str
    purposes: tuple[str, ...]
    rights: tuple[str, ...]
    redirect_uris: tuple[str, ...]
    networks: tuple[str, ...]
    data_location: str
    jwks: JsonObject | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OisChanged(Content):
    """What is on record of an OIS changed; `granted` are the rights it has from now on. The rest stays as it was.

    `proof_required` where from now on only tokens that are bound to its key count, or again bearer tokens too.
    """

    KIND = EventKind.OIS_CHANGED
    CLAUSES = ("cl. 6",)
    ACTORS = frozenset({ActorKind.STAFF})

    granted: WhereGiven[tuple[str, ...]] = None
    rights: WhereGiven[tuple[str, ...]] = None
    name: WhereGiven[str] = None
    operator: WhereGiven[str] = None
    edrpou: WhereGiven[str] = None
    site: WhereGiven[str] = None
    email: WhereGiven[str] = None
    purposes: WhereGiven[tuple[str, ...]] = None
    redirect_uris: WhereGiven[tuple[str, ...]] = None
    networks: WhereGiven[tuple[str, ...]] = None
    data_location: WhereGiven[str] = None
    proof_required: WhereGiven[bool] = None

    @property
    def opens(self) -> bool:
        """Return whether rights, addresses or networks of the OIS change, or bearer tokens count again."""
        changed = (self.granted, self.redirect_uris, self.networks) != (None, None, None)
        return changed or self.proof_required is False


@dataclass(frozen=True, slots=True, kw_only=True)
class OisKeyChanged(Content):
    """Another key set, with its `kids`; or null, where a secret with this `fingerprint` takes its place."""

    KIND = EventKind.OIS_KEY_CHANGED
    CLAUSES = ("cl. 6",)
    ACTORS = frozenset({ActorKind.OPERATOR, ActorKind.APPLICANT, ActorKind.STAFF})
    OPENS = True

    jwks: JsonObject | None
    kids: WhereGiven[tuple[str, ...]] = None
    fingerprint: WhereGiven[str] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OisOperatorInvited(Content):
    """The operator of the OIS gets a base key; `reset` where the account was in use."""

    KIND = EventKind.OIS_OPERATOR_INVITED
    CLAUSES = ("cl. 6",)
    ACTORS = frozenset({ActorKind.STAFF})
    OPENS = True

    base_key_id: str
    reset: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OisConnected(Content):
    """The OIS may be given mandates, and has these rights."""

    KIND = EventKind.OIS_CONNECTED
    CLAUSES = ("cl. 6",)
    ACTORS = frozenset({ActorKind.STAFF})
    OPENS = True

    rights: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OisSuspended(Content):
    """The OIS opens nothing until it is resumed.

    `agreement` and `accede_by` where it let the day pass by which it had to accede to that version.
    """

    KIND = EventKind.OIS_SUSPENDED
    CLAUSES = ("cl. 6",)
    ACTORS = BY_PROVISIONING

    agreement: WhereGiven[str] = None
    accede_by: WhereGiven[date] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OisResumed(Content):
    """The OIS works again."""

    KIND = EventKind.OIS_RESUMED
    CLAUSES = ("cl. 6",)
    ACTORS = frozenset({ActorKind.STAFF})
    OPENS = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OisTerminated(Content):
    """The connection is over for good."""

    KIND = EventKind.OIS_TERMINATED
    CLAUSES = ("cl. 6",)
    ACTORS = frozenset({ActorKind.STAFF})


@dataclass(frozen=True, slots=True, kw_only=True)
class OisRejected(Content):
    """The application is rejected for good."""

    KIND = EventKind.OIS_REJECTED
    CLAUSES = ("cl. 6",)
    ACTORS = frozenset({ActorKind.STAFF})
