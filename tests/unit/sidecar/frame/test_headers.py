"""Headers of every route, errors included."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from provisioning.ledger import open_ledger
from provisioning.settings import Settings
from sidecar.app import create_app
from tests.support import sidecar_people as people
from tests.support.sidecar_running import Sidecar, close

pytest_plugins = ("tests.support.sidecar_fixtures",)

PATHS = (
    "/",
    "/ois",
    "/ois.json",
    "/health/live",
    "/health/ready",
    "/static/site.css",
    "/bootstrap/static/css/bootstrap.min.css",
    "/auth/login",
    "/auth/callback",
    "/auth/logout",
    "/account",
    "/nothing-here",
)
PAGE = {"Accept": "text/html"}


@pytest.fixture
def behind_tls(sidecar_settings: Settings) -> Iterator[Flask]:
    app = create_app(Settings({**sidecar_settings.values, "AIKOM_SIDECAR_URL": "https://access.example.ua"}))
    yield app
    close(app)


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_says_what_browsers_may_do_with_it(sidecar: Sidecar, path: str) -> None:
    with sidecar.signed_in(people.SCHOOL).get(path, headers=PAGE) as response:
        headers = response.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert len(headers["X-Request-Id"]) == 16
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:9;" in policy
    assert "unsafe-" not in policy


@pytest.mark.parametrize("path", ["/", "/account", "/auth/login", "/auth/callback", "/nothing-here"])
def test_personal_pages_and_errors_are_kept_by_nobody(sidecar: Sidecar, path: str) -> None:
    with sidecar.signed_in(people.SCHOOL).get(path, headers=PAGE) as response:
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/ois", "/account", "/nothing-here"])
def test_pages_hold_no_inline_script_style_or_handler(sidecar: Sidecar, path: str) -> None:
    page = sidecar.signed_in(people.SCHOOL).get(path, headers=PAGE).get_data(as_text=True)
    # A link that somebody may follow fetches nothing by itself.
    page = re.sub(r'<a href="https://[^"]+">[^<]*</a>', "", page)
    for forbidden in ("<script", "<style", " style=", " onclick=", " onload=", "javascript:", "http://", "https://"):
        assert forbidden not in page


@pytest.mark.parametrize("path", PATHS)
def test_hsts_is_sent_behind_tls_only(sidecar: Sidecar, behind_tls: Flask, path: str) -> None:
    with behind_tls.test_client().get(path, base_url="https://access.example.ua") as response:
        assert response.headers["Strict-Transport-Security"] == "max-age=31536000"
    with sidecar.client().get(path) as response:
        assert "Strict-Transport-Security" not in response.headers


def test_the_list_made_for_frames_may_stand_in_one_where_it_is_allowed(
    sidecar_settings: Settings,
) -> None:
    allowed = {"AIKOM_EMBED_ORIGINS": "https://iea.example.ua https://www.iea.example.ua"}
    app = create_app(Settings({**sidecar_settings.values, **allowed}))
    open_ledger(sidecar_settings.database_url).close()
    framed, page = (app.test_client().get(path).headers for path in ("/ois/embed", "/ois"))
    close(app)
    assert "frame-ancestors https://iea.example.ua https://www.iea.example.ua;" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"


def test_without_the_setting_nothing_may_stand_in_a_frame(sidecar: Sidecar) -> None:
    headers = sidecar.client().get("/ois/embed").headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
