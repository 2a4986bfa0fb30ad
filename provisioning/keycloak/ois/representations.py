"""Keycloak's JSON for an OIS as the ledger has it. Pure.

The client authenticates by `private_key_jwt` (RFC 7523) with the key set itself stored: Keycloak never fetches an
address that an OIS supplied. Without a key set it authenticates by a secret that is compared by digest. It exchanges
tokens (RFC 8693) and lets through only the rights it was granted. Source: order cl. 5, 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from provisioning.keycloak.names import CENTRAL_DB, KEY_AUTHENTICATOR
from provisioning.keycloak.realm.scopes import INSTITUTION
from provisioning.keycloak.whole.canonical import canonical, canonical_user, diff_wholes, without
from provisioning.keycloak.whole.left import ADDED_TO_BROWSER_CLIENTS, ADDED_TO_CLIENTS, LEFT_OF_OIS
from provisioning.model.identifiers import ClientId, service_account_of
from provisioning.model.ois import OisRecord, OisState

OIS_ATTRIBUTE: Final = "aikom.ois"
"""Client attribute that marks the client of an OIS and names it."""

SCOPES: Final = (CENTRAL_DB, INSTITUTION)
"""Default scopes of an OIS: the audience with its rights, and who the institution is."""

SCOPE_MAPPINGS: Final = "scopeMappings"
"""Of a client scope as it is read here: the roles that it lets through."""

ASSERTION_LIFE_S: Final = 60
"""How long after its issue a client assertion is taken, whatever end it names; and once only (RFC 7523 section 3)."""


def ois_client(record: OisRecord) -> dict[str, Any]:
    """Return the client of an OIS, but for its scopes and scope mappings, which have calls of their own."""
    users = bool(record.redirect_uris)
    return {
        "clientId": record.client_id,
        "name": record.name,
        "description": f"ОІС · {record.operator}, {record.edrpou}",
        "enabled": record.state is OisState.CONNECTED,
        "protocol": "openid-connect",
        "publicClient": False,
        "bearerOnly": False,
        "standardFlowEnabled": users,
        "implicitFlowEnabled": False,
        "directAccessGrantsEnabled": False,
        "serviceAccountsEnabled": True,
        "fullScopeAllowed": False,
        "consentRequired": False,
        # An address with an asterisk would be a pattern to Keycloak; none is handed to it, whoever recorded one.
        "redirectUris": [uri for uri in record.redirect_uris if "*" not in uri],
        "webOrigins": [],
        "clientAuthenticatorType": "client-jwt" if record.jwks else KEY_AUTHENTICATOR,
        "attributes": _attributes(record, users),
    }


def wanted_ois(record: OisRecord) -> dict[str, Any]:
    """Return the whole of an OIS's client, with its scopes and exactly the rights that it lets through."""
    client = ois_client(record)
    added = ADDED_TO_BROWSER_CLIENTS if client["standardFlowEnabled"] else {}
    whole = {
        **ADDED_TO_CLIENTS,
        **client,
        "attributes": {**added, **client["attributes"]},
        "defaultClientScopes": SCOPES,
        "scopeMappings": [f"{CENTRAL_DB}:{right}" for right in record.rights],
    }
    return without(canonical(whole), LEFT_OF_OIS)


def wanted_service_of(record: OisRecord) -> dict[str, Any]:
    """Return the whole of the service account of an OIS: no role and no attribute."""
    user = {"username": service_account_of(record.client_id), "serviceAccountClientId": record.client_id}
    return canonical_user(user)


def mandate_scope(client_id: ClientId) -> dict[str, Any]:
    """Return the client scope of an OIS's mandates: a key that carries it may be exchanged by that OIS, and by it
    alone.
    """
    return {
        "name": client_id,
        "description": f"Mandates of {client_id}",
        "protocol": "openid-connect",
        "attributes": {"include.in.token.scope": "false", "display.on.consent.screen": "false"},
        "protocolMappers": [
            {
                "name": "audience",
                "protocol": "openid-connect",
                "protocolMapper": "oidc-audience-mapper",
                "config": {"included.client.audience": client_id, "access.token.claim": "true"},
            }
        ],
    }


def mandate_scope_differences(client_id: ClientId, scope: Mapping[str, Any]) -> set[str]:
    """Return the fields in which a client scope is not what `mandate_scope` says, or lets a role through."""
    return {change.field for change in diff_wholes(_whole_scope(mandate_scope(client_id)), _whole_scope(scope))}


def _whole_scope(scope: Mapping[str, Any]) -> dict[str, Any]:
    mappers = {
        mapper["name"]: {"consentRequired": False, **{key: mapper[key] for key in mapper if key not in ("id", "name")}}
        for mapper in scope.get("protocolMappers", [])
    }
    plain = {name: value for name, value in scope.items() if name not in ("id", "name", "protocolMappers")}
    return canonical({**plain, "mappers": mappers})


def _attributes(record: OisRecord, users: bool) -> dict[str, str]:
    """An empty value removes an attribute: a key set that was given up, or an address that somebody put in by hand."""
    return {
        OIS_ATTRIBUTE: record.slug,
        "standard.token.exchange.enabled": "true",
        "standard.token.exchange.enableRefreshRequestedTokenType": "NO",
        "use.refresh.tokens": "false",
        "use.jwks.url": "false",
        "jwks.url": "",
        "use.jwks.string": "true" if record.jwks else "false",
        "jwks.string": record.jwks or "",
        "jwt.credential.certificate": "",
        "token.endpoint.auth.signing.max.exp": str(ASSERTION_LIFE_S),
        "pkce.code.challenge.method": "S256" if users else "",
        # Keycloak then gives no token without a proof, for itself or by exchange (RFC 9449 5).
        "dpop.bound.access.tokens": "true" if record.proof_required else "",
    }
