"""Headers of every response: what browsers may do with our pages, and who may keep them.

Fail safe: a response that does not say how long it may be kept is not kept at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from flask import Flask, Response, g

HSTS_S: Final = 365 * 24 * 3600

_NO_FRAMES: Final = "frame-ancestors 'none'"

_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def content_security_policy(form_targets: str) -> str:
    """Return the policy: our own files only, no inline script or style; forms go to us and, at sign-out, Keycloak.

    `form_targets` are the other origins that a form may lead to, with spaces.
    """
    return "; ".join(
        (
            "default-src 'self'",
            "base-uri 'none'",
            f"form-action 'self' {form_targets}",
            _NO_FRAMES,
            "img-src 'self' data:",  # Bootstrap's style sheet draws its small symbols with data: images.
            "object-src 'none'",
        )
    )


def allow_frames(origins: Sequence[str]) -> None:
    """Let pages of these origins show this answer in a frame. Only for pages on which nothing can be done."""
    g.frame_ancestors = tuple(origins)


def init_headers(app: Flask, form_targets: str, *, tls: bool) -> None:
    """Set the headers on every response of the application, errors and static files included."""
    app.after_request(_setter(content_security_policy(form_targets), tls))


def _setter(policy: str, tls: bool) -> Callable[[Response], Response]:
    def set_headers(response: Response) -> Response:
        response.headers.update(_ALWAYS)
        response.headers["Content-Security-Policy"] = policy
        if origins := g.get("frame_ancestors"):
            framed = policy.replace(_NO_FRAMES, f"frame-ancestors {' '.join(origins)}")
            response.headers["Content-Security-Policy"] = framed
            del response.headers["X-Frame-Options"]  # It knows no list of origins.
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if tls:
            response.headers["Strict-Transport-Security"] = f"max-age={HSTS_S}"
        if not response.cache_control.to_header():
            response.cache_control.no_store = True
        return response

    return set_headers
