"""Which parts of the sidecar this process serves, and at which public address each part is.

One code, several processes: each serves its own parts, with its own database role and secrets, and has no page of
another one. Owns the setting AIKOM_PARTS; which page belongs to which part is `blueprints`. Source: docs/security.md
rows 44 and 46.
"""

from __future__ import annotations

import hashlib
import hmac
from enum import StrEnum
from typing import Final

from flask import Flask

from provisioning.model.secret import Secret
from provisioning.settings import Settings, SettingsError
from sidecar.doors.parts import Part


class Served(StrEnum):
    """A part of the sidecar that may be a process of its own."""

    PUBLIC = "public"
    """Everybody: the list, applications, reports of leaked keys, reasons of refusals."""
    PORTAL = "portal"
    """Institutions, authorities, operators of OIS, applicants; the API of OIS."""
    DESK = "desk"
    """The Administrator's people."""
    GATE = "gate"
    """The central database's proxy."""
    SANDBOX = "sandbox"
    """OIS under test: the invented central database."""


SIGNING_IN: Final = frozenset({Served.PORTAL, Served.DESK})
"""Parts in which people sign in at Keycloak."""

PAGES: Final = frozenset({Served.PUBLIC, Served.PORTAL, Served.DESK})
"""Parts with pages and sessions."""

EVERYTHING: Final = frozenset(Served)

served: Final = Part[frozenset[Served]]("served-parts")
"""What the application serves that handles this request."""


def served_parts(settings: Settings) -> frozenset[Served]:
    """Return the parts that this process serves: all unless AIKOM_PARTS names some.

    Raises SettingsError for a name that no part has, and for parts of one process with different addresses.
    """
    text = settings.get("AIKOM_PARTS")
    names = [] if text is None else [name.strip() for name in text.split(",")]
    unknown = sorted(set(names) - set(Served))
    if unknown:
        raise SettingsError(
            f"AIKOM_PARTS names {', '.join(map(repr, unknown))}, which no part of the sidecar is called",
            remedy=f"name some of {', '.join(Served)}, with commas; leave it out for all of them",
        )
    parts = frozenset(map(Served, names)) or EVERYTHING
    addresses = {address_of(settings, part) for part in parts & PAGES}
    if len(addresses) > 1:
        raise SettingsError(
            f"one process cannot serve pages at {' and '.join(sorted(addresses))}",
            remedy="give its parts one address, or start a process for each of them with AIKOM_PARTS",
        )
    return parts


def address_of(settings: Settings, part: Served) -> str:
    """Return the address of a part as browsers reach it, without a slash at its end."""
    own = {Served.PUBLIC: settings.public_url, Served.PORTAL: settings.portal_url, Served.DESK: settings.desk_url}
    return own.get(part, settings.sidecar_url)


def settings_here(settings: Settings, parts: frozenset[Served]) -> Settings:
    """Return the settings as a process of these parts sees them: AIKOM_SIDECAR_URL is its own address."""
    own = next((address_of(settings, part) for part in Served if part in parts & PAGES), settings.sidecar_url)
    others = {
        "AIKOM_PUBLIC_URL": settings.public_url,
        "AIKOM_PORTAL_URL": settings.portal_url,
        "AIKOM_DESK_URL": settings.desk_url,
    }
    return Settings({**settings.values, **others, "AIKOM_SIDECAR_URL": own})


def name_apart(name: str, parts: frozenset[Served]) -> str:
    """Return the name of a cookie or key as these parts call it, so that no process reads another one's."""
    return name if parts == EVERYTHING else "-".join([name, *sorted(parts & PAGES)])


def secret_apart(settings: Settings, parts: frozenset[Served]) -> Secret:
    """Return the key of this process's sessions: another one for other parts, even under the same AIKOM_SESSION_SECRET.

    Raises SettingsError without the setting.
    """
    secret = settings.secret("AIKOM_SESSION_SECRET")
    if parts == EVERYTHING:
        return secret
    return Secret(hmac.digest(secret.reveal().encode(), name_apart("session", parts).encode(), hashlib.sha256).hex())


def init_served(app: Flask, parts: frozenset[Served]) -> None:
    """Let this application know what it serves."""
    served.register(app, parts)
