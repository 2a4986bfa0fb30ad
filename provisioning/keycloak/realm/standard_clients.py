"""The clients that Keycloak puts into every realm: its administration console, which reads and changes nothing; the
others are shut.

The console logs staff in, and its tokens may use no role but those that read, whatever else its user holds. `account`
stays enabled: Keycloak's account API, by which people look after their own second factors, answers only while it is.
Source: decision 27.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

CONSOLE: Final = "security-admin-console"
MANAGEMENT: Final = "realm-management"
"""Client whose roles are the rights over the realm itself."""

READING_ROLES: Final = ("query-clients", "query-realms", "query-users", "view-clients", "view-realm", "view-users")
EVENTS_ROLE: Final = "view-events"
CONSOLE_ROLES: Final = (*READING_ROLES, EVENTS_ROLE)
"""All that the console's tokens may be used for; its user needs the role as well."""

_PKCE: Final = {"pkce.code.challenge.method": "S256"}


def standard_clients(realm: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the client id and the wanted representation of each."""
    yield CONSOLE, _console(realm)
    yield "account", {"enabled": True, **_without_login(), "fullScopeAllowed": False, "attributes": _PKCE}
    yield "account-console", {"enabled": False, **_without_login(), "fullScopeAllowed": False, "attributes": _PKCE}
    yield "admin-cli", {"enabled": False, **_without_login(), "fullScopeAllowed": False}
    # NOTE: not `realm-management`: Keycloak lets nobody change it.
    yield "broker", {"bearerOnly": True, "publicClient": False, **_without_login(), "fullScopeAllowed": False}


def _console(realm: str) -> dict[str, Any]:
    home = f"/admin/{realm}/console/"
    return {
        "enabled": True,
        "publicClient": True,
        "standardFlowEnabled": True,
        "implicitFlowEnabled": False,
        "directAccessGrantsEnabled": False,
        "serviceAccountsEnabled": False,
        "fullScopeAllowed": False,
        "consentRequired": False,
        "rootUrl": "${authAdminUrl}",
        "baseUrl": home,
        "redirectUris": (home,),
        "webOrigins": ("+",),
        "defaultClientScopes": ("basic", "profile-min"),
        "scopeMappings": tuple(sorted(f"{MANAGEMENT}:{role}" for role in CONSOLE_ROLES)),
        "attributes": {
            **_PKCE,
            "post.logout.redirect.uris": "+",
            "client.use.lightweight.access.token.enabled": "true",
        },
    }


def _without_login() -> dict[str, Any]:
    return {
        "standardFlowEnabled": False,
        "implicitFlowEnabled": False,
        "directAccessGrantsEnabled": False,
        "serviceAccountsEnabled": False,
        "redirectUris": (),
        "webOrigins": (),
    }
