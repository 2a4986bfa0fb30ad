"""The signed session cookie: what is in it, when it begins, when it must be renewed, when it is over.

The cookie is signed, not encrypted: it holds claims about its own bearer and never a token.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flask import session

from sidecar.auth.identity import ClaimsUnusable, Identity
from sidecar.doors.config import SESSION_MAX

RENEW_AFTER: Final = timedelta(minutes=10)
"""Then the next page goes through Keycloak, which answers silently while its own session lasts. A login that ends there
is ended here at once (`backchannel`); should that message be lost, it is over here within this time all the same."""

FRESH_FOR: Final = timedelta(minutes=5)
"""How long after password and second factor a person may do what cannot be undone."""

_KEY: Final = "identity"
_LOGIN: Final = "login"
_BEGAN: Final = "began"
_PROVED: Final = "proved"


def begin(identity: Identity, now: datetime, proved_at: datetime | None = None, login: str | None = None) -> None:
    """Start a new session; whatever the cookie held before is gone. Source: docs/security.md row 23.

    `proved_at` is when password and second factor were given at Keycloak, None when it does not say. `login` is the
    login's id there (`sid`), by which it says that the login has ended.
    """
    session.clear()
    session.permanent = True
    session["id"] = secrets.token_urlsafe(16)
    session[_KEY] = identity.to_session()
    session[_LOGIN] = login
    session[_BEGAN] = int(now.timestamp())
    session[_PROVED] = int(proved_at.timestamp()) if proved_at is not None else 0


def end() -> None:
    """Forget the session and have the browser drop the cookie."""
    session.clear()


def current(now: datetime) -> Identity | None:
    """Return who is signed in; None without a session, or when it has ended."""
    stored: Any = session.get(_KEY)
    if stored is None or not timedelta() <= _age(now) < SESSION_MAX:
        return None
    try:
        return Identity.from_claims(stored)
    except ClaimsUnusable:  # A cookie that an older version of this program has signed.
        return None


def login() -> str | None:
    """Return the id of the login at Keycloak; None when it gave none."""
    stored: Any = session.get(_LOGIN)
    return stored if isinstance(stored, str) else None


def name(identity: Identity) -> str:
    """Return by what the cookies of one login are known, renewed ones too: its id at Keycloak, else its subject."""
    return login() or f"of {identity.subject}"


def began() -> datetime:
    """Return when the session began or was renewed, to the second."""
    return datetime.fromtimestamp(session.get(_BEGAN, 0), UTC)


def needs_renewal(now: datetime) -> bool:
    """Return whether the next page should ask Keycloak again."""
    return _age(now) >= RENEW_AFTER


def is_fresh(now: datetime) -> bool:
    """Return whether password and second factor were given just now. A time to come proves nothing."""
    return timedelta() <= now - datetime.fromtimestamp(session.get(_PROVED, 0), UTC) < FRESH_FOR


def _age(now: datetime) -> timedelta:
    return now - began()
