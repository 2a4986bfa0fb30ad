"""A process of one part: its pages and no others, its secrets and no others, and links to the rest at their address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from werkzeug.routing import BuildError

from provisioning.settings import Settings, SettingsError
from sidecar.app import create_app
from sidecar.blueprints import MOUNTED, every_route
from sidecar.doors.served import PAGES, SIGNING_IN, Served
from tests.support import sidecar_people as people
from tests.support.sidecar_running import SETTINGS, Sidecar, close, signed_in

pytest_plugins = ("tests.support.sidecar_fixtures",)

DESK = "http://desk.localhost"
_ADDRESSES = ("AIKOM_KEYCLOAK_URL", "AIKOM_REALM", "AIKOM_PROVISIONING_CLIENT", "AIKOM_CONFIG", "AIKOM_SIDECAR_URL")
_NEEDED = {
    Served.PUBLIC: ("AIKOM_DATABASE_URL", "AIKOM_SESSION_SECRET", "AIKOM_SIGNING_KEY"),
    Served.PORTAL: ("AIKOM_DATABASE_URL", "AIKOM_SESSION_SECRET", "AIKOM_SIDECAR_SECRET"),
    Served.DESK: ("AIKOM_DATABASE_URL", "AIKOM_SESSION_SECRET", "AIKOM_SIDECAR_SECRET"),
    Served.GATE: ("AIKOM_DATABASE_URL",),
    Served.SANDBOX: ("AIKOM_SANDBOX_DATABASE_URL", "AIKOM_SANDBOX_SECRET", "AIKOM_SANDBOX_REALM"),
}
"""Part → what it needs to start besides addresses: no other part's secret."""


def _settings(part: Served, sidecar: Sidecar, folder: Path) -> Settings:
    every = {
        **SETTINGS,
        "AIKOM_DATABASE_URL": sidecar.app.extensions["aikom.settings"].database_url,
        "AIKOM_SANDBOX_DATABASE_URL": f"sqlite:///{folder / 'sandbox.sqlite'}",
        "AIKOM_SANDBOX_SECRET": "secret-of-the-sandbox",
        "AIKOM_SANDBOX_REALM": "aikom-sandbox",
    }
    own = {name: every[name] for name in (*_ADDRESSES, *_NEEDED[part])}
    return Settings({**own, "AIKOM_DESK_URL": DESK, "AIKOM_PARTS": part.value})


@pytest.fixture(params=list(Served), ids=str)
def part(request: pytest.FixtureRequest) -> Served:
    return Served(request.param)


@pytest.fixture
def app(part: Served, sidecar: Sidecar, tmp_path: Path) -> Iterator[Flask]:
    made = create_app(_settings(part, sidecar, tmp_path), clock=sidecar.clock)
    yield made
    close(made)


def _examples() -> set[tuple[str, str]]:
    """Address and endpoint of every page there is."""
    adapter = every_route().bind("localhost")
    rules = [rule for rule in every_route().iter_rules() if "GET" in (rule.methods or ())]
    paths = {rule.endpoint: re.sub(r"<(?:int:\w+)>", "1", re.sub(r"<\w+>", "some-name", rule.rule)) for rule in rules}
    return {(path, adapter.match(path, "GET")[0]) for path in paths.values()}


def test_it_has_its_own_pages_and_answers_404_to_every_other(part: Served, app: Flask) -> None:
    parts = {mounted.blueprint.name: mounted.parts for mounted in MOUNTED}
    client, others = app.test_client(), 0
    for path, endpoint in sorted(_examples()):
        code = client.get(path).status_code
        if part not in parts[endpoint.split(".")[0]]:
            assert code == 404, path
            others += 1
    assert {mounted.blueprint.name for mounted in MOUNTED if part in mounted.parts} <= set(app.blueprints)
    assert others > 20


def test_it_says_whether_it_is_alive_and_ready(app: Flask) -> None:
    assert app.test_client().get("/health/live").status_code == 200
    ready = app.test_client().get("/health/ready")
    assert set(ready.json["checks"]) == {"ledger", "keycloak"}


def test_people_sign_in_only_where_they_have_pages(part: Served, app: Flask) -> None:
    answer = app.test_client().get("/auth/login")
    assert answer.status_code == (302 if part in SIGNING_IN else 404)


def test_it_lacks_what_only_other_parts_need(part: Served, app: Flask) -> None:
    registered = {name.removeprefix("aikom.") for name in app.extensions if name.startswith("aikom.")}
    powers = {
        "office": PAGES,
        "signer": {Served.PUBLIC},
        "sso": SIGNING_IN,
        "logout-hint": SIGNING_IN,
        "realm-keys": {Served.PORTAL},
        "outside": SIGNING_IN,
    }
    assert {name for name in powers if name in registered} == {name for name, parts in powers.items() if part in parts}


@pytest.mark.parametrize("part", sorted(PAGES), indirect=True, ids=str)
def test_a_page_that_cannot_be_shown_links_to_the_parts_that_have_others(part: Served, app: Flask) -> None:
    text = app.test_client().get("/no-such-page", headers={"Accept": "text/html"}).get_data(as_text=True)
    home, login = (
        ("/", "/auth/login") if part is not Served.DESK else (f"{SETTINGS['AIKOM_SIDECAR_URL']}/", "/auth/login")
    )
    assert f'href="{home}"' in text
    assert f'href="{login}"' in text


@pytest.mark.parametrize("part", [Served.DESK], indirect=True, ids=str)
def test_a_form_of_the_desk_may_lead_to_the_public_part_where_signing_out_ends(app: Flask) -> None:
    policy = app.test_client().get("/health/live").headers["Content-Security-Policy"]
    assert "form-action 'self' http://127.0.0.1:9 http://localhost;" in policy


@pytest.mark.parametrize("part", [Served.PORTAL], indirect=True, ids=str)
def test_links_to_another_part_are_its_own_routes_at_its_address(app: Flask) -> None:
    with app.test_request_context("/account"):
        assert url_for("desk.institution", username="46-0001234", back="yes") == (
            f"{DESK}/desk/institutions/46-0001234?back=yes"
        )
        assert url_for("directory.one", slug="diary") == "/ois/diary"
        assert url_for("directory.page", _external=True) == "http://localhost/ois"
        assert url_for("desk.today", _anchor="запити").startswith(f"{DESK}/desk#%D0")
        with pytest.raises(BuildError):
            url_for("desk.no_such_page")
        with pytest.raises(BuildError):
            url_for("nothing.page")


def _browsers(sidecar: Sidecar, folder: Path) -> tuple[Flask, Flask]:
    portal, desk = (
        create_app(_settings(p, sidecar, folder), clock=sidecar.clock) for p in (Served.PORTAL, Served.DESK)
    )
    return portal, desk


def _carried(browser: FlaskClient, host: str, name: str) -> str:
    cookie = browser.get_cookie(name, domain=host)
    assert cookie is not None
    return str(cookie.value)


def test_the_session_of_one_part_opens_nothing_of_another(sidecar: Sidecar, tmp_path: Path) -> None:
    portal, desk = _browsers(sidecar, tmp_path)
    at_portal = signed_in(portal, people.ADMINISTRATOR, sidecar.clock())
    at_desk = signed_in(desk, people.ADMINISTRATOR, sidecar.clock())
    page = {"Accept": "text/html"}
    assert at_desk.get("/desk", headers=page).status_code == 200
    stolen = _carried(at_portal, "localhost", "aikom-portal")
    for name in ("aikom-portal", "aikom-desk", "aikom"):
        elsewhere = desk.test_client()
        elsewhere.set_cookie(name, stolen)
        assert elsewhere.get("/desk", headers=page).status_code == 302, "a login is asked for"
    close(portal)
    close(desk)


def test_every_part_asks_for_its_own_secrets_when_it_starts(part: Served, sidecar: Sidecar, tmp_path: Path) -> None:
    whole = _settings(part, sidecar, tmp_path)
    for name in set(_NEEDED[part]) - {"AIKOM_SIGNING_KEY", "AIKOM_SANDBOX_REALM"}:
        with pytest.raises(SettingsError) as caught:
            create_app(Settings({key: value for key, value in whole.values.items() if key != name}))
        assert name in caught.value.message
