"""The scopes of an API key as Keycloak has them: client scopes for OIS and direct use, an attribute for a mandate's
rights.

A scope that is attached as optional opens as much as a default one, so both are looked at. Source: order cl. 5, 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import find_client, scope_ids
from provisioning.keycloak.ois.clients import ensure_mandate_scope
from provisioning.model.identifiers import ClientId
from provisioning.model.key_scopes import DIRECT_USE, KeyScopes, is_key_scope
from provisioning.model.ois import parse_ois_client_id

MANDATE_ATTRIBUTE: Final = "aikom.mandate."
"""Client attribute of an API key, with the OIS's client id behind it: the mandate's rights, separated by spaces."""

_KINDS: Final = {"defaultClientScopes": "default-client-scopes", "optionalClientScopes": "optional-client-scopes"}


def scopes_of_client(client: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return what the client of an API key opens. Pure."""
    scopes = {scope for kind in _KINDS for scope in client.get(kind, ()) if is_key_scope(scope)}
    attributes = client.get("attributes", {})
    return {scope: tuple(sorted((attributes.get(MANDATE_ATTRIBUTE + scope) or "").split())) for scope in sorted(scopes)}


def mandate_attributes(wanted: KeyScopes) -> dict[str, str]:
    """Return the rights of the mandates among these scopes, as client attributes. Pure."""
    mandates = {scope: rights for scope, rights in wanted.items() if scope != DIRECT_USE}
    return {MANDATE_ATTRIBUTE + scope: " ".join(sorted(rights)) for scope, rights in mandates.items()}


def bring_key_scopes(connection: KeycloakConnection, client_id: ClientId, wanted: KeyScopes) -> None:
    """Let a key open exactly this; what it must not open is closed first.

    Safe to repeat. A key that Keycloak does not have opens nothing.
    """
    client = find_client(connection, client_id)
    if client is None:
        return
    base, ids = f"/clients/{client['id']}", scope_ids(connection)
    for kind, resource in _KINDS.items():
        for scope in client.get(kind, ()):
            if is_key_scope(scope) and (scope not in wanted or kind == "optionalClientScopes"):
                connection.delete(f"{base}/{resource}/{ids[scope]}")
    _bring_attributes(connection, client, wanted)
    for scope in wanted:
        if scope not in client.get("defaultClientScopes", ()):
            connection.put(f"{base}/default-client-scopes/{_scope_id(connection, ids, scope)}")


def _bring_attributes(connection: KeycloakConnection, client: Mapping[str, Any], wanted: KeyScopes) -> None:
    present = {n: v for n, v in client.get("attributes", {}).items() if n.startswith(MANDATE_ATTRIBUTE)}
    attributes = {**dict.fromkeys(present, ""), **mandate_attributes(wanted)}
    if attributes != present:
        # An empty value removes an attribute.
        connection.put(f"/clients/{client['id']}", {"clientId": client["clientId"], "attributes": attributes})


def _scope_id(connection: KeycloakConnection, ids: Mapping[str, str], scope: str) -> str:
    """A mandate's scope is made when Keycloak lost it; the others belong to the realm."""
    if scope in ids:
        return ids[scope]
    return ensure_mandate_scope(connection, ClientId(scope)) if parse_ois_client_id(scope) else ids[scope]
