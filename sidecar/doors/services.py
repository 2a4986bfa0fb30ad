"""What every application of the sidecar has: its settings, its clock, and the ledger to read from. No secret is needed.

Whatever can change something, or sign it, is a part of its own: `office`, `signing`, `auth.sso`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from flask import Flask

from provisioning.model.calendar import kyiv_day
from provisioning.settings import Settings
from sidecar.doors.onboarding import OnboardingFiles, onboarding
from sidecar.doors.parts import Part
from sidecar.doors.records import Records, records
from sidecar.doors.rollback import RollbackGuard

Clock = Callable[[], datetime]

settings: Final = Part[Settings]("settings")
clock: Final = Part[Clock]("clock")


def current_time() -> datetime:
    """Return the time by the application's clock, UTC."""
    return clock()()


def current_day() -> date:
    """Return the day in Kyiv."""
    return kyiv_day(current_time())


def init_services(app: Flask, given: Settings, ticking: Clock) -> None:
    """Register settings, clock, ledger and the configuration of registration. Contacts nothing."""
    settings.register(app, given)
    clock.register(app, ticking)
    records.register(app, Records(given.database_url, ticking, RollbackGuard(given)))
    onboarding.register(app, OnboardingFiles(given.config_dir))
