"""Headers of every response: what browsers may do with our pages, and who may keep them.

Fail safe: a response that does not say how long it may be kept is kept by nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Flask, Response

HSTS_S: Final = 365 * 24 * 3600

_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def content_security_policy(keycloak_origin: str) -> str:
    """Only our own files, no inline script or style; forms go to us and, for sign-out, on to Keycloak."""
    return "; ".join(
        (
            "default-src 'self'",
            "base-uri 'none'",
            f"form-action 'self' {keycloak_origin}",
            "frame-ancestors 'none'",
            "img-src 'self' data:",  # Bootstrap's style sheet draws its small symbols with data: images.
            "object-src 'none'",
        )
    )


def init_headers(app: Flask, keycloak_origin: str, *, tls: bool) -> None:
    """Set the headers on every response of the application, errors and static files included."""
    app.after_request(_setter(content_security_policy(keycloak_origin), tls))


def _setter(policy: str, tls: bool) -> Callable[[Response], Response]:
    def set_headers(response: Response) -> Response:
        response.headers.update(_ALWAYS)
        response.headers["Content-Security-Policy"] = policy
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if tls:
            response.headers["Strict-Transport-Security"] = f"max-age={HSTS_S}"
        if not response.cache_control.to_header():
            response.cache_control.no_store = True
        return response

    return set_headers
