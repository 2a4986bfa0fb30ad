"""Tells an object that Keycloak refuses from a Keycloak that is away: the one is left aside, the other ends the run.

What is left aside is tried again with growing pauses, and after `TRIES` failures left to a person (decision 31).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import KeycloakError, KeycloakRefused, KeycloakStumbled

TRIES: Final = 6
"""Failures after which the watch leaves an object to a person; with the pauses below that is after five minutes."""

_FIRST_PAUSE: Final = timedelta(seconds=10)
_NOT_ALLOWED: Final = 403
_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Failure:
    """One object that Keycloak refuses: which, why, and what a person does about it. Holds no secret."""

    subject: str
    why: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.why}" + (f" ({self.remedy})" if self.remedy else "")


def failure_of(subject: str, error: KeycloakError) -> Failure:
    """Return the failure of an object in words."""
    return Failure(subject, error.message, error.remedy)


def concerns_one_object(error: KeycloakError, connection: KeycloakConnection) -> bool:
    """Return whether an error is about the object alone: Keycloak refuses it, or stumbles over it and answers else.

    An account of ours that may not do this at all (403) fails with every object, as wrong credentials do.
    """
    if isinstance(error, KeycloakRefused):
        return error.status != _NOT_ALLOWED
    return isinstance(error, KeycloakStumbled) and _answers(connection)


def pause_after(failures: int) -> timedelta | None:
    """Return how long to wait after so many failures of an object; None when it is left to a person."""
    return None if failures >= TRIES else _FIRST_PAUSE * (1 << max(failures - 1, 0))


def next_try(now: datetime, failures: int) -> datetime | None:
    """Return when to try again after so many failures; None when the object is left to a person."""
    pause = pause_after(failures)
    return None if pause is None else now + pause


def named(failures: Iterable[Failure]) -> str:
    """Name the first failures, and count the rest."""
    every = list(failures)
    rest = f"; and {len(every) - _NAMED} more" if len(every) > _NAMED else ""
    return "; ".join(map(str, every[:_NAMED])) + rest


def _answers(connection: KeycloakConnection) -> bool:
    try:
        return connection.get("") is not None
    except KeycloakError:
        return False
