"""Time of the watch's duty `closing` at size: a round that reads everything, and one that goes by Keycloak's events.

Both with nothing to close, in this process, as the watch has them once a minute. `bench.provisioning` prints them
beside reading every client and user once.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.ledger import open_ledger
from provisioning.registry import load_configuration
from provisioning.settings import Settings
from provisioning.watch.closing import Closing
from provisioning.watch.duty import DutyResult
from provisioning.watch.leadership import Leadership

_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Rounds:
    """Seconds of one round of each sort: `full` reads everything, `quick` is the middle one of several by events."""

    full: float
    quick: float


def measure_closing(settings: Settings, connection: KeycloakConnection, folder: Path) -> Rounds:
    """Measure rounds on a realm that is as `folder` says. Raises SystemExit when something was closed."""
    ledger = open_ledger(settings.database_url)
    try:
        leadership = Leadership(settings, ledger)
        leadership.applied = load_configuration(folder).require()
        closing = Closing(leadership, connection)
        full = _round(closing)
        quick = sorted(_round(closing) for _ in range(_ROUNDS))
    finally:
        ledger.close()
    return Rounds(full, quick[_ROUNDS // 2])


def _round(closing: Closing) -> float:
    started = time.perf_counter()
    found = closing.look()
    seconds = time.perf_counter() - started
    if found != DutyResult():
        raise SystemExit(f"a round found something to close, so its time means nothing: {found}")
    return seconds
