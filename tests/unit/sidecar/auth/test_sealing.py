"""The sealed cookie that spares a second question at sign-out."""

from __future__ import annotations

from flask import Flask, Response, request

from provisioning.model.secret import Secret
from sidecar.auth.logout_hint import LogoutHint

TOKEN = Secret("header.payload.signature")
KEY = Secret("a-session-secret-of-more-than-32-bytes")


def _cookie(hint: LogoutHint, token: Secret) -> str | None:
    response = Response()
    hint.remember(response, token)
    return response.headers.get("Set-Cookie")


def _read(hint: LogoutHint, cookie: str) -> Secret | None:
    with Flask(__name__).test_request_context(headers={"Cookie": cookie.split(";", maxsplit=1)[0]}):
        return hint.read(request)


def test_what_was_sealed_is_read_back() -> None:
    hint = LogoutHint(KEY, tls=True)
    cookie = _cookie(hint, TOKEN)
    assert cookie is not None
    assert _read(hint, cookie) == TOKEN


def test_the_cookie_is_unreadable_narrow_and_closed_to_scripts() -> None:
    cookie = _cookie(LogoutHint(KEY, tls=True), TOKEN)
    assert cookie is not None
    assert "payload" not in cookie
    assert cookie.startswith("__Secure-aikom-logout=")
    assert {"Secure", "HttpOnly", "Path=/auth/logout", "SameSite=Lax"} <= set(cookie.split("; "))


def test_a_cookie_sealed_with_another_key_or_changed_is_none() -> None:
    cookie = _cookie(LogoutHint(Secret("another-secret-of-more-than-32-bytes!!"), tls=False), TOKEN)
    assert cookie is not None
    hint = LogoutHint(KEY, tls=False)
    assert _read(hint, cookie) is None
    assert _read(hint, "aikom-logout=eyJhbGciOiJub25lIn0..a.b.c") is None
    assert _read(hint, "aikom-logout=nonsense") is None
    assert _read(hint, "aikom-logout=") is None


def test_a_token_that_browsers_would_drop_is_not_kept() -> None:
    assert _cookie(LogoutHint(KEY, tls=False), Secret("x" * 4000)) is None
