"""Birth of a realm: the realm itself and the one service account that all later work is done with.

Needs administrative rights in realm `master`, once; afterwards the temporary administrator is deleted.
Everything else in the realm comes from YAML through plan and apply.
"""

from __future__ import annotations

import secrets
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.names import KEY_AUTHENTICATOR, KEY_DIGEST
from provisioning.keycloak.realm.flows import bind_client_flow
from provisioning.model.api_key_secret import digest
from provisioning.model.secret import Secret

PROVISIONING_CLIENT: Final = "provisioning"

PROVISIONING_ROLES: Final = frozenset(
    {"manage-realm", "manage-users", "manage-clients", "view-events", "view-identity-providers"}
)
"""All that the service account may do, in its own realm only. `manage-…` includes viewing the same objects."""

_REALM_MANAGEMENT: Final = "realm-management"


def bootstrap_realm(admin: KeycloakConnection, realm: str, secret: Secret | None = None) -> Secret:
    """Make sure that the realm and its provisioning service account exist, with exactly `PROVISIONING_ROLES`.

    `admin` is a connection to `master` with the right to create realms. Returns the account's secret: `secret` when
    given (so that a caller can store it first), else a new one. Safe to repeat: it finishes what a crash left undone.
    """
    chosen = secret or new_secret()
    inside = admin.for_realm(realm)
    if inside.get("") is None:
        admin.create_realm(_minimal_realm(realm))
    _remove_offline_access(inside)
    _empty_default_role(inside, realm)
    bind_client_flow(inside)
    client = _ensure_client(inside, chosen)
    _ensure_roles(inside, client)
    return chosen


def retire_bootstrap_admin(admin: KeycloakConnection, client_id: str) -> None:
    """Delete the temporary administrator `client_id` from `master`; its tokens die with it. Safe to repeat.

    Call it last: `admin` is usually that client itself.
    """
    found = admin.get("/clients", clientId=client_id) or []
    for client in found:
        admin.delete(f"/clients/{client['id']}")


def new_secret() -> Secret:
    """Return a random secret of 256 bits, URL-safe."""
    return Secret(secrets.token_urlsafe(32))


def _remove_offline_access(inside: KeycloakConnection) -> None:
    """Keycloak puts this scope into every new realm; nobody here gets tokens that outlive a session."""
    for scope in inside.get("/client-scopes") or []:
        if scope["name"] == "offline_access":
            inside.delete(f"/client-scopes/{scope['id']}")


def _empty_default_role(inside: KeycloakConnection, realm: str) -> None:
    """Keycloak fills it with account roles, and with it every service account's token."""
    path = f"/roles/default-roles-{realm}/composites"
    if parts := inside.get(path):
        inside.delete(path, parts)


def _minimal_realm(realm: str) -> dict[str, Any]:
    """A realm that hands nothing out by itself: no client scope but `basic`, and a default role to be emptied."""
    default_role = f"default-roles-{realm}"
    return {
        "realm": realm,
        "enabled": True,
        "defaultRole": {"name": default_role},
        "roles": {"realm": [{"name": default_role}]},
        "clientScopes": [_basic_scope()],
        "defaultDefaultClientScopes": [],
        "defaultOptionalClientScopes": [],
    }


def _basic_scope() -> dict[str, Any]:
    """Keycloak's own scope `basic`: without its `sub`, tokens name nobody."""
    claims = {"access.token.claim": "true", "introspection.token.claim": "true"}
    return {
        "name": "basic",
        "description": "OpenID Connect scope for add all basic claims to the token",
        "protocol": "openid-connect",
        "attributes": {"include.in.token.scope": "false", "display.on.consent.screen": "false"},
        "protocolMappers": [
            {
                "name": "sub",
                "protocol": "openid-connect",
                "protocolMapper": "oidc-sub-mapper",
                "config": claims,
            },
            {
                "name": "auth_time",
                "protocol": "openid-connect",
                "protocolMapper": "oidc-usersessionmodel-note-mapper",
                "config": claims
                | {
                    "user.session.note": "AUTH_TIME",
                    "claim.name": "auth_time",
                    "jsonType.label": "long",
                    "id.token.claim": "true",
                },
            },
        ],
    }


def _ensure_client(inside: KeycloakConnection, secret: Secret) -> str:
    """The service account's client with this secret; its internal id."""
    wanted = {
        "clientId": PROVISIONING_CLIENT,
        "name": "Provisioning",
        "description": "Carries the configuration in git into this realm. Do not change it by hand.",
        "enabled": True,
        "publicClient": False,
        # Compared by digest: staff who may look at clients must not find the key to the realm there.
        "clientAuthenticatorType": KEY_AUTHENTICATOR,
        "attributes": {KEY_DIGEST: digest(secret)},
        "serviceAccountsEnabled": True,
        "standardFlowEnabled": False,
        "implicitFlowEnabled": False,
        "directAccessGrantsEnabled": False,
        # Its rights are its roles below; they must be in its own token, so no scope mapping narrows them.
        "fullScopeAllowed": True,
    }
    found = inside.get("/clients", clientId=PROVISIONING_CLIENT)
    if found:
        client_id = str(found[0]["id"])
        inside.put(f"/clients/{client_id}", {**found[0], **wanted})
        return client_id
    return str(inside.post("/clients", wanted | {"defaultClientScopes": ["basic"], "optionalClientScopes": []}))


def _ensure_roles(inside: KeycloakConnection, client: str) -> None:
    """Exactly `PROVISIONING_ROLES` on the service account: missing ones are added, others taken away."""
    user = inside.get(f"/clients/{client}/service-account-user")
    management = inside.get("/clients", clientId=_REALM_MANAGEMENT)[0]["id"]
    path = f"/users/{user['id']}/role-mappings/clients/{management}"
    present = {role["name"]: role for role in inside.get(path) or []}
    available = {role["name"]: role for role in inside.get(f"/clients/{management}/roles")}
    missing = [available[name] for name in sorted(PROVISIONING_ROLES - present.keys())]
    surplus = [role for name, role in sorted(present.items()) if name not in PROVISIONING_ROLES]
    if missing:
        inside.post(path, missing)
    if surplus:
        inside.delete(path, surplus)
