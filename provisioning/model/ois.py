"""Third-party systems (OIS) and the mandates that institutions give them, as values (order cl. 5, 6, 8).

What the events add up to; the ledger's projection is the only maker of these records. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NewType

from .identifiers import ClientId, Username

Slug = NewType("Slug", str)
"""Short name of an OIS in addresses and client ids: lower-case Latin letters, digits, single hyphens."""

SLUG_PATTERN: Final = r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$"
OIS_CLIENT_PREFIX: Final = "ois-"


def ois_client_id(slug: Slug) -> ClientId:
    """OAuth client id of an OIS, which is also the name of its mandate's client scope."""
    return ClientId(f"{OIS_CLIENT_PREFIX}{slug}")


class OisState(StrEnum):
    """Where an OIS is. Only CONNECTED opens anything; REJECTED and TERMINATED are final. Source: order cl. 6."""

    APPLIED = "applied"
    CONNECTED = "connected"
    SUSPENDED = "suspended"
    REJECTED = "rejected"
    TERMINATED = "terminated"


@dataclass(frozen=True, slots=True)
class OisRecord:
    """One OIS. `rights` are those the Administrator granted; `conclusion_until` is the conclusion's last day.

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

    @property
    def client_id(self) -> ClientId:
        return ois_client_id(self.slug)


class MandateState(StrEnum):
    """Where a mandate is. WITHDRAWN is final: a new contract is a new mandate."""

    GRANTED = "granted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class MandateRecord:
    """An account's grant to one OIS under a contract. At most one stands for an account and an OIS.

    `until` is the last day on which it stands, None for no end. `rights` are never more than the institution's and
    the OIS's together allow. Source: order cl. 5.
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

    def stands(self, today: date) -> bool:
        """Whether it allows anything on a day."""
        return self.state is MandateState.GRANTED and (self.until is None or today <= self.until)
