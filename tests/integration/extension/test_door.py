"""The door: what each narrow account may do there, for whom, and everything that it refuses. Source: decision 35."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from provisioning.keycloak.accounts.wanted import wanted_key, wanted_service
from provisioning.keycloak.door import Door
from provisioning.keycloak.errors import KeycloakRefused
from provisioning.keycloak.lookups import find_client, require_client, require_user
from provisioning.keycloak.names import DESK, DOOR, KEY_DIGEST, PORTAL, PUBLIC
from provisioning.keycloak.whole.holdings import whole_clients, whole_users
from provisioning.model.api_key_secret import digest, new_api_key
from provisioning.model.identifiers import ClientId, Username
from provisioning.model.secret import Secret
from provisioning.planning.changes import KeyImage
from tests.support.doors import door, proof_of, sign_in
from tests.support.extension_realm import new_extension_realm
from tests.support.keycloak_server import KeycloakServer
from tests.support.sidecar_names import ADMINISTRATOR, AUTHORITY, SCHOOL, SECOND_GENERATION
from tests.support.sidecar_with_keycloak import SidecarWithKeycloak

pytest_plugins = ("tests.support.sidecar_keycloak_fixtures",)
pytestmark = [pytest.mark.keycloak, pytest.mark.usefixtures("born_key")]

OWNER = SECOND_GENERATION
KEY, NEXT = ClientId(f"api-{OWNER}-k1"), ClientId(f"api-{OWNER}-k2")


@pytest.fixture
def proof(portal: SidecarWithKeycloak) -> str:
    return proof_of(portal, OWNER)


def status(act: Callable[[], object]) -> int:
    """What the door answered; 204 when it did what was asked."""
    try:
        act()
    except KeycloakRefused as error:
        return error.status
    return 204


def stored(portal: SidecarWithKeycloak, client_id: ClientId = KEY) -> str | None:
    """The digest that Keycloak has of a key's secret."""
    found: str | None = require_client(portal.realm.admin, client_id)["attributes"].get(KEY_DIGEST)
    return found


@contextmanager
def changed(portal: SidecarWithKeycloak, path: str, **fields: object) -> Iterator[None]:
    """A client or user is otherwise for the length of the block."""
    before = portal.realm.admin.get(path)
    portal.realm.admin.put(path, {**before, **fields})
    yield
    portal.realm.admin.put(path, before)


def user_path(portal: SidecarWithKeycloak, username: str) -> str:
    return f"/users/{require_user(portal.realm.admin, username)['id']}"


def test_a_secret_is_set_for_whom_is_signed_in_and_an_event_tells_by_whom(
    portal: SidecarWithKeycloak, proof: str
) -> None:
    secret = new_api_key()
    door(portal, PORTAL, proof).set_digest(KEY, digest(secret))
    form = {"grant_type": "client_credentials", "client_id": KEY, "client_secret": secret.reveal()}
    assert portal.realm.token(**form).status_code == 200
    client = require_client(portal.realm.admin, KEY)["id"]
    event = portal.realm.admin.get("/admin-events", max=1, resourcePath=f"clients/{client}/*")[0]
    portal_client = require_client(portal.realm.admin, PORTAL)["id"]
    assert (event["operationType"], event["authDetails"]["clientId"]) == ("UPDATE", portal_client)
    door(portal, PORTAL, proof).set_digest(KEY, "")
    assert portal.realm.token(**form).status_code == 401


def test_no_secret_is_set_without_a_proof_of_the_very_person(portal: SidecarWithKeycloak, proof: str) -> None:
    mark = digest(new_api_key())
    tokens = sign_in(portal, portal.people[OWNER])
    head, body, signature = proof.split(".")
    wrong = {
        "none": None,
        "empty": "",
        "no token": "x.y.z",
        "another institution's": proof_of(portal, SCHOOL),
        "an authority's": proof_of(portal, AUTHORITY),
        "staff's": proof_of(portal, ADMINISTRATOR),
        "an access token": tokens["access_token"],
        "without its signature": f"{head}.{body}.",
        "with another signature": f"{head}.{body}.{signature[:-4]}AAAA",
        "the door's own token": _own_token(portal, PORTAL),
    }
    door(portal, PORTAL, proof).set_digest(KEY, "")
    found = {
        words: status(lambda token=token: door(portal, PORTAL, token).set_digest(KEY, mark))  # type: ignore[misc]
        for words, token in wrong.items()
    }
    assert found == dict.fromkeys(wrong, 403)
    assert stored(portal) is None


@pytest.mark.assure
def test_a_proof_ends_with_the_login_and_with_its_time(portal: SidecarWithKeycloak) -> None:
    mark, admin = digest(new_api_key()), portal.realm.admin
    signed_out = proof_of(portal, OWNER)
    admin.post(f"{user_path(portal, OWNER)}/logout", {})
    assert status(lambda: door(portal, PORTAL, signed_out).set_digest(KEY, mark)) == 403
    with changed(portal, "", accessTokenLifespan=1):
        expired = proof_of(portal, OWNER)
    # Its life of a second is over by the time of the second request at the latest.
    answers = [status(lambda: door(portal, PORTAL, expired).set_digest(KEY, mark)) for _ in range(200)]
    assert answers[-1] == 403


def test_what_has_ended_gets_no_secret(portal: SidecarWithKeycloak) -> None:
    mark, proof = digest(new_api_key()), proof_of(portal, OWNER)
    client = f"/clients/{require_client(portal.realm.admin, KEY)['id']}"
    service = user_path(portal, f"service-account-{KEY}")
    before = stored(portal)
    for path in (client, service):
        with changed(portal, path, enabled=False):
            assert status(lambda: door(portal, PORTAL, proof).set_digest(KEY, mark)) == 409
    with changed(portal, user_path(portal, OWNER), enabled=False):
        assert status(lambda: door(portal, PORTAL, proof).set_digest(KEY, mark)) == 403
        assert status(lambda: door(portal, PORTAL, proof).make_next_key(NEXT)) == 403
    assert stored(portal) == before
    assert find_client(portal.realm.admin, NEXT) is None


def test_only_api_keys_of_our_accounts_exist_at_the_door(portal: SidecarWithKeycloak, proof: str) -> None:
    """Clients of the system and of Keycloak, and some that merely look like an API key of the person."""
    admin = portal.realm.admin
    alike = {"publicClient": False, "serviceAccountsEnabled": True, "standardFlowEnabled": False}
    ours = {"clientAuthenticatorType": "aikom-api-key"}
    named = {"attributes": {"aikom.account": OWNER}}
    for number, body in {
        "71": {**alike, **named},
        "72": {**alike, **ours},
        "73": {**alike, **ours, "attributes": {"aikom.account": SCHOOL}},
        "74": {**alike, **ours, **named, "standardFlowEnabled": True, "redirectUris": ["http://x.example/"]},
    }.items():
        admin.post("/clients", {"clientId": f"api-{OWNER}-k{number}", **body})
    every = [client["clientId"] for client in admin.get("/clients")]
    others = {name: status(lambda n=name: _every_way(portal, proof, ClientId(n))) for name in every if name != KEY}  # type: ignore[misc]
    assert len(others) > 12
    assert set(others.values()) == {404}, others
    for number in ("71", "72", "73", "74"):
        admin.delete(f"/clients/{require_client(admin, f'api-{OWNER}-k{number}')['id']}")


def _every_way(portal: SidecarWithKeycloak, proof: str, client_id: ClientId) -> None:
    """All that may be done with a key; raises the first answer, and fails the test when answers differ."""
    mark = digest(new_api_key())
    ways: list[Callable[[], object]] = [
        lambda: door(portal, PORTAL, proof).set_digest(client_id, mark),
        lambda: door(portal, PORTAL, proof).end_key(client_id),
        lambda: door(portal, PUBLIC).end_leaked_key(client_id, mark),
    ]
    answers = {status(way) for way in ways}
    assert len(answers) == 1, (client_id, answers)
    ways[0]()


def test_the_next_key_is_as_provisioning_would_make_it(portal: SidecarWithKeycloak, proof: str) -> None:
    admin = portal.realm.admin
    service = user_path(portal, f"service-account-{KEY}")
    # A role that somebody added by hand is not handed on.
    admin.post(f"{service}/role-mappings/realm", [admin.get("/roles/kind-authority")])
    door(portal, PORTAL, proof).make_next_key(NEXT)
    said = require_user(admin, OWNER)["attributes"]
    attributes = {name: values[0] for name, values in said.items() if name != "locale"}
    image = KeyImage(NEXT, True, True, attributes, frozenset({"kind-school"}))
    assert whole_clients(portal.realm.connection, [NEXT])[NEXT] == wanted_key(image, {})
    name = f"service-account-{NEXT}"
    assert whole_users(portal.realm.connection, [name])[name] == wanted_service(image)
    assert stored(portal, NEXT) is None
    admin.delete(f"{service}/role-mappings/realm", [admin.get("/roles/kind-authority")])


@pytest.mark.parametrize(
    ("client_id", "expected"),
    [
        (NEXT, 409),  # It exists.
        (f"api-{OWNER}-k3", 409),  # Two keys live already.
        (f"api-{OWNER}-k9", 404),  # Not the next one.
        (f"api-{OWNER}-k0", 404),
        (f"api-{OWNER}", 404),
        ("api-99-9999999-k1", 404),
        (f"api-{SCHOOL}-k2", 403),  # Somebody else's.
    ],
)
def test_no_other_key_is_made(portal: SidecarWithKeycloak, proof: str, client_id: str, expected: int) -> None:
    before = {client["clientId"] for client in portal.realm.admin.get("/clients")}
    assert status(lambda: door(portal, PORTAL, proof).make_next_key(ClientId(client_id))) == expected
    assert {client["clientId"] for client in portal.realm.admin.get("/clients")} == before


def test_a_leaked_key_is_ended_by_its_secret_alone(portal: SidecarWithKeycloak, proof: str) -> None:
    secret = new_api_key()
    door(portal, PORTAL, proof).set_digest(NEXT, digest(secret))
    public = door(portal, PUBLIC)
    assert public.is_secret_of(NEXT, digest(secret))
    assert not public.is_secret_of(NEXT, digest(new_api_key()))
    assert status(lambda: public.end_leaked_key(NEXT, digest(new_api_key()))) == 404
    assert status(lambda: public.end_leaked_key(NEXT, "")) == 404
    assert require_client(portal.realm.admin, NEXT)["enabled"]
    public.end_leaked_key(NEXT, digest(secret))
    assert not require_client(portal.realm.admin, NEXT)["enabled"]
    assert not require_user(portal.realm.admin, f"service-account-{NEXT}")["enabled"]


def test_a_key_ends_for_its_owner_with_its_tokens(portal: SidecarWithKeycloak, proof: str) -> None:
    third = ClientId(f"api-{OWNER}-k3")
    door(portal, PORTAL, proof).make_next_key(third)
    stranger = proof_of(portal, SCHOOL)
    assert status(lambda: door(portal, PORTAL, stranger).end_key(third)) == 403
    for _ in range(2):
        door(portal, PORTAL, proof).end_key(third)
    assert not require_client(portal.realm.admin, third)["enabled"]
    assert not require_user(portal.realm.admin, f"service-account-{third}")["enabled"]


def test_the_desk_ends_sessions_and_lifts_waits_of_accounts_only(portal: SidecarWithKeycloak) -> None:
    desk, admin = door(portal, DESK), portal.realm.admin
    sign_in(portal, portal.people[SCHOOL])
    assert admin.get(f"{user_path(portal, SCHOOL)}/sessions")
    desk.end_sessions(Username(SCHOOL))
    assert admin.get(f"{user_path(portal, SCHOOL)}/sessions") == []
    assert desk.has_mailbox(Username(SCHOOL))
    with changed(portal, user_path(portal, SCHOOL), enabled=False):
        assert not desk.has_mailbox(Username(SCHOOL))
    desk.lift_lock(Username(SCHOOL))
    others = (ADMINISTRATOR, f"service-account-{KEY}", "service-account-provisioning", "nobody")
    for name in others:
        assert status(lambda n=name: desk.end_sessions(Username(n))) == 404  # type: ignore[misc]
        assert status(lambda n=name: desk.lift_lock(Username(n))) == 404  # type: ignore[misc]
        assert not desk.has_mailbox(Username(name))


def test_a_person_ends_the_own_sessions_and_nobody_else_s(portal: SidecarWithKeycloak) -> None:
    proof = proof_of(portal, SCHOOL)
    assert status(lambda: door(portal, PORTAL, proof).end_own_sessions(Username(OWNER))) == 403
    door(portal, PORTAL, proof).end_own_sessions(Username(SCHOOL))
    assert portal.realm.admin.get(f"{user_path(portal, SCHOOL)}/sessions") == []
    assert status(lambda: door(portal, PORTAL, proof).end_own_sessions(Username(SCHOOL))) == 403


def _own_token(portal: SidecarWithKeycloak, account: str) -> str:
    secret = portal.settings.require(f"AIKOM_{account.removeprefix('aikom-').upper()}_ACCOUNT_SECRET")
    form = {"grant_type": "client_credentials", "client_id": account, "client_secret": secret}
    return str(portal.realm.token(**form).json()["access_token"])


def test_a_role_of_the_door_that_somebody_maps_to_another_account_opens_nothing(portal: SidecarWithKeycloak) -> None:
    admin, secret = portal.realm.admin, secrets.token_urlsafe(32)
    mappers = require_client(admin, DESK)["protocolMappers"]
    stray: dict[str, Any] = {
        "clientId": "stray-door",
        "publicClient": False,
        "serviceAccountsEnabled": True,
        "fullScopeAllowed": True,
        "clientAuthenticatorType": "aikom-api-key",
        "attributes": {KEY_DIGEST: digest(Secret(secret))},
        "defaultClientScopes": ["basic"],
        "protocolMappers": [{k: v for k, v in mapper.items() if k != "id"} for mapper in mappers],
    }
    client = admin.post("/clients", stray)
    service = admin.get(f"/clients/{client}/service-account-user")["id"]
    admin.post(f"/users/{service}/role-mappings/realm", [admin.get("/roles/door-lift-lock")])
    form = {"grant_type": "client_credentials", "client_id": "stray-door", "client_secret": secret}
    token = portal.realm.token(**form).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    address = f"{portal.realm.url}/{DOOR}/accounts/{SCHOOL}/lock"
    assert requests.delete(address, headers=headers, data="{}", timeout=60).status_code == 403
    assert requests.delete(address, timeout=60, headers={"Content-Type": "application/json"}).status_code == 401
    admin.delete(f"/clients/{client}")


def test_where_the_realm_is_not_ours_there_is_no_door(keycloak_server: KeycloakServer) -> None:
    realm = new_extension_realm(keycloak_server)
    unmarked = Door(realm.caller, DESK)
    assert status(lambda: unmarked.lift_lock(Username("46-0000001"))) == 404
    unmarked = Door(keycloak_server.admin, DESK)
    assert status(lambda: unmarked.lift_lock(Username("46-0000001"))) == 404
