"""The narrow accounts of the pages: clients whose service accounts may use their part of the door, and nothing else.

The door is our Keycloak extension's, which has the same table of roles and accounts: both must agree (decision 35).
An account whose secret the settings do not name is made without one, and opens nothing. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from provisioning.keycloak.names import DESK, DOOR, KEY_AUTHENTICATOR, KEY_DIGEST, PORTAL, PUBLIC
from provisioning.model.api_key_secret import digest
from provisioning.model.identifiers import SERVICE_ACCOUNT_PREFIX, service_account_of
from provisioning.model.secret import Secret
from provisioning.settings import Settings

DOOR_ROLES: Final[Mapping[str, tuple[str, str]]] = {
    "door-set-digest": (PORTAL, "Двері: секрет ключа АРІ / Door: secret of an API key"),
    "door-end-key": (PORTAL, "Двері: кінець ключа АРІ / Door: end of an API key"),
    "door-next-key": (PORTAL, "Двері: наступний ключ АРІ / Door: next API key"),
    "door-end-own-sessions": (PORTAL, "Двері: кінець власних сеансів / Door: end of one's own sessions"),
    "door-end-leaked-key": (PUBLIC, "Двері: кінець розкритого ключа / Door: end of a leaked key"),
    "door-end-sessions": (DESK, "Двері: кінець сеансів / Door: end of sessions"),
    "door-see-mailbox": (DESK, "Двері: чи є куди надіслати лист / Door: whether mail can follow"),
    "door-lift-lock": (DESK, "Двері: зняття очікування / Door: lifting a wait"),
}
"""Realm role → the only account that may hold it, and its description."""

ACCOUNT_SECRETS: Final[Mapping[str, str]] = {
    PUBLIC: "AIKOM_PUBLIC_ACCOUNT_SECRET",
    PORTAL: "AIKOM_PORTAL_ACCOUNT_SECRET",
    DESK: "AIKOM_DESK_ACCOUNT_SECRET",
}
"""Narrow account → the setting with its secret."""

NARROW_SERVICE_ACCOUNTS: Final = frozenset(f"{SERVICE_ACCOUNT_PREFIX}{name}" for name in ACCOUNT_SECRETS)

_PAGES: Final[Mapping[str, str]] = {
    PUBLIC: "Загальнодоступні сторінки АІКОМ",
    PORTAL: "Портал закладів АІКОМ",
    DESK: "Робоче місце Адміністратора АІКОМ",
}

_AUDIENCE: Final = {
    "door.protocol": "openid-connect",
    "door.protocolMapper": "oidc-audience-mapper",
    "door.config.included.custom.audience": DOOR,
    "door.config.access.token.claim": "true",
}


def narrow_clients(settings: Settings) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the client id and the wanted representation of each narrow account."""
    for name in ACCOUNT_SECRETS:
        yield name, _client(name, settings)


def _client(name: str, settings: Settings) -> dict[str, Any]:
    roles = sorted(f"realm:{role}" for role, (account, _) in DOOR_ROLES.items() if account == name)
    secret = settings.get(ACCOUNT_SECRETS[name])
    return {
        "clientId": name,
        "enabled": True,
        "name": _PAGES[name],
        "description": "Narrow account of pages: it may use its part of the door, and nothing else",
        "protocol": "openid-connect",
        "publicClient": False,
        "bearerOnly": False,
        "standardFlowEnabled": False,
        "implicitFlowEnabled": False,
        "directAccessGrantsEnabled": False,
        "serviceAccountsEnabled": True,
        "fullScopeAllowed": False,
        "consentRequired": False,
        "alwaysDisplayInConsole": False,
        "frontchannelLogout": False,
        "surrogateAuthRequired": False,
        "nodeReRegistrationTimeout": -1,
        "clientAuthenticatorType": KEY_AUTHENTICATOR,
        "defaultClientScopes": ("basic",),
        "protocolMappers": _AUDIENCE,
        "scopeMappings": tuple(roles),
        "attributes": {KEY_DIGEST: digest(Secret(secret))} if secret else {},
        "service account": {
            "username": service_account_of(name),
            "enabled": True,
            "emailVerified": False,
            "serviceAccountClientId": name,
            "roles": dict.fromkeys(roles, True),
        },
    }
