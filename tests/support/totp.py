"""One-time codes of RFC 6238, as an authenticator app computes them: SHA-1, six digits, thirty seconds."""

from __future__ import annotations

import base64
import hmac
import time

STEP_S = 30


def next_totp(secret: str) -> str:
    """The code after the present one: Keycloak takes each code once, and one step ahead is within its tolerance."""
    return totp(secret, time.time() + STEP_S)


def totp(secret: str, at: float | None = None) -> str:
    """The code for a Base32 secret (spaces allowed) at a time in seconds since 1970; now when not given."""
    text = secret.replace(" ", "").upper()
    key = base64.b32decode(text + "=" * (-len(text) % 8))
    step = int((time.time() if at is None else at) // STEP_S)
    digest = hmac.digest(key, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
