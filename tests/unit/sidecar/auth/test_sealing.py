"""Sealed cookies: the token that spares a second question at sign-out, and the proof of a sign-in."""

from __future__ import annotations

from flask import Flask, Response, request

from provisioning.model.secret import Secret
from sidecar.auth.logout_hint import PATH
from sidecar.auth.sealing import SealedToken
from sidecar.auth.session import FRESH_FOR
from sidecar.auth.sign_in_proof import PATHS

TOKEN = Secret("header.payload.signature")
KEY = Secret("a-session-secret-of-more-than-32-bytes")


def hint_of(secret: Secret, *, tls: bool) -> SealedToken:
    return SealedToken(secret, "logout hint", "aikom-logout", (PATH,), tls=tls)


def _cookie(hint: SealedToken, token: Secret) -> str | None:
    response = Response()
    hint.remember(response, token)
    return response.headers.get("Set-Cookie")


def _read(hint: SealedToken, cookie: str) -> Secret | None:
    with Flask(__name__).test_request_context(headers={"Cookie": cookie.split(";", maxsplit=1)[0]}):
        return hint.read(request)


def test_what_was_sealed_is_read_back() -> None:
    hint = hint_of(KEY, tls=True)
    cookie = _cookie(hint, TOKEN)
    assert cookie is not None
    assert _read(hint, cookie) == TOKEN


def test_the_cookie_is_unreadable_narrow_and_closed_to_scripts() -> None:
    cookie = _cookie(hint_of(KEY, tls=True), TOKEN)
    assert cookie is not None
    assert "payload" not in cookie
    assert cookie.startswith("__Secure-aikom-logout=")
    assert {"Secure", "HttpOnly", "Path=/auth/logout", "SameSite=Lax"} <= set(cookie.split("; "))


def test_a_cookie_sealed_with_another_key_or_changed_is_none() -> None:
    cookie = _cookie(hint_of(Secret("another-secret-of-more-than-32-bytes!!"), tls=False), TOKEN)
    assert cookie is not None
    hint = hint_of(KEY, tls=False)
    assert _read(hint, cookie) is None
    assert _read(hint, "aikom-logout=eyJhbGciOiJub25lIn0..a.b.c") is None
    assert _read(hint, "aikom-logout=nonsense") is None
    assert _read(hint, "aikom-logout=") is None


def test_a_token_that_browsers_would_drop_is_not_kept() -> None:
    assert _cookie(hint_of(KEY, tls=False), Secret("x" * 4000)) is None


def test_the_proof_of_a_sign_in_goes_to_the_pages_of_keys_and_ends_with_what_it_proves() -> None:
    proof, response = SealedToken(KEY, "proof of a sign-in", "aikom-proof", PATHS, tls=True, life=FRESH_FOR), Response()
    proof.remember(response, TOKEN)
    cookies = response.headers.getlist("Set-Cookie")
    assert len(cookies) == len(PATHS)
    for cookie, path in zip(cookies, PATHS, strict=True):
        assert {f"Path={path}", "Max-Age=300", "HttpOnly", "Secure"} <= set(cookie.split("; "))
        assert _read(proof, cookie) == TOKEN


def test_what_was_sealed_for_one_purpose_is_read_for_no_other() -> None:
    proof = SealedToken(KEY, "proof of a sign-in", "aikom-proof", PATHS, tls=False)
    cookie = _cookie(hint_of(KEY, tls=False), TOKEN)
    assert cookie is not None
    assert _read(proof, cookie.replace("aikom-logout", "aikom-proof")) is None
