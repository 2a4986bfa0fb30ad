"""What somebody does at Keycloak who has an API key's secret, an OIS's private key, or the token that both make.

Every route of the Admin REST API and of our extension is tried, from lists that are read. Source: docs/threat-model.md.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
import requests

from provisioning.keycloak.names import DOOR
from provisioning.keycloak.whole.holdings import client_pages, user_pages
from provisioning.lifecycle.mandates.granting import Contract, grant
from provisioning.model.ois import Slug
from tests.support.admin_routes import admin_routes, filled, own_routes
from tests.support.configuration import school
from tests.support.office import Office, office
from tests.support.third_party import JWT_BEARER, ThirdParty, connected

__all__ = ["office"]

pytestmark = [pytest.mark.keycloak, pytest.mark.assure]

SCHOOL = "46-0000001"
KEY = f"api-{SCHOOL}-k1"


@pytest.fixture(scope="module")
def tokens(office: Office) -> Mapping[str, str]:
    """Who is broken into → a token that it can get."""
    office.folder.write(school(1), school(2))
    office.apply()
    diary, today = ThirdParty(office.realm, Slug("diary")), office.actor.today()
    connected(office.actor, diary, ["students.read"])
    grant(office.actor, SCHOOL, "diary", Contract("1", today, today + timedelta(days=30)))
    form = {"client_assertion_type": JWT_BEARER, "client_assertion": diary.assertion()}
    own = office.realm.token(grant_type="client_credentials", **form).json()["access_token"]
    key = office.access_token(KEY, office.reveal(KEY))
    return {"an API key": key, "an OIS": str(own), "both": str(diary.exchange(key).json()["access_token"])}


@pytest.fixture(params=["an API key", "an OIS", "both"])
def call(request: pytest.FixtureRequest, tokens: Mapping[str, str]) -> Callable[[str, str], requests.Response]:
    """Makes a call with the token that the thief has."""
    headers = {"Authorization": f"Bearer {tokens[request.param]}"}

    def send(verb: str, address: str) -> requests.Response:
        body = None if verb == "GET" else {}
        return requests.request(verb, address, json=body, headers=headers, timeout=60)

    return send


def state(office: Office) -> list[str]:
    """Every client and user, whole: what nobody changed is the same before and after."""
    connection = office.realm.connection
    rows = [row for page in client_pages(connection, digests=True) for row in page]
    rows += [row for page in user_pages(connection, attributes=(), digests=True) for row in page]
    return sorted(map(str, rows))


def test_no_route_of_the_admin_rest_api_or_of_our_extension_answers(
    office: Office, call: Callable[[str, str], requests.Response], capsys: pytest.CaptureFixture[str]
) -> None:
    server, realm = office.realm.settings.keycloak_url, office.realm.name
    before, admin = state(office), f"{server}/admin/realms/{realm}"
    places = {
        "DoorResource": f"{server}/realms/{realm}/{DOOR}",
        "BaseKeyResource": f"{admin}/aikom-base-keys",
        "HoldingsResource": f"{admin}/aikom-holdings",
    }
    values = {"users": office.realm.admin.get("/users", username=SCHOOL)[0]["id"], "roles": "administrator"}
    theirs = {
        f"{verb} {path}": call(verb, admin + (filled(path, values) if path else "")) for verb, path in admin_routes()
    }
    ours = {}
    for verb, route in own_routes():
        resource, _, path = route.partition("/")
        path = path.replace("{clientId}", KEY).replace("{username}", SCHOOL)
        ours[f"{verb} {route}"] = call(verb, f"{places[resource]}/{path}".rstrip("/"))
    with capsys.disabled():
        sys.stdout.write(f"\n{len(theirs)} routes of Admin REST and {len(ours)} of our extension tried\n")
    assert len(theirs) > 250
    assert {route: answer.status_code for route, answer in theirs.items() if answer.status_code < 400} == {}
    assert {answer.status_code for answer in ours.values()} <= {401, 403}
    assert state(office) == before
