"""Third-party systems (OIS) and the mandates that institutions give them, as values (order cl. 5, 6, 8).

What the events add up to; the ledger's projection is the only maker of these records. What may happen to an OIS in
which state is `ois_states`. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NewType

from provisioning.model.identifiers import ClientId, Username, parse_username

Slug = NewType("Slug", str)
"""Short name of an OIS in addresses and client ids: lower-case Latin letters, digits, single hyphens."""

MandateId = NewType("MandateId", str)
"""`<account>.<slug of the OIS>.<number>`: the number counts the mandates of this account for this OIS, from 1."""

SLUG_PATTERN: Final = r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$"
SLUG_LENGTH: Final = 40
OIS_CLIENT_PREFIX: Final = "ois-"
OPERATOR_PREFIX: Final = "operator-"

OPERATOR_ROLE: Final = "ois-operator"
"""Realm role of whoever runs an OIS. It opens nothing by itself: the account's name and its OIS must agree."""

_SLUG: Final = re.compile(SLUG_PATTERN)
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}")


def parse_slug(text: str) -> Slug | None:
    """Return the text as a slug; None when it is none."""
    return Slug(text) if len(text) <= SLUG_LENGTH and _SLUG.fullmatch(text) else None


def ois_client_id(slug: Slug) -> ClientId:
    """Return the OAuth client id of an OIS; also the name of its mandates' client scope and the subject
    of its events.
    """
    return ClientId(f"{OIS_CLIENT_PREFIX}{slug}")


def parse_ois_client_id(text: str) -> Slug | None:
    """Return the OIS in a client id; None when it is not one of an OIS."""
    return parse_slug(text.removeprefix(OIS_CLIENT_PREFIX)) if text.startswith(OIS_CLIENT_PREFIX) else None


def operator_username(slug: Slug) -> str:
    """Return the account name of an OIS's operator; it never looks like an institution's."""
    return f"{OPERATOR_PREFIX}{slug}"


def parse_operator_username(text: str) -> Slug | None:
    """Return the OIS whose operator has this user name; None when it is not one of an operator."""
    return parse_slug(text.removeprefix(OPERATOR_PREFIX)) if text.startswith(OPERATOR_PREFIX) else None


def mandate_id(account: Username, ois: Slug, number: int) -> MandateId:
    """Return the id of mandate `number` (from 1) of an account for an OIS."""
    if number < 1:
        raise ValueError(f"mandates are counted from 1, got {number}")
    return MandateId(f"{account}.{ois}.{number}")


def parse_mandate_id(text: str) -> tuple[Username, Slug, int] | None:
    """Return the account, the OIS and the number in a mandate's id; None when it is none."""
    account, _, rest = text.partition(".")
    name, _, number = rest.partition(".")
    slug = parse_slug(name)
    if parse_username(account) is None or slug is None or not _NUMBER.fullmatch(number):
        return None
    return Username(account), slug, int(number)


class OisState(StrEnum):
    """Where an OIS is. Only CONNECTED opens anything; REJECTED and TERMINATED are final. Source: order cl. 6."""

    APPLIED = "applied"
    CONNECTED = "connected"
    SUSPENDED = "suspended"
    REJECTED = "rejected"
    TERMINATED = "terminated"

    @property
    def is_over(self) -> bool:
        return self in (OisState.REJECTED, OisState.TERMINATED)


class ConclusionOutcome(StrEnum):
    """What the Administrator found on the technical requirements. Source: order cl. 6, annex 2."""

    POSITIVE = "positive"
    REMARKS = "remarks"
    NEGATIVE = "negative"


@dataclass(frozen=True, slots=True)
class OisRecord:
    """One OIS. Times are UTC and come from the events.

    `requested_rights` are those it applied for, `rights` those the Administrator granted at connection. `jwks` is its
    key set (RFC 7517) as canonical JSON text, None when it authenticates by a secret. `agreement_version` is the
    version of the accession agreement in force, `agreement_submitted` one that waits for the Administrator. The
    conclusion is the last one that is in force: `conclusion_until` is its last day, and its outcome is None when there
    is none or it was revoked. `proof_required` says that only tokens that are bound to its key count (DPoP, RFC 9449).
    `changed_seq` is the number of the last event that changed the record.

    Source: order cl. 5, 6.
    """

    slug: Slug
    name: str
    operator: str
    edrpou: str
    site: str
    state: OisState
    rights: tuple[str, ...]
    applied_at: datetime
    purposes: tuple[str, ...] = ()
    connected_at: datetime | None = None
    suspended_at: datetime | None = None
    suspension_reason: str | None = None
    agreement_version: str | None = None
    conclusion_number: str | None = None
    conclusion_until: date | None = None
    conclusion_outcome: ConclusionOutcome | None = None
    agreement_submitted: str | None = None
    requested_rights: tuple[str, ...] = ()
    email: str = ""
    jwks: str | None = None
    redirect_uris: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    data_location: str = ""
    ended_at: datetime | None = None
    proof_required: bool = False
    changed_seq: int = 0

    @property
    def client_id(self) -> ClientId:
        return ois_client_id(self.slug)

    def is_sound(self, today: date) -> bool:
        """Return whether it has both documents on a day: agreement and positive, unexpired conclusion. Source: order
        cl. 6.
        """
        until = self.conclusion_until
        positive = self.conclusion_outcome is ConclusionOutcome.POSITIVE
        return self.agreement_version is not None and positive and until is not None and today <= until

    def is_open(self, today: date) -> bool:
        """Return whether it may reach the central database on a day, under a mandate."""
        return self.state is OisState.CONNECTED and self.is_sound(today)


class MandateState(StrEnum):
    """Where a mandate is. WITHDRAWN is final: a new contract is a new mandate."""

    GRANTED = "granted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class MandateRecord:
    """An account's grant to one OIS under a contract. At most one is in force for an account and an OIS.

    `until` is the last day on which it is in force, None for no end. `rights` are never more than the institution's and
    the OIS's together allowed when it was given. `authority` is the account of the authority that gave it for the
    account, None when the account gave it itself. `changed_seq` is the number of the last event that changed it.
    Source: order cl. 5.
    """

    id: str
    username: Username
    ois: Slug
    rights: tuple[str, ...]
    contract_number: str
    contract_date: date
    state: MandateState
    granted_at: datetime
    until: date | None = None
    withdrawn_at: datetime | None = None
    withdrawal_reason: str | None = None
    authority: str | None = None
    changed_seq: int = 0

    def stands(self, today: date) -> bool:
        """Return whether it allows anything on a day."""
        return self.state is MandateState.GRANTED and (self.until is None or today <= self.until)
