"""What somebody does with exactly the credentials of a page's account at Keycloak.

Every route of the Admin REST API and of our extension is tried, from lists that are read, and all that gives tokens.

The list with each answer is in `.artifacts/narrow-account-<name>.txt`. Source: docs/security.md row 66; decision 35.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from provisioning.keycloak.lookups import require_client, require_user, scope_ids
from provisioning.keycloak.names import DESK, DOOR, PORTAL, PUBLIC
from provisioning.keycloak.realm.narrow import ACCOUNT_SECRETS, DOOR_ROLES
from provisioning.keycloak.whole.holdings import client_pages, user_pages
from provisioning.model.identifiers import ClientId
from tests.support.admin_routes import admin_routes, filled, own_routes
from tests.support.chromium import ARTIFACTS
from tests.support.console_attempts import Target, grants, registration, writing
from tests.support.doors import proof_of
from tests.support.realm import Realm
from tests.support.sidecar_names import ADMINISTRATOR, SCHOOL, SECOND_GENERATION
from tests.support.sidecar_with_keycloak import SidecarWithKeycloak

pytest_plugins = ("tests.support.sidecar_keycloak_fixtures",)
pytestmark = [pytest.mark.keycloak, pytest.mark.usefixtures("born_key"), pytest.mark.assure]

KEY = ClientId(f"api-{SECOND_GENERATION}-k1")
REFUSED = (401, 403)
SHUT = (*REFUSED, 404, 405, 415)
"""What a route may answer that did nothing: it is not there, or not for this verb or content."""

OFF = 501
"""A feature of Keycloak that is switched off."""

STUMBLES = "DELETE /clients/{client-uuid}/client-secret/rotated"
"""Keycloak answers 500 before it asks who it is: there is no provider of rotated secrets. Nothing changes by it."""

DOOR_RIGHT: Mapping[str, str] = {
    "PUT keys/{clientId}/digest": "door-set-digest",
    "POST keys/{clientId}/end": "door-end-key",
    "POST keys/{clientId}/next": "door-next-key",
    "POST keys/{clientId}/leaked/check": "door-end-leaked-key",
    "POST keys/{clientId}/leaked": "door-end-leaked-key",
    "DELETE accounts/{username}/sessions": "door-end-sessions",
    "GET accounts/{username}/mailbox": "door-see-mailbox",
    "POST accounts/{username}/sessions/end": "door-end-own-sessions",
    "DELETE accounts/{username}/lock": "door-lift-lock",
}
"""Each route of the door and the role that it asks for; a new one without a row fails."""


@dataclass(frozen=True)
class Thief:
    """Somebody with the secret of one narrow account, and the realm that is attacked."""

    account: str
    portal: SidecarWithKeycloak
    token: str

    @property
    def realm(self) -> Realm:
        return self.portal.realm

    def call(self, verb: str, address: str, body: object = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        return requests.request(verb, address, json=body, headers=headers, timeout=60)

    def admin(self, verb: str, path: str, body: object = None) -> requests.Response:
        return self.call(verb, f"{self.realm.settings.keycloak_url}/admin/realms/{self.realm.name}{path}", body)


@pytest.fixture(scope="module", params=[PUBLIC, PORTAL, DESK])
def thief(request: pytest.FixtureRequest, portal: SidecarWithKeycloak) -> Thief:
    account = str(request.param)
    secret = portal.settings.require(ACCOUNT_SECRETS[account])
    form = {"grant_type": "client_credentials", "client_id": account, "client_secret": secret}
    answer = portal.realm.token(**form)
    assert answer.status_code == 200, answer.text
    return Thief(account, portal, answer.json()["access_token"])


def state(portal: SidecarWithKeycloak) -> object:
    """Everything that there is in the realm, whole: what nobody changed is the same before and after."""
    connection = portal.realm.connection
    rows = [row for page in client_pages(connection, digests=True) for row in page]
    rows += [row for page in user_pages(connection, attributes=(), digests=True) for row in page]
    whole = connection.post("/partial-export?exportClients=false&exportGroupsAndRoles=true", {})
    return sorted(map(str, rows)), whole


def keep(account: str, what: str, answers: Mapping[str, int]) -> None:
    """Write down what was tried, and what came of it."""
    ARTIFACTS.mkdir(exist_ok=True)
    lines = [f"{status} {words}" for words, status in sorted(answers.items())]
    (ARTIFACTS / f"narrow-account-{account}-{what}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_no_route_of_the_admin_rest_api_answers(thief: Thief) -> None:
    admin = thief.realm.admin
    values = {
        "users": require_user(admin, SCHOOL)["id"],
        "clients": require_client(admin, KEY)["id"],
        "client-scopes": scope_ids(admin)["institution"],
        "roles": "administrator",
        "roles-by-id": admin.get("/roles/administrator")["id"],
        "components": admin.get("/components")[0]["id"],
        "required-actions": "UPDATE_PASSWORD",
        "flows": admin.get("/authentication/flows")[0]["id"],
    }
    values["groups"] = admin.post("/groups", {"name": f"of-{thief.account}"})
    before, answers, by_route = state(thief.portal), dict[str, int](), dict[str, set[int]]()
    for verb, path in admin_routes():
        address = filled(path, values) if path else ""
        for body in ({}, []) if verb in ("POST", "PUT", "DELETE") else (None,):
            answer = thief.admin(verb, address, body)
            answers[f"{verb} {path or '/'} {body}"] = answer.status_code
            by_route.setdefault(f"{verb} {path or '/'}", set()).add(answer.status_code)
    keep(thief.account, "admin-rest", answers)
    assert len(by_route) > 300
    let_in = {words: status for words, status in answers.items() if status not in (*SHUT, 400, OFF)}
    assert {words for words in let_in if not words.startswith(STUMBLES)} == set()
    # A body of the right form is refused for who sends it; few routes answer before that, and none does anything.
    not_refused = {route for route, statuses in by_route.items() if statuses.isdisjoint(REFUSED)}
    assert len(not_refused) < 0.06 * len(by_route), not_refused
    assert state(thief.portal) == before
    admin.delete(f"/groups/{values['groups']}")


def test_every_try_of_an_insider_is_refused(thief: Thief) -> None:
    """The list that staff are held to, with the account's own user as "myself"."""
    admin = thief.realm.admin
    management = require_client(admin, "realm-management")["id"]
    user = require_user(admin, SCHOOL)["id"]
    otp = next(c["id"] for c in admin.get(f"/users/{user}/credentials") if c["type"] == "otp")
    target = Target(
        thief.realm.url,
        f"{thief.realm.settings.keycloak_url}/admin/realms/{thief.realm.name}",
        user,
        require_user(admin, f"service-account-{thief.account}")["id"],
        otp,
        require_client(admin, KEY)["id"],
        management,
        admin.get("/roles/administrator"),
        admin.get(f"/clients/{management}/roles/manage-users"),
        SCHOOL,
    )
    before = state(thief.portal)
    tries = [*writing(target, thief.token), *registration(target, thief.token)]
    person = thief.portal.people[ADMINISTRATOR]
    tries += grants(target, [thief.account, "sidecar", "admin-cli", str(KEY)], person, thief.token)
    answers = {words: act().status_code for words, act in tries}
    keep(thief.account, "insider", answers)
    assert len(answers) > 80
    assert {words: status for words, status in answers.items() if status < 400} == {}
    assert state(thief.portal) == before


def test_of_our_extension_only_its_own_part_of_the_door_opens(thief: Thief) -> None:
    """For its own rights the door still asks for the person, the secret or an account of ours."""
    settings, before, answers = thief.realm.settings, state(thief.portal), dict[str, int]()
    names = {"{clientId}": KEY, "{username}": SCHOOL}
    proof = proof_of(thief.portal, SECOND_GENERATION)
    places = {
        "DoorResource": f"{settings.keycloak_url}/realms/{thief.realm.name}/{DOOR}",
        "BaseKeyResource": f"{settings.keycloak_url}/admin/realms/{thief.realm.name}/aikom-base-keys",
        "HoldingsResource": f"{settings.keycloak_url}/admin/realms/{thief.realm.name}/aikom-holdings",
    }
    tried = 0
    for verb, route in own_routes():
        resource, _, path = route.partition("/")
        role = DOOR_RIGHT[f"{verb} {path}"] if resource == "DoorResource" else None
        if role is not None and DOOR_ROLES[role][0] == thief.account:
            continue
        for name, value in names.items():
            path = path.replace(name, value)
        at_door = {"proof": proof, "digest": "0" * 64}
        base_key = {"username": SCHOOL, "baseKeyId": "base-key-x", "lifespanSeconds": 60}
        sent = None if verb == "GET" else at_door if resource == "DoorResource" else base_key
        answer = thief.call(verb, f"{places[resource]}/{path}".rstrip("/"), sent)
        answers[f"{verb} {route}"], tried = answer.status_code, tried + 1
    keep(thief.account, "extension", answers)
    assert set(answers.values()) == {403}, answers
    assert tried == len(list(own_routes())) - sum(DOOR_ROLES[role][0] == thief.account for role in DOOR_RIGHT.values())
    assert state(thief.portal) == before


def test_nothing_is_done_for_an_account_that_is_not_signed_in(thief: Thief) -> None:
    """The account's own rights, without a proof: no secret is set, no key made or ended, no session of others ended."""
    own = {route for route, role in DOOR_RIGHT.items() if DOOR_ROLES[role][0] == thief.account}
    asks_for_person = {route: role for route, role in DOOR_RIGHT.items() if DOOR_ROLES[role][0] == PORTAL}
    stranger = proof_of(thief.portal, SCHOOL)
    before, base = state(thief.portal), f"{thief.realm.url}/{DOOR}"
    for route in own:
        verb, path = route.split(" ")
        address = f"{base}/{path.replace('{clientId}', KEY).replace('{username}', SECOND_GENERATION)}"
        if route in asks_for_person:
            address = address.replace(f"{KEY}/next", f"api-{SECOND_GENERATION}-k2")
            bodies: tuple[dict[str, Any], ...] = ({}, {"proof": ""}, {"proof": stranger}, {"proof": thief.token})
            for body in bodies:
                assert thief.call(verb, address, {"digest": "0" * 64, **body}).status_code in (403, 404)
        elif "leaked" in route:
            for body in ({}, {"digest": ""}, {"digest": "0" * 64}, {"proof": stranger, "digest": "0" * 64}):
                assert thief.call(verb, address, body).status_code == 404
        else:
            for other in (ADMINISTRATOR, "service-account-provisioning", f"service-account-{KEY}", "nobody"):
                assert thief.call(verb, address.replace(SECOND_GENERATION, other)).status_code == 404
    assert state(thief.portal) == before


def test_its_token_says_nothing_and_is_no_token_of_anything_else(thief: Thief) -> None:
    tries: dict[str, Callable[[], requests.Response]] = {
        "userinfo": lambda: thief.call("GET", f"{thief.realm.url}/protocol/openid-connect/userinfo"),
        "account": lambda: thief.call("GET", f"{thief.realm.url}/account"),
        "credentials": lambda: thief.call("GET", f"{thief.realm.url}/account/credentials"),
        "server": lambda: thief.call("GET", f"{thief.realm.settings.keycloak_url}/admin/serverinfo"),
        "realms": lambda: thief.call("GET", f"{thief.realm.settings.keycloak_url}/admin/realms"),
        "master": lambda: thief.call("GET", f"{thief.realm.settings.keycloak_url}/admin/realms/master/users"),
    }
    answers = {words: act().status_code for words, act in tries.items()}
    realms = tries["realms"]()
    assert realms.status_code in REFUSED or realms.json() == []
    assert all(status in SHUT for words, status in answers.items() if words != "realms"), answers


def test_whoever_changes_the_realm_is_provisioning_alone(portal: SidecarWithKeycloak) -> None:
    """No user, group, role or client scope but that account's holds a right that changes anything, not even as a part
    of another role; staff have those that only look.
    """
    admin = portal.realm.admin
    management = require_client(admin, "realm-management")["id"]
    changing = {
        role["name"]
        for role in admin.get(f"/clients/{management}/roles")
        if role["name"].startswith(("manage-", "create-", "impersonation", "realm-admin"))
    }
    assert len(changing) > 5
    users = [user for page in user_pages(portal.realm.connection, attributes=()) for user in page]
    assert len(users) > 10
    holders = {}
    for user in users:
        path = f"/users/{user['id']}/role-mappings/clients/{management}/composite"
        held = {role["name"] for role in admin.get(path) or []} & changing
        if held:
            holders[user["username"]] = held
    assert holders == {"service-account-provisioning": {"manage-realm", "manage-users", "manage-clients"}}
    for role in admin.get("/roles"):
        parts = {part["name"] for part in admin.get(f"/roles-by-id/{role['id']}/composites") or []}
        assert not parts & changing, role["name"]
