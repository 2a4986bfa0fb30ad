"""Wholes of what an account should be: its user, and of each API key the client and the service account. Pure.

Made from the very representations that are written, so that a new account is as wanted.
"""

from __future__ import annotations

from typing import Any

from provisioning.keycloak.accounts.representations import account_user, key_client, service_account
from provisioning.keycloak.key_scopes import mandate_attributes
from provisioning.keycloak.whole.canonical import canonical, canonical_user, without
from provisioning.keycloak.whole.left import ADDED_TO_CLIENTS, LEFT_OF_KEY, LEFT_OF_PERSON, LEFT_OF_SERVICE
from provisioning.model.key_scopes import KeyScopes
from provisioning.planning.changes import AccountImage, KeyImage


def wanted_key(key: KeyImage, opens: KeyScopes) -> dict[str, Any]:
    """Return the whole of an API key's client that opens exactly `opens`."""
    client = key_client(key)
    client["defaultClientScopes"] = [*client["defaultClientScopes"], *opens]
    client["attributes"] |= mandate_attributes(opens)
    return without(canonical({**ADDED_TO_CLIENTS, **client}), LEFT_OF_KEY)


def wanted_service(key: KeyImage) -> dict[str, Any]:
    """Return the whole of an API key's service account, with exactly its roles."""
    return without(canonical_user(service_account(key)), LEFT_OF_SERVICE)


def wanted_person(image: AccountImage) -> dict[str, Any]:
    """Return the whole of an account's own user, which has no role at all."""
    return without(canonical_user(account_user(image)), LEFT_OF_PERSON)
