"""Who may cause an event: the closed list of actor kinds, and how each is written in the record.

A recorded actor is a kind and a name, `staff:olena`, `institution:46-0001234`; some kinds have no name. Which kinds of
actor may cause which event is part of the event's type.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class ActorKind(StrEnum):
    """A kind of actor. `AUTHORITY` is recorded as `institution`, by its account's name."""

    STAFF = "staff"
    """The Administrator's people: at their desk, or on the command line under their name of the operating system."""
    INSTITUTION = "institution"
    AUTHORITY = "authority"
    OPERATOR = "operator"
    """An OIS's person who is signed in."""
    APPLICANT = "applicant"
    """Whoever opened the link that was mailed to the address in an OIS's application."""
    PUBLIC = "public"
    """Anybody, who stays unknown."""
    WATCH = "watch"
    """`provision watch`."""
    SANDBOX = "sandbox"
    """The self-test of OIS, which reports what it found."""
    PROVISION = "provision"
    """The program itself, where it opens a ledger."""


BY_PROVISIONING: Final = frozenset({ActorKind.STAFF, ActorKind.WATCH})
"""Where an event follows from the configuration or from the clock: a person at the command line, or the watch."""

SYSTEM_USERS: Final = frozenset({ActorKind.INSTITUTION, ActorKind.AUTHORITY})
"""Those with an account in AIKOM. Source: order cl. 2."""

_WRITTEN: Final[Mapping[str, ActorKind]] = {str(kind): kind for kind in ActorKind if kind is not ActorKind.AUTHORITY}


def kind_of(actor: str) -> ActorKind | None:
    """Return the kind of a recorded actor; None for one of no known kind. An authority reads as an institution."""
    return _WRITTEN.get(actor.partition(":")[0])
