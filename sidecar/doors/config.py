"""Flask's configuration from the installation's settings. Owns cookie names, lifetimes and limits of requests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from provisioning.settings import Settings, SettingsError
from sidecar.doors.served import PAGES, Served, name_apart, secret_apart

SESSION_MAX: Final = timedelta(minutes=30)
"""A session that was not renewed at Keycloak for this long is over."""

SESSION_SECRET_MIN_BYTES: Final = 32

MAX_REQUEST_BYTES: Final = 64 * 1024
"""No page takes uploads, so a larger body is a mistake or an attack."""


def behind_tls(settings: Settings) -> bool:
    """Return whether browsers reach the sidecar by https, whatever runs between proxy and process."""
    return settings.sidecar_url.startswith("https://")


def trusted_proxies(settings: Settings) -> int:
    """Return how many reverse proxies' `X-Forwarded-*` headers are believed. Raises SettingsError."""
    text = settings.get("AIKOM_TRUSTED_PROXIES") or "0"
    if not text.isascii() or not text.isdigit():
        raise SettingsError(f"AIKOM_TRUSTED_PROXIES is {text!r}", remedy="set it to a number: 0, 1, 2")
    return int(text)


def loopback_hosts(settings: Settings) -> frozenset[str]:
    """Return the host names of OIS that may lead to this machine: none, except for rehearsals."""
    return frozenset(filter(None, (settings.get("AIKOM_LOOPBACK_OIS_HOSTS") or "").lower().split(",")))


def keycloak_origin(settings: Settings) -> str:
    """Return scheme, host and port of Keycloak as browsers reach it."""
    return "{0.scheme}://{0.netloc}".format(urlsplit(settings.keycloak_public_url))


def form_targets(settings: Settings) -> str:
    """Return the sites besides this one that a form may lead to: Keycloak at sign-out, and the public part after it."""
    apart = [] if settings.public_url == settings.sidecar_url else [settings.public_url]
    return " ".join([keycloak_origin(settings), *apart])


def flask_config(settings: Settings, parts: frozenset[Served]) -> dict[str, Any]:
    """Return the values for `Flask.config`. Raises SettingsError when a setting cannot be used.

    A process without pages has no sessions, and needs no secret for them.
    """
    _check_public_url(settings.sidecar_url)
    secure = behind_tls(settings)
    return {
        "SECRET_KEY": _session_secret(settings, parts) if parts & PAGES else None,
        # The __Host- prefix makes browsers refuse a cookie that a neighbouring host or plain http has planted.
        "SESSION_COOKIE_NAME": name_apart("__Host-aikom" if secure else "aikom", parts),
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": SESSION_MAX,
        "MAX_CONTENT_LENGTH": MAX_REQUEST_BYTES,
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(hours=1),
        "BOOTSTRAP_SERVE_LOCAL": True,
        "WTF_CSRF_TIME_LIMIT": None,  # The token lives as long as the session it is bound to.
        "WTF_CSRF_SSL_STRICT": False,  # `same_origin` checks Origin and Sec-Fetch-Site instead of Referer.
    }


def _session_secret(settings: Settings, parts: frozenset[Served]) -> str:
    given = settings.secret("AIKOM_SESSION_SECRET").reveal()
    if len(given.encode()) < SESSION_SECRET_MIN_BYTES:
        raise SettingsError(
            f"AIKOM_SESSION_SECRET is shorter than {SESSION_SECRET_MIN_BYTES} bytes",
            remedy="set it to the output of `openssl rand -base64 48`",
        )
    return secret_apart(settings, parts).reveal()


def _check_public_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query:
        raise SettingsError(
            f"AIKOM_SIDECAR_URL is {url!r}", remedy="give scheme, host and port only, such as https://access.example.ua"
        )
