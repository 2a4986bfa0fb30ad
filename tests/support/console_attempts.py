"""Everything that a staff account might try in order to open or change something, with a name for each try.

Owns the tries only; what must come of them is the test's business. A try sends one request and returns the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import requests

from tests.support.code_login import CodeLogin
from tests.support.sidecar_with_keycloak import Person, one_time_code

Try = Callable[[], requests.Response]
_TIMEOUT_S: Final = 60
_EXCHANGE: Final = "urn:ietf:params:oauth:grant-type:token-exchange"
_DEVICE: Final = "urn:ietf:params:oauth:grant-type:device_code"
_CIBA: Final = "urn:openid:params:grant-type:ciba"
_ASSERTION: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_UMA: Final = "urn:ietf:params:oauth:grant-type:uma-ticket"


@dataclass(frozen=True)
class Target:
    """An account, its second factor, its own user and others' ids: what writing calls are aimed at."""

    realm_url: str
    admin_url: str
    user: str
    myself: str
    otp: str
    key_client: str
    management: str
    role: dict[str, Any]
    management_role: dict[str, Any]
    username: str


def writing(target: Target, token: str) -> Iterator[tuple[str, Try]]:
    """Admin REST calls that change an account, a client or the realm, with a token of the console."""

    def call(method: str, path: str, body: object = None) -> Try:
        headers = {"Authorization": f"Bearer {token}"}
        return lambda: requests.request(
            method, f"{target.admin_url}{path}", json=body, headers=headers, timeout=_TIMEOUT_S
        )

    user, me = f"/users/{target.user}", f"/users/{target.myself}"
    client = f"/clients/{target.key_client}"
    password = {"type": "password", "value": "a password of the attacker", "temporary": False}
    base_key = {"username": target.username, "baseKeyId": "x", "lifespanSeconds": 60, "reset": True}
    yield "end an account's sessions", call("POST", f"{user}/logout")
    yield "lift a lock", call("DELETE", f"/attack-detection/brute-force{user}")
    yield "lift every lock", call("DELETE", "/attack-detection/brute-force/users")
    yield "enable a user", call("PUT", user, {"username": target.username, "enabled": True})
    yield "disable a user", call("PUT", user, {"username": target.username, "enabled": False})
    yield "change an e-mail", call("PUT", user, {"username": target.username, "email": "evil@evil.example"})
    yield "set required actions", call("PUT", user, {"requiredActions": ["UPDATE_PASSWORD"]})
    yield "set credentials in a user", call("PUT", user, {"credentials": [password]})
    yield "reset a password", call("PUT", f"{user}/reset-password", password)
    yield "reset the own password", call("PUT", f"{me}/reset-password", password)
    yield "delete a second factor", call("DELETE", f"{user}/credentials/{target.otp}")
    yield "mail required actions", call("PUT", f"{user}/execute-actions-email", ["UPDATE_PASSWORD"])
    yield "issue a base key", call("POST", "/aikom-base-keys", base_key)
    yield "withdraw a base key", call("DELETE", f"/aikom-base-keys/{target.username}")
    yield "give oneself a realm role", call("POST", f"{me}/role-mappings/realm", [target.role])
    yield (
        "give oneself a role over the realm",
        call("POST", f"{me}/role-mappings/clients/{target.management}", [target.management_role]),
    )
    yield "impersonate", call("POST", f"{user}/impersonation")
    yield "create a user", call("POST", "/users", {"username": "mallory", "enabled": True, "credentials": [password]})
    yield "import users", call("POST", "/partialImport", {"users": [{"username": "mallory"}]})
    yield "delete a user", call("DELETE", user)
    yield "end all sessions", call("POST", "/logout-all")
    yield "push a revocation", call("POST", "/push-revocation")
    yield "create a client", call("POST", "/clients", {"clientId": "mallory", "publicClient": True})
    yield "set a key's digest", call("PUT", client, {"attributes": {"aikom.key.digest": "0" * 64}})
    yield "regenerate a secret", call("POST", f"{client}/client-secret")
    yield "delete a client", call("DELETE", client)
    yield "hand out a registration token", call("POST", "/clients-initial-access", {"count": 1, "expiration": 60})
    yield "change the realm", call("PUT", "", {"clientAuthenticationFlow": "clients"})
    yield "make a flow", call("POST", "/authentication/flows", {"alias": "x", "providerId": "basic-flow"})
    yield "make a realm role", call("POST", "/roles", {"name": "mallory"})
    yield "make a client scope", call("POST", "/client-scopes", {"name": "x", "protocol": "openid-connect"})
    yield (
        "make an identity provider",
        call("POST", "/identity-provider/instances", {"alias": "x", "providerId": "oidc"}),
    )
    yield "switch an identity provider off", call("POST", "/aikom-identity-providers/x/off")
    yield "add a key to the realm", call("POST", "/components", {"name": "x", "providerId": "rsa-generated"})
    yield "change the user profile", call("PUT", "/users/profile", {"attributes": []})
    yield "delete the events", call("DELETE", "/events")
    yield "delete the administrators' events", call("DELETE", "/admin-events")


def grants(target: Target, clients: list[str], person: Person, token: str) -> Iterator[tuple[str, Try]]:
    """Every grant and endpoint that gives tokens or clients, for each client, with the person's right password."""

    def post(path: str, **form: str) -> Try:
        address = f"{target.realm_url}/protocol/openid-connect{path}"
        return lambda: requests.post(address, data=form, timeout=_TIMEOUT_S)

    who = {"username": person.username, "password": person.password, "totp": one_time_code(person.code_secret)}
    subject = {"subject_token": token, "subject_token_type": "urn:ietf:params:oauth:token-type:access_token"}
    for name in clients:
        yield f"{name}: password", post("/token", grant_type="password", client_id=name, **who)
        yield f"{name}: client_credentials", post("/token", grant_type="client_credentials", client_id=name)
        yield f"{name}: token exchange", post("/token", grant_type=_EXCHANGE, client_id=name, **subject)
        yield f"{name}: jwt-bearer", post("/token", grant_type=_ASSERTION, client_id=name, assertion=token)
        yield f"{name}: device code", post("/token", grant_type=_DEVICE, client_id=name, device_code="x")
        yield f"{name}: CIBA poll", post("/token", grant_type=_CIBA, client_id=name, auth_req_id="x")
        yield f"{name}: UMA", post("/token", grant_type=_UMA, client_id=name, audience=name)
        yield f"{name}: device", post("/auth/device", client_id=name)
        yield f"{name}: CIBA", post("/ext/ciba/auth", client_id=name, login_hint=person.username, scope="openid")
        yield f"{name}: PAR", post("/ext/par/request", client_id=name, response_type="code", redirect_uri="http://x/")
        yield (
            f"{name}: PAR that names a grant",
            post("/ext/par/request", client_id=name, response_type="code", grant_type="authorization_code"),
        )
        yield f"{name}: introspection", post("/token/introspect", client_id=name, token=token)
        yield f"{name}: revocation", post("/revoke", client_id=name, token=token)


def front(target: Target, clients: dict[str, str], stranger: str) -> Iterator[tuple[str, Try]]:
    """The authorization endpoint asked for what the browser flow must not give; `clients` by name with their page."""
    for name, page in clients.items():
        login = CodeLogin(target.realm_url, name, page)

        def ask(login: CodeLogin = login, **changed: str | None) -> Try:
            return lambda: login.open(**changed)

        yield f"{name}: implicit", ask(response_type="token")
        yield f"{name}: implicit with ID token", ask(response_type="id_token token")
        yield f"{name}: hybrid", ask(response_type="code token")
        yield f"{name}: without PKCE", ask(code_challenge=None, code_challenge_method=None)
        yield f"{name}: PKCE plain", ask(code_challenge_method="plain", code_challenge="x" * 43)
        yield f"{name}: a stranger's redirect", ask(redirect_uri=stranger)
        yield f"{name}: a longer redirect", ask(redirect_uri=f"{page}x")


def registration(target: Target, token: str) -> Iterator[tuple[str, Try]]:
    """Client and user registration, with the console's token and without any."""
    body = {"client_name": "mallory", "redirect_uris": ["http://x.example/"]}
    for words, headers in (("nobody", {}), ("console token", {"Authorization": f"Bearer {token}"})):
        for kind, content in (("openid-connect", body), ("default", {"clientId": "mallory"})):
            address = f"{target.realm_url}/clients-registrations/{kind}"
            yield f"registration {kind}: {words}", _post(address, content, headers)
    address = f"{target.realm_url}/protocol/openid-connect/registrations?client_id=sidecar&response_type=code"
    yield "registration of a person", lambda: requests.get(address, timeout=_TIMEOUT_S, allow_redirects=False)
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    yield (
        "account API with the console's token",
        lambda: requests.get(f"{target.realm_url}/account/credentials", headers=headers, timeout=_TIMEOUT_S),
    )


def _post(address: str, body: object, headers: dict[str, str]) -> Try:
    return lambda: requests.post(address, json=body, headers=headers, timeout=_TIMEOUT_S)
