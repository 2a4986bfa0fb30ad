"""An application under test: its ledger, its clock, and browsers in which somebody is signed in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path

from flask import Flask, session
from flask.testing import FlaskClient

from provisioning.ledger import Ledger
from sidecar.auth import session as signed
from sidecar.auth.identity import Identity
from sidecar.doors.records import records

SETTINGS = {
    # Nothing listens on port 9: a test that needs Keycloak says so and brings one.
    "AIKOM_KEYCLOAK_URL": "http://127.0.0.1:9",
    "AIKOM_REALM": "aikom",
    "AIKOM_PROVISIONING_CLIENT": "provisioning",
    "AIKOM_PROVISIONING_SECRET": "secret-of-provisioning",
    "AIKOM_PUBLIC_ACCOUNT_SECRET": "secret-of-public",
    "AIKOM_PORTAL_ACCOUNT_SECRET": "secret-of-portal",
    "AIKOM_DESK_ACCOUNT_SECRET": "secret-of-desk",
    "AIKOM_CONFIG": str(Path(__file__).parents[2] / "realm-config"),
    "AIKOM_SIDECAR_SECRET": "secret-of-the-client",
    "AIKOM_SIDECAR_URL": "http://localhost",
    "AIKOM_SIGNING_KEY": "A" * 43,
    "AIKOM_SESSION_SECRET": "a-session-secret-of-more-than-32-bytes",
}


@dataclass
class MovableClock:
    """A clock that stands until a test moves it."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 24, 12, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


@dataclass(frozen=True)
class Sidecar:
    """An application with its ledger and clock."""

    app: Flask
    ledger: Ledger
    clock: MovableClock

    def client(self) -> FlaskClient:
        """A browser without cookies."""
        return self.app.test_client()

    def signed_in(self, who: Identity) -> FlaskClient:
        """A browser in which `who` has just given password and second factor."""
        return signed_in(self.app, who, self.clock())


def signed_in(
    app: Flask, who: Identity, now: datetime, proved_at: datetime | None = None, login: str | None = None
) -> FlaskClient:
    """A browser whose session began at `now`, with a login of that moment unless `proved_at` is another.

    `login` is the login's id at Keycloak.
    """
    client = app.test_client()
    with app.test_request_context():
        signed.begin(who, now, now if proved_at is None else proved_at, login)
        response = app.make_response("")
        app.session_interface.save_session(app, session, response)  # type: ignore[arg-type]  # a proxy of it
    for name, cookie in SimpleCookie(response.headers["Set-Cookie"]).items():
        client.set_cookie(name, cookie.value)
    return client


def close(app: Flask) -> None:
    """Give the application's database connections back."""
    records.of(app).close()
