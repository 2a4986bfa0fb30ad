"""An OIS whose users log in with their institution's account: connected with return addresses, by code and PKCE.

What it gets tells who logged in, and opens nothing of the central database. Source: order cl. 5, 6; RFC 9700 2.1.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from playwright.sync_api import Page

from provisioning.gate.claims import claims_of as gate_claims
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.ois.connection import resume, suspend
from provisioning.model.ois import Slug
from provisioning.stack.ports import free_port
from tests.support.sidecar_names import SCHOOL
from tests.support.sidecar_with_keycloak import SidecarWithKeycloak
from tests.support.third_party import JWT_BEARER, ThirdParty, claims_of, connected

pytest_plugins = ("tests.support.sidecar_keycloak_fixtures",)
pytestmark = [pytest.mark.keycloak, pytest.mark.browser, pytest.mark.assure]

PORT = free_port()
RETURN = f"http://localhost:{PORT}/return"
VERIFIER = secrets.token_urlsafe(48)
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


@pytest.fixture(scope="module")
def actor(portal: SidecarWithKeycloak) -> Actor:
    return Actor(KeycloakConnection.from_settings(portal.settings), portal.ledger, "staff:test")


@pytest.fixture(scope="module")
def party(portal: SidecarWithKeycloak, actor: Actor) -> ThirdParty:
    made = ThirdParty(portal.realm, Slug("shkola"))
    connected(actor, made, ["students.read"], [RETURN])
    return made


@pytest.fixture
def returned() -> Iterator[list[str]]:
    """Addresses at which browsers came back to the OIS, which listens on `RETURN`."""
    found: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"back at the OIS")

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", PORT), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def login_address(party: ThirdParty, **changed: str | None) -> str:
    """Where the OIS sends its user."""
    asked = {
        "response_type": "code",
        "client_id": party.client_id,
        "redirect_uri": RETURN,
        "scope": "openid",
        "state": "s",
        "nonce": "n",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changed,
    }
    query = urlencode({name: value for name, value in asked.items() if value is not None})
    base = f"{party.realm.settings.keycloak_public_url}/realms/{party.realm.name}"
    return f"{base}/protocol/openid-connect/auth?{query}"


def redeem(party: ThirdParty, code: str, **changed: str) -> requests.Response:
    """The token endpoint's answer to a code."""
    asked = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": RETURN,
        "code_verifier": VERIFIER,
        "client_assertion_type": JWT_BEARER,
        "client_assertion": party.assertion(),
        **changed,
    }
    return party.realm.token(**asked)


def logged_in(portal: SidecarWithKeycloak, party: ThirdParty, page: Page, returned: list[str]) -> str:
    """The code with which the browser of the school's person comes back."""
    portal.people[SCHOOL].sign_in(page, login_address(party))
    page.wait_for_url(f"{RETURN}**")
    answer = last_answer(returned)
    assert answer["state"] == ["s"]
    return answer["code"][0]


def last_answer(returned: list[str]) -> dict[str, list[str]]:
    """What Keycloak sent along; browsers ask for an icon too."""
    return parse_qs(urlsplit([path for path in returned if path.startswith("/return")][-1]).query)


def test_a_user_of_the_ois_logs_in_with_the_institutions_account(
    portal: SidecarWithKeycloak, party: ThirdParty, page: Page, returned: list[str]
) -> None:
    answer = redeem(party, logged_in(portal, party, page, returned))
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = claims_of(answer.json()["id_token"])
    assert (told["aud"], told["nonce"]) == (party.client_id, "n")
    assert told["sub"]
    assert "refresh_token" not in answer.json()
    access = claims_of(answer.json()["access_token"])
    assert access["institution"] == SCHOOL
    # The gate takes an institution's API key only: who logged in is not who may be asked about.
    assert gate_claims(access) is None


def test_a_code_works_once_and_only_with_its_verifier_and_the_oiss_key(
    portal: SidecarWithKeycloak, party: ThirdParty, page: Page, returned: list[str]
) -> None:
    code = logged_in(portal, party, page, returned)
    assert redeem(party, code, code_verifier=secrets.token_urlsafe(48)).status_code == 400
    page.goto(login_address(party))  # The session at Keycloak stands: no form this time.
    page.wait_for_url(f"{RETURN}**")
    code = last_answer(returned)["code"][0]
    stranger = ThirdParty(portal.realm, party.slug)
    assert redeem(party, code, client_assertion=stranger.assertion()).status_code in (400, 401)
    page.goto(login_address(party))
    page.wait_for_url(f"{RETURN}**")
    code = last_answer(returned)["code"][0]
    assert redeem(party, code).status_code == 200
    assert redeem(party, code).status_code == 400


def test_nobody_is_sent_back_without_pkce_or_to_another_address(
    party: ThirdParty, page: Page, returned: list[str]
) -> None:
    page.goto(login_address(party, code_challenge=None, code_challenge_method=None))
    assert [address for address in returned if "code=" in address] == []
    answer = page.goto(login_address(party, redirect_uri=f"http://localhost:{PORT}/other"))
    assert answer is not None and answer.status == 400
    assert not any("/other" in address for address in returned)


def test_nobody_logs_in_to_an_ois_that_is_suspended(
    actor: Actor, party: ThirdParty, page: Page, returned: list[str]
) -> None:
    suspend(actor, party.slug, "test")
    answer = page.goto(login_address(party))
    assert answer is not None and answer.status == 400
    assert returned == []
    resume(actor, party.slug, "test")
    answer = page.goto(login_address(party))
    assert answer is not None and answer.status == 200
