"""A staff account with the console's token and its right password tries everything that could open something.

The list with each answer is in `.artifacts/console-refusals-<flow>.txt`. Source: decision 27.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from provisioning.keycloak.lookups import find_client, require_client, require_user
from provisioning.keycloak.realm.settings import CLIENT_FLOW
from provisioning.keycloak.realm.standard_clients import CONSOLE, standard_clients
from provisioning.model.identifiers import ClientId
from tests.support.chromium import ARTIFACTS
from tests.support.code_login import CodeLogin
from tests.support.console_attempts import Target, Try, front, grants, registration, writing
from tests.support.realm import Realm
from tests.support.sidecar_names import ADMINISTRATOR, SCHOOL
from tests.support.sidecar_with_keycloak import Person, SidecarWithKeycloak, make_person, one_time_code

pytest_plugins = ("tests.support.sidecar_keycloak_fixtures",)
pytestmark = pytest.mark.keycloak

STOCK_FLOW = "clients"
STRAY_SECRET = "a secret that Keycloak shows to whoever may view clients"
POWERLESS = "a.powerless"


@dataclass(frozen=True)
class Insider:
    """The person, the console's token, and what is aimed at."""

    person: Person
    login: CodeLogin
    tokens: dict[str, Any]
    target: Target

    @property
    def token(self) -> str:
        return str(self.tokens["access_token"])


def console_page(realm: Realm) -> str:
    return f"{realm.settings.keycloak_public_url}/admin/{realm.name}/console/"


def public_url(realm: Realm) -> str:
    return f"{realm.settings.keycloak_public_url}/realms/{realm.name}"


def sign_in(realm: Realm, person: Person) -> tuple[CodeLogin, str]:
    """Password and second factor; the code that the console would redeem."""
    login = CodeLogin(public_url(realm), CONSOLE, console_page(realm))
    second = login.fill(login.open(), username=person.username, password=person.password)
    return login, login.code(login.fill(second, otp=one_time_code(person.code_secret)))


@pytest.fixture(scope="module", autouse=True)
def strays(portal: SidecarWithKeycloak) -> None:
    """Clients that somebody made by hand: public with every grant, and confidential with a readable secret."""
    everything = {"standardFlowEnabled": True, "directAccessGrantsEnabled": True, "implicitFlowEnabled": True}
    more = {"attributes": {"oauth2.device.authorization.grant.enabled": "true"}, "redirectUris": ["http://x.example/"]}
    public = {"clientId": "stray-public", "publicClient": True, **everything, **more}
    secret = {"clientId": "stray-secret", "publicClient": False, "secret": STRAY_SECRET, "serviceAccountsEnabled": True}
    for body in (public, secret | everything):
        portal.realm.admin.post("/clients", body)


@pytest.fixture(scope="module", params=[CLIENT_FLOW, STOCK_FLOW])
def flow(request: pytest.FixtureRequest, portal: SidecarWithKeycloak) -> Iterator[str]:
    """By which clients authenticate: ours, and Keycloak's own after somebody has set it back by hand."""
    admin = portal.realm.admin
    admin.put("", {**admin.get(""), "clientAuthenticationFlow": request.param})
    yield str(request.param)
    admin.put("", {**admin.get(""), "clientAuthenticationFlow": CLIENT_FLOW})


@pytest.fixture(scope="module")
def insider(flow: str, portal: SidecarWithKeycloak, born_key: ClientId) -> Insider:
    """An administrator, signed in at the console; under either flow the console itself works."""
    realm, person = portal.realm, portal.people[ADMINISTRATOR]
    login, code = sign_in(realm, person)
    answer = login.redeem(code)
    assert answer.status_code == 200, answer.text
    admin = realm.admin
    account, management = require_user(admin, SCHOOL)["id"], require_client(admin, "realm-management")["id"]
    otp = next(c["id"] for c in admin.get(f"/users/{account}/credentials") if c["type"] == "otp")
    target = Target(
        realm_url=public_url(realm),
        admin_url=f"{realm.settings.keycloak_public_url}/admin/realms/{realm.name}",
        user=account,
        myself=require_user(admin, ADMINISTRATOR)["id"],
        otp=otp,
        key_client=require_client(admin, born_key)["id"],
        management=management,
        role=admin.get("/roles/auditor"),
        management_role=admin.get(f"/clients/{management}/roles/manage-users"),
        username=SCHOOL,
    )
    return Insider(person, login, answer.json(), target)


def everybody(realm: Realm) -> list[str]:
    """Every client that the realm has."""
    return [client["clientId"] for page in realm.admin.pages("/clients") for client in page]


def refused(tries: Iterable[tuple[str, Try]], name: str, *, status: int | None = None) -> list[str]:
    """Make every try; the list of what was not refused (with `status`, when given). Every answer is kept."""
    lines, opened = [], []
    for words, attempt in tries:
        answer = attempt()
        lines.append(f"{words:60} {answer.status_code} {error_of(answer)}")
        if not is_refusal(answer) or status not in (None, answer.status_code):
            opened.append(f"{lines[-1]} {answer.text[:200]}")
    ARTIFACTS.mkdir(exist_ok=True)
    with (ARTIFACTS / f"console-refusals-{name}.txt").open("a", encoding="utf-8") as file:
        file.write("\n".join([*lines, ""]))
    return opened


def is_refusal(answer: requests.Response) -> bool:
    if answer.is_redirect:
        return bool(error_of(answer)) and "token" not in parameters(answer)
    return answer.status_code in (400, 401, 403) and "access_token" not in answer.text


def error_of(answer: requests.Response) -> str:
    if answer.is_redirect:
        return "".join(parameters(answer).get("error", []))
    if "json" in answer.headers.get("Content-Type", ""):
        return str(answer.json().get("error", ""))
    return ""


def parameters(answer: requests.Response) -> dict[str, list[str]]:
    where = urlsplit(answer.headers["Location"])
    return parse_qs(f"{where.query}&{where.fragment}")


@pytest.fixture(scope="module", autouse=True)
def kept(flow: str) -> None:
    (ARTIFACTS / f"console-refusals-{flow}.txt").unlink(missing_ok=True)


def test_the_consoles_token_reads_accounts_keys_events_and_sessions(insider: Insider) -> None:
    headers, target = {"Authorization": f"Bearer {insider.token}"}, insider.target
    for path in (
        f"/users/{target.user}",
        f"/users/{target.user}/sessions",
        f"/users/{target.user}/credentials",
        f"/users/{target.user}/role-mappings",
        f"/attack-detection/brute-force/users/{target.user}",
        f"/clients/{target.key_client}",
        "/users/profile",
        "/events",
        "/admin-events",
    ):
        answer = requests.get(f"{target.admin_url}{path}", headers=headers, timeout=60)
        assert answer.status_code == 200, (path, answer.status_code)


def test_nothing_is_changed_with_the_consoles_token(insider: Insider, flow: str) -> None:
    assert refused(writing(insider.target, insider.token), flow, status=403) == []


def test_even_a_holder_of_all_rights_over_the_realm_changes_nothing_by_the_console(
    insider: Insider, portal: SidecarWithKeycloak, flow: str
) -> None:
    realm, name = portal.realm, f"root-{flow}"
    person = make_person(realm, name, firstName="Усе", lastName="Може", roles=("administrator",))
    user = require_user(realm.admin, name)["id"]
    role = realm.admin.get(f"/clients/{insider.target.management}/roles/realm-admin")
    realm.admin.post(f"/users/{user}/role-mappings/clients/{insider.target.management}", [role])
    login, code = sign_in(realm, person)
    token = login.redeem(code).json()["access_token"]
    assert refused(writing(insider.target, token), flow, status=403) == []
    realm.admin.delete(f"/users/{user}")


def test_no_client_gives_a_token_by_any_grant_or_endpoint(
    insider: Insider, portal: SidecarWithKeycloak, flow: str
) -> None:
    tries = grants(insider.target, everybody(portal.realm), insider.person, insider.token)
    assert refused(tries, flow) == []


def test_a_readable_secret_and_an_unused_one_open_nothing(portal: SidecarWithKeycloak, insider: Insider) -> None:
    opened = []
    for client in (client for page in portal.realm.admin.pages("/clients") for client in page):
        secret = client.get("secret") or "x"
        for form in ({"client_id": client["clientId"], "client_secret": secret}, {}):
            answer = requests.post(
                f"{insider.target.realm_url}/protocol/openid-connect/token",
                data={"grant_type": "client_credentials", **form},
                auth=None if form else (client["clientId"], secret),
                timeout=60,
            )
            opened += [client["clientId"]] if not is_refusal(answer) else []
    assert opened == []


def test_the_login_page_gives_nothing_but_a_code_proved_by_pkce_to_the_clients_own_page(
    insider: Insider, portal: SidecarWithKeycloak, flow: str
) -> None:
    pages = {name: f"http://localhost:9/{name}" for name in dict(standard_clients(portal.realm.name))}
    pages |= {CONSOLE: console_page(portal.realm), "sidecar": f"{portal.url}/auth/callback"}
    assert refused(front(insider.target, pages, "http://evil.example/"), flow) == []


def test_nobody_registers_a_client_or_a_person(insider: Insider, flow: str) -> None:
    assert refused(registration(insider.target, insider.token), flow) == []


def test_a_code_of_the_console_is_redeemed_with_its_verifier_by_the_console_alone(
    portal: SidecarWithKeycloak, insider: Insider
) -> None:
    for wrong in (
        {"code_verifier": "x" * 43},
        {"client_id": "admin-cli"},
        {"client_id": "stray-public"},
        {"client_secret": "x"},
        {"redirect_uri": "http://evil.example/"},
    ):
        login, code = sign_in(portal.realm, insider.person)
        answer = login.redeem(code, **wrong)
        assert is_refusal(answer), wrong


def test_a_refresh_token_of_the_console_is_of_use_to_the_console_alone(insider: Insider) -> None:
    for client_id in ("admin-cli", "stray-public", "account", "sidecar"):
        answer = refresh(insider, client_id, str(insider.tokens["refresh_token"]))
        assert is_refusal(answer), client_id
    assert refresh(insider, CONSOLE, str(insider.tokens["refresh_token"])).status_code == 200


def refresh(insider: Insider, client_id: str, token: str) -> requests.Response:
    return requests.post(
        f"{insider.target.realm_url}/protocol/openid-connect/token",
        data={"grant_type": "refresh_token", "client_id": client_id, "refresh_token": token},
        timeout=60,
    )


@pytest.mark.parametrize(
    "loosened",
    [
        {"attributes": {"pkce.code.challenge.method": ""}},
        {"attributes": {"pkce.code.challenge.method": "plain"}},
        {"directAccessGrantsEnabled": True},
        {"implicitFlowEnabled": True},
    ],
    ids=str,
)
def test_a_console_loosened_by_hand_is_shut_altogether(
    portal: SidecarWithKeycloak, insider: Insider, loosened: dict[str, Any]
) -> None:
    admin, person = portal.realm.admin, insider.person
    client = find_client(admin, CONSOLE)
    assert client is not None
    path = f"/clients/{client['id']}"
    login, code = sign_in(portal.realm, person)
    admin.put(path, {**client, **loosened, "attributes": client["attributes"] | loosened.get("attributes", {})})
    try:
        assert is_refusal(login.redeem(code))
        for _, attempt in grants(insider.target, [CONSOLE], person, insider.token):
            assert is_refusal(attempt())
    finally:
        admin.put(path, client)


def test_every_client_is_shut_but_for_code_with_pkce_and_its_own_grants(portal: SidecarWithKeycloak) -> None:
    for client in (client for page in portal.realm.admin.pages("/clients") for client in page):
        name, attributes = client["clientId"], client.get("attributes", {})
        if name.startswith("stray-"):
            continue
        assert not client["directAccessGrantsEnabled"], name
        assert not client["implicitFlowEnabled"], name
        assert attributes.get("oauth2.device.authorization.grant.enabled", "false") == "false", name
        assert attributes.get("oidc.ciba.grant.enabled", "false") == "false", name
        if client["standardFlowEnabled"] and not client["bearerOnly"]:
            assert attributes["pkce.code.challenge.method"] == "S256", name
            assert all("*" not in uri for uri in client["redirectUris"]), name
