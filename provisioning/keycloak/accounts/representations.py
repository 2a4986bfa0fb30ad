"""Keycloak's JSON for account images. Pure.

An account is a user without a password; API key n is a confidential client with a service account. Neither has a known
secret: the key's digest is set when its owner first sees it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from provisioning.keycloak.names import CENTRAL_DB, KEY_AUTHENTICATOR
from provisioning.keycloak.realm.scopes import INSTITUTION
from provisioning.model.identifiers import parse_key_client_id, service_account_of
from provisioning.planning.changes import AccountImage, KeyImage

ACCOUNT_ATTRIBUTE: Final = "aikom.account"
"""Client attribute that names the account of an API key."""


def import_batch(images: Iterable[AccountImage]) -> dict[str, Any]:
    """Return the body of one `partialImport`: all or nothing, a name that exists fails the whole call. Source: order
    cl. 4.
    """
    accounts = list(images)
    keys = [key for account in accounts for key in account.keys]
    return {
        "ifResourceExists": "FAIL",
        "clients": [key_client(key) for key in keys],
        "users": [*(account_user(account) for account in accounts), *(service_account(key) for key in keys)],
    }


def account_user(image: AccountImage) -> dict[str, Any]:
    """Return the account's own user: it logs in to the portal and carries no rights."""
    return {
        "username": image.username,
        "enabled": image.enabled,
        "email": image.email,
        "emailVerified": False,
        "attributes": {**user_attributes(image.attributes), "locale": ["uk"]},
    }


def key_client(key: KeyImage) -> dict[str, Any]:
    """Return the client of one API key, shut but for the client credentials grant (RFC 6749 section 4.4)."""
    parsed = parse_key_client_id(key.client_id)
    if parsed is None:
        raise ValueError(f"{key.client_id} is not the name of an API key")
    username, number = parsed
    return {
        "clientId": key.client_id,
        "name": f"Ключ АРІ {number} · {username}",
        "description": f"API key {number} of account {username}",
        "enabled": key.enabled,
        "protocol": "openid-connect",
        "publicClient": False,
        "bearerOnly": False,
        "standardFlowEnabled": False,
        "implicitFlowEnabled": False,
        "directAccessGrantsEnabled": False,
        "serviceAccountsEnabled": True,
        "fullScopeAllowed": False,
        "consentRequired": False,
        "clientAuthenticatorType": KEY_AUTHENTICATOR,
        "defaultClientScopes": [INSTITUTION],
        "optionalClientScopes": [],
        "attributes": {ACCOUNT_ATTRIBUTE: username, "use.refresh.tokens": "false"},
    }


def service_account(key: KeyImage) -> dict[str, Any]:
    """Return the service account of one API key: it carries the rights and the claims."""
    user: dict[str, Any] = {
        "username": service_account_of(key.client_id),
        "enabled": key.service_enabled,
        "serviceAccountClientId": key.client_id,
        "attributes": user_attributes(key.attributes),
        "realmRoles": sorted(key.roles),
    }
    if key.rights:
        user["clientRoles"] = {CENTRAL_DB: sorted(key.rights)}
    return user


def user_attributes(attributes: Mapping[str, str]) -> dict[str, list[str]]:
    """Return attributes as Keycloak keeps them: every value as a list."""
    return {name: [value] for name, value in attributes.items()}
