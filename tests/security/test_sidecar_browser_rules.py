"""Sessions, forms and redirects as browsers meet them. Source: docs/security.md rows 23-25."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from provisioning.settings import Settings
from sidecar.app import create_app
from sidecar.blueprints import WITHOUT_FORM_TOKEN
from tests.support import sidecar_people as people
from tests.support.sidecar_forger import Forger, begin_login, come_back
from tests.support.sidecar_running import Sidecar, close

pytest_plugins = ("tests.support.sidecar_fixtures",)

PROGRAM = {"Accept": "application/json"}
PUBLIC = "https://access.example.ua"


@pytest.fixture
def behind_tls(sidecar: Sidecar, sidecar_settings: Settings) -> Iterator[Flask]:
    """A second application over the same ledger, reached by https."""
    app = create_app(Settings({**sidecar_settings.values, "AIKOM_SIDECAR_URL": PUBLIC}))
    yield app
    close(app)


def _token(client: FlaskClient, **where: str) -> str:
    page = client.get("/ois", **where).get_data(as_text=True)  # type: ignore[arg-type]  # base_url only
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def _sign_in(client: FlaskClient, keycloak: Forger) -> None:
    asked = begin_login(client)
    keycloak.answer(keycloak.sign(keycloak.claims(asked["nonce"])))
    assert come_back(client, asked["state"]) == 302


def test_a_session_planted_before_login_is_another_one_after_it(sidecar: Sidecar, keycloak: Forger) -> None:
    client = sidecar.signed_in(people.AUTHORITY)
    client.get("/ois")
    with client.session_transaction() as before:
        planted = dict(before)
    _sign_in(client, keycloak)
    with client.session_transaction() as after:
        assert after["id"] != planted["id"]
        assert "csrf_token" not in after
        assert after["identity"]["preferred_username"] == people.SCHOOL.username


def test_the_session_holds_no_token(sidecar: Sidecar, keycloak: Forger) -> None:
    client = sidecar.client()
    _sign_in(client, keycloak)
    with client.session_transaction() as stored:
        assert set(stored) == {"_permanent", "id", "identity", "login", "began", "proved"}
        assert "eyJ" not in str(dict(stored))


def test_cookies_behind_tls_belong_to_this_host_alone(behind_tls: Flask) -> None:
    response = behind_tls.test_client().get("/auth/login", base_url=PUBLIC)
    (cookie,) = response.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-aikom=")
    parts = set(cookie.split("; ")[1:])
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= parts
    assert not any(part.startswith("Domain") for part in parts)
    chosen = behind_tls.test_client().get("/?lang=en", base_url=PUBLIC).headers["Set-Cookie"]
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(chosen.split("; "))


def test_sign_out_works_with_its_token_and_ends_the_session(sidecar: Sidecar) -> None:
    client = sidecar.signed_in(people.SCHOOL)
    response = client.post("/auth/logout", data={"csrf_token": _token(client)}, headers={"Origin": "http://localhost"})
    assert response.status_code == 302
    assert response.location.startswith("http://127.0.0.1:9/realms/aikom/protocol/openid-connect/logout?")
    assert client.get("/account", headers=PROGRAM).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:81"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_write_from_another_site_is_refused_even_with_the_token(sidecar: Sidecar, headers: dict[str, str]) -> None:
    client = sidecar.signed_in(people.SCHOOL)
    response = client.post("/auth/logout", data={"csrf_token": _token(client)}, headers=headers)
    assert response.status_code == 403
    assert client.get("/account", headers=PROGRAM).status_code == 200


def _head(sidecar: Sidecar) -> tuple[int, str]:
    with sidecar.ledger.reader() as reader:
        return reader.head()


def test_a_write_without_the_token_or_with_another_sessions_is_refused(sidecar: Sidecar) -> None:
    client = sidecar.signed_in(people.SCHOOL)
    foreign = _token(sidecar.signed_in(people.AUTHORITY))
    for data in ({}, {"csrf_token": ""}, {"csrf_token": foreign}):
        assert client.post("/auth/logout", data=data).status_code == 403
    assert client.get("/account", headers=PROGRAM).status_code == 200


def test_no_route_changes_something_without_its_token_or_by_get(sidecar: Sidecar) -> None:
    writing = [rule for rule in sidecar.app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    pages = {rule.rule for rule in sidecar.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert writing
    for_programs = {(view.__module__, view.__name__) for view in WITHOUT_FORM_TOKEN}
    client = sidecar.signed_in(people.SCHOOL)
    before = _head(sidecar)
    for rule in writing:
        view = sidecar.app.view_functions[rule.endpoint]
        for_a_program = (view.__module__, view.__name__) in for_programs
        # Programs send JSON or a signed token, which no form of another site can do.
        # 404: this sidecar has no sandbox.
        refused = {400, 401, 404, 415} if for_a_program else {403}
        # A number where a route wants one; words go where it wants words.
        path = re.sub(r"<int:\w+>", "1", rule.rule)
        assert client.post(path).status_code in refused, rule.rule
        for headers in ({}, {"X-HTTP-Method-Override": "POST"}):
            status = client.get(path, headers=headers).status_code
            assert status == 405 or rule.rule in pages, rule.rule
    assert _head(sidecar) == before


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "/%0d%0aX: y", "https://evil.example", "/\t/e"]
)
def test_after_sign_in_one_is_on_this_site(sidecar: Sidecar, keycloak: Forger, target: str) -> None:
    client = sidecar.client()
    asked = begin_login(client, target)
    keycloak.answer(keycloak.sign(keycloak.claims(asked["nonce"])))
    query = {"state": asked["state"], "code": "a-code", "iss": "http://127.0.0.1:9/realms/aikom"}
    assert client.get("/auth/callback", query_string=query).location == "/"


def test_a_session_cookie_copied_before_sign_out_ends_with_the_session(sidecar: Sidecar) -> None:
    client = sidecar.signed_in(people.SCHOOL)
    cookie = client.get_cookie("aikom")
    assert cookie is not None
    client.post("/auth/logout", data={"csrf_token": _token(client)})
    thief = sidecar.client()
    thief.set_cookie("aikom", cookie.value)
    sidecar.clock.advance(timedelta(minutes=30))
    assert thief.get("/account", headers=PROGRAM).status_code == 401
