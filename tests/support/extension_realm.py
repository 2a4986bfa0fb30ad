"""A realm that has just what the Keycloak extension needs, so that its tests depend on nothing else of ours."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import requests

from provisioning.keycloak.base_keys import BaseKeyLink, issue_base_key
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.names import PROVISIONING
from provisioning.model.secret import Secret
from tests.support.keycloak_server import KeycloakServer

SIDECAR = "sidecar"
SIDECAR_PAGE = "http://sidecar.example/welcome"


@dataclass(frozen=True)
class ExtensionRealm:
    """`staff` may do everything, `caller` may only what provisioning may; `url` is the realm's address."""

    url: str
    staff: KeycloakConnection
    caller: KeycloakConnection

    def token(self, form: Mapping[str, object], **more: Any) -> requests.Response:
        """The token endpoint's answer."""
        return requests.post(f"{self.url}/protocol/openid-connect/token", data=form, timeout=60, **more)

    def new_account(self, username: str, **fields: object) -> str:
        """An account without credentials; its id in Keycloak."""
        body = {"username": username, "enabled": True, "email": f"{username}@school.example", **fields}
        return str(self.staff.post("/users", body))

    def account(self, username: str) -> dict[str, Any]:
        """The account with its attributes."""
        (user,) = self.staff.get("/users", username=username, exact=True, briefRepresentation=False)
        return dict(user)

    def attribute(self, username: str, name: str) -> str | None:
        """First value of a user attribute."""
        values = self.account(username).get("attributes", {}).get(name)
        return values[0] if values else None

    def credentials(self, username: str) -> list[dict[str, Any]]:
        """What the account has: password, otp."""
        return list(self.staff.get(f"/users/{self.account(username)['id']}/credentials"))

    def change_account(self, username: str, **fields: object) -> None:
        """PUT with the changed fields."""
        user = self.account(username)
        self.staff.put(f"/users/{user['id']}", {**user, **fields})

    def mint(
        self, username: str, base_key_id: str, *, seconds: int = 600, reset: bool = False, redirect: bool = True
    ) -> Secret:
        """A link for a base key of an account, as the provisioning service account gets it."""
        answer = issue_base_key(
            self.caller,
            username,
            base_key_id,
            lifespan=timedelta(seconds=seconds),
            redirect_uri=SIDECAR_PAGE if redirect else None,
            client_id=SIDECAR,
            reset=reset,
        )
        assert isinstance(answer, BaseKeyLink), answer
        return answer.link

    def new_key_client(self, client_id: str, key: Secret | None, **fields: object) -> str:
        """A client of the extension's kind; without a key nobody can be it yet. Its id in Keycloak."""
        attributes = {} if key is None else {"aikom.key.digest": digest(key)}
        body = {
            "clientId": client_id,
            "enabled": True,
            "publicClient": False,
            "serviceAccountsEnabled": True,
            "standardFlowEnabled": False,
            "clientAuthenticatorType": "aikom-api-key",
            "attributes": attributes,
            **fields,
        }
        return str(self.staff.post("/clients", body))

    def change_client(self, client_id: str, **fields: Any) -> None:
        """PUT with the changed fields; `attributes` are merged."""
        (client,) = self.staff.get("/clients", clientId=client_id)
        attributes = {**client["attributes"], **fields.pop("attributes", {})}
        self.staff.put(f"/clients/{client['id']}", {**client, **fields, "attributes": attributes})


def digest(key: Secret) -> str:
    """What the client attribute holds instead of the key."""
    return hashlib.sha256(key.reveal().encode()).hexdigest()


def new_extension_realm(server: KeycloakServer) -> ExtensionRealm:
    """A realm with a random name: the flow, the required action, attributes, theme, a caller, a client to return to."""
    name = f"extension-{secrets.token_hex(4)}"
    server.admin.create_realm(_REALM | {"realm": name})
    staff = server.admin.for_realm(name)
    _add_client_flow(staff)
    _add_required_action(staff)
    profile = staff.get("/users/profile")
    kept = [a for a in profile["attributes"] if a["name"] in ("username", "email")]
    staff.put("/users/profile", {**profile, "attributes": kept, "unmanagedAttributePolicy": "ADMIN_EDIT"})
    caller = KeycloakConnection(server.url, name, PROVISIONING, Secret(f"{PROVISIONING}-secret"))
    grant(staff, PROVISIONING, "manage-users", "manage-clients")
    return ExtensionRealm(f"{server.public_url}/realms/{name}", staff, caller)


def grant(staff: KeycloakConnection, client_id: str, *names: str) -> None:
    """Give a client's service account these rights over the realm."""
    (client,) = staff.get("/clients", clientId=client_id)
    account = staff.get(f"/clients/{client['id']}/service-account-user")["id"]
    (management,) = staff.get("/clients", clientId="realm-management")
    roles = [staff.get(f"/clients/{management['id']}/roles/{name}") for name in names]
    staff.post(f"/users/{account}/role-mappings/clients/{management['id']}", roles)


def _service(client_id: str) -> dict[str, object]:
    secret = f"{client_id}-secret"
    return {"clientId": client_id, "secret": secret, "publicClient": False, "serviceAccountsEnabled": True}


_REALM: dict[str, object] = {
    "enabled": True,
    "internationalizationEnabled": True,
    "supportedLocales": ["uk", "en"],
    "defaultLocale": "uk",
    "loginTheme": "aikom",
    "accountTheme": "aikom",
    "emailTheme": "aikom",
    "adminEventsEnabled": True,
    "adminEventsDetailsEnabled": True,
    "eventsEnabled": True,
    "clients": [
        _service(PROVISIONING),
        _service("manager"),
        _service("viewer"),
        {**_service(SIDECAR), "directAccessGrantsEnabled": True, "redirectUris": [SIDECAR_PAGE]},
    ],
}


def _add_client_flow(staff: KeycloakConnection) -> None:
    staff.post("/authentication/flows/clients/copy", {"newName": "aikom-clients"})
    flow = "/authentication/flows/aikom-clients/executions"
    staff.post(f"{flow}/execution", {"provider": "aikom-api-key", "priority": 5})
    (execution,) = (e for e in staff.get(flow) if e["providerId"] == "aikom-api-key")
    staff.put(flow, {**execution, "requirement": "ALTERNATIVE"})
    staff.put("", {"clientAuthenticationFlow": "aikom-clients"})


def _add_required_action(staff: KeycloakConnection) -> None:
    staff.post("/authentication/register-required-action", {"providerId": "aikom-activate", "name": "Activate"})
    # First of all on purpose: the action itself sees to being last.
    for alias, priority in {"aikom-activate": 1, "UPDATE_PASSWORD": 10, "CONFIGURE_TOTP": 20}.items():
        path = f"/authentication/required-actions/{alias}"
        staff.put(path, {**staff.get(path), "priority": priority})
