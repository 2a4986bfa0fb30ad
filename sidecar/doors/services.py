"""What the views work with, made once by `create_app` and reached through the current application."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, cast

from flask import current_app

from provisioning.model.calendar import kyiv_day
from provisioning.settings import Settings
from sidecar.applications.policies import Policies
from sidecar.auth.logout_hint import LogoutHint
from sidecar.auth.sso import SsoClient
from sidecar.directory.source import LedgerDirectory
from sidecar.doors.office import Office
from sidecar.doors.realm_keys import RealmKeys
from sidecar.doors.records import Records
from sidecar.doors.signing import Signer
from sidecar.health.keycloak import KeycloakProbe
from sidecar.outside.fetching import Outside
from sidecar.sandbox.services import Sandbox

EXTENSION: Final = "aikom"


@dataclass(frozen=True, slots=True)
class Services:
    """The application's own parts. `clock` gives aware UTC times; `sandbox` is None where there is none."""

    settings: Settings
    clock: Callable[[], datetime]
    records: Records
    office: Office
    directory: LedgerDirectory
    keycloak: KeycloakProbe
    sso: SsoClient
    logout_hint: LogoutHint
    policies: Policies
    outside: Outside
    signer: Signer
    realm_keys: RealmKeys
    sandbox: Sandbox | None

    def today(self) -> date:
        """Return the day in Kyiv."""
        return kyiv_day(self.clock())


def services() -> Services:
    """The parts of the application that handles this request."""
    return cast(Services, current_app.extensions[EXTENSION])
