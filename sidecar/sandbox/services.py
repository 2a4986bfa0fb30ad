"""What pages and API of the sandbox work with: its ledger, its realm's keys, and how soon an OIS has to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Flask

from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.realm_keys import issuer_of
from provisioning.settings import Settings, sandbox_settings, stop_within_s
from sidecar.doors.office import Office
from sidecar.doors.parts import Part
from sidecar.doors.realm_keys import RealmKeys, keys_of_realm
from sidecar.doors.records import Records


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The sandbox of this installation. `settings` are its own; `issuer` is who signs its tokens."""

    settings: Settings
    records: Records
    office: Office
    realm_keys: RealmKeys
    issuer: str
    stop_s: int

    @property
    def database_url(self) -> str:
        """Return the address of the invented central database."""
        return f"{self.settings.sidecar_url}/sandbox"


def sandbox_of(settings: Settings, clock: Callable[[], datetime]) -> Sandbox | None:
    """Make the sandbox, where this installation has one. Contacts nothing. Raises SettingsError."""
    if not settings.has_sandbox:
        return None
    own = sandbox_settings(settings)
    records = Records(own.database_url, clock)
    keys = keys_of_realm(own)
    # A realm and a ledger of its own: what acts there holds their account, and no power over the real ones.
    office = Office(records, lambda ledger, page: Actor.from_settings(own, ledger, page.value))
    return Sandbox(own, records, office, keys, issuer_of(own), stop_within_s(settings))


sandbox: Final = Part[Sandbox]("sandbox")
"""Not registered where the installation has none."""


def init_sandbox(app: Flask, settings: Settings, clock: Callable[[], datetime]) -> None:
    """Let pages and API of this application reach the sandbox, where there is one. Raises SettingsError."""
    found = sandbox_of(settings, clock)
    if found is not None:
        sandbox.register(app, found)
