"""Policy of what happens by itself to keys and OIS, who approves, how often `watch` looks: sections of `realm.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ApiKeyPolicy:
    """How old the secret of an API key may grow, and how long two keys may live side by side. Source: order cl. 4.

    `max_age` None: keys do not age. `warn_before`: how long before its end the owner gets a mail, longest first.
    """

    max_age: timedelta | None = None
    warn_before: tuple[timedelta, ...] = (30 * _DAY, 14 * _DAY, 3 * _DAY)
    default_overlap: timedelta = 24 * _HOUR
    max_overlap: timedelta = 30 * _DAY


class Approval(StrEnum):
    """Who decides on an institution's request to cut its key off. Source: order cl. 8."""

    STANDING = "standing"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class CutOffPolicy:
    """STANDING: a request is carried out at once. ADMINISTRATOR: it waits for a decision."""

    approval: Approval = Approval.STANDING


class Overdue(StrEnum):
    """What becomes of an OIS that lets the day to accede to a new agreement pass. Source: order cl. 6."""

    SUSPEND = "suspend"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class AccessionPolicy:
    """Rules of accession. `remind_before`: how long before the last day OIS that have not acceded get a mail, longest
    first.
    """

    remind_before: tuple[timedelta, ...] = (30 * _DAY, 14 * _DAY, 3 * _DAY)
    overdue: Overdue = Overdue.SUSPEND


class BulkApproval(StrEnum):
    """Who decides that several accounts are deactivated at once. Source: order cl. 10."""

    SINGLE = "single"
    FOUR_EYES = "four-eyes"


@dataclass(frozen=True, slots=True)
class DeactivationPolicy:
    """SINGLE: an administrator decides alone. FOUR_EYES: one proposes, another approves within `proposal_lifespan`.

    The usual values are the stricter ones: they hold when `realm.yaml` cannot be read.
    """

    bulk_approval: BulkApproval = BulkApproval.FOUR_EYES
    proposal_lifespan: timedelta = 24 * _HOUR


@dataclass(frozen=True, slots=True)
class WatchPolicy:
    """How often each duty of `provision watch` is done; None: never."""

    configuration: timedelta | None = timedelta(seconds=30)
    tasks: timedelta | None = timedelta(seconds=5)
    mail: timedelta | None = timedelta(seconds=15)
    convergence: timedelta | None = timedelta(minutes=5)
    closing: timedelta | None = timedelta(seconds=20)
    drift: timedelta | None = timedelta(minutes=60)
    key_ageing: timedelta | None = timedelta(minutes=60)
    key_use: timedelta | None = timedelta(minutes=5)
    accession: timedelta | None = timedelta(minutes=60)
    counts: timedelta | None = timedelta(hours=24)
    checkpoint: timedelta | None = timedelta(minutes=5)
