"""What of users and clients is left to Keycloak or to people, each with the reason. All else is compared.

Names are paths in the canonical form: `name`, or `map/name` for an entry of a map.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provisioning.keycloak.names import KEY_DIGEST, KEY_EXPIRES
from provisioning.planning.objects import ObjectType

_IDENTITY: Final = "Keycloak's own, no call changes it"
_JUDGED: Final = "compared by the table of decisions of its own: an apply never enables what somebody disabled"
_CLOSES: Final = "refuses older tokens and sessions; it only ever closes"
_OWN: Final = "the person's own: set at activation, changed by the person alone"
_ASKED: Final = "asked of the person by Keycloak itself at the next sign-in; it opens nothing"

LEFT_OF_KEY: Final[Mapping[str, str]] = {
    "enabled": _JUDGED,
    "notBefore": _CLOSES,
    "attributes/client.secret.creation.time": "Keycloak's own note on a secret that no authenticator here reads",
    f"attributes/{KEY_DIGEST}": "set when the key is shown to its owner; the configuration knows no secret",
    f"attributes/{KEY_EXPIRES}": "the end of a rotated key, which the ledger ends at the same moment",
}
"""Of the client of an API key."""

LEFT_OF_OIS: Final[Mapping[str, str]] = {path: reason for path, reason in LEFT_OF_KEY.items() if path != "enabled"}
"""Of the client of an OIS: whether it is enabled is a decision of the ledger, and compared."""

LEFT_OF_REALM_CLIENT: Final[Mapping[str, str]] = {
    "notBefore": _CLOSES,
    "attributes/client.secret.creation.time": LEFT_OF_KEY["attributes/client.secret.creation.time"],
}
"""Of the system's own clients and Keycloak's."""

LEFT_OF_PROVISIONING: Final[Mapping[str, str]] = {
    **LEFT_OF_REALM_CLIENT,
    f"attributes/{KEY_DIGEST}": "the program that compares has just signed in with it",
}
"""Of the client that provisioning itself signs in with."""

LEFT_OF_REALM_SERVICE: Final[Mapping[str, str]] = {"notBefore": _CLOSES}
"""Of the service account of such a client, besides the realm's default role, which holds nothing."""

LEFT_OF_OIS_SERVICE: Final[Mapping[str, str]] = {
    "enabled": "an exchange does not use the account, and disabling it only closes",
    "notBefore": _CLOSES,
}
"""Of the service account of an OIS, besides the realm's default role: all users of Keycloak's making have that, and it
holds nothing.
"""

LEFT_OF_SERVICE: Final[Mapping[str, str]] = {"enabled": _JUDGED, "notBefore": _CLOSES}
"""Of the service account of an API key."""

LEFT_OF_PERSON: Final[Mapping[str, str]] = {
    "enabled": _JUDGED,
    "notBefore": _CLOSES,
    "emailVerified": "set by activation: the base key went to this address",
    "attributes/locale": "the language that the person chose",
    "attributes/base_key_id": "the outstanding base key, which the extension writes and the ledger knows",
    "attributes/activated_at": "written by the extension when the base key is used",
    **dict.fromkeys((f"credentials/{kind}" for kind in ("password", "password-history", "otp")), _OWN),
    **dict.fromkeys((f"credentials/{kind}" for kind in ("webauthn", "recovery-authn-codes")), _OWN),
    **dict.fromkeys(
        (
            f"requiredActions/{action}"
            for action in ("UPDATE_PASSWORD", "CONFIGURE_TOTP", "CONFIGURE_RECOVERY_AUTHN_CODES", "webauthn-register")
        ),
        _ASKED,
    ),
}
"""Of an account's own user."""

LEFT_OF_STAFF: Final[Mapping[str, str]] = {path: why for path, why in LEFT_OF_PERSON.items() if path != "enabled"}
"""Of a user of staff, besides the realm's default role."""

_OF_ROLES: Final[Mapping[str, str]] = {
    "id": _IDENTITY,
    "containerId": _IDENTITY,
    "name": "the name itself: a renamed role is a lost one and a foreign one",
    "composite": "follows from its parts",
}

LEFT_OF_REALM: Final[Mapping[ObjectType, Mapping[str, str]]] = {
    ObjectType.REALM: {
        "id": _IDENTITY,
        "keycloakVersion": "of the server, and checked by itself",
        "notBefore": _CLOSES,
        "defaultRole/id": _IDENTITY,
        "defaultRole/containerId": _IDENTITY,
        "smtpServer/password": "never shown by Keycloak",
        **dict.fromkeys(
            ("adminPermissionsClient/id", "adminPermissionsClient/clientId"),
            "made by Keycloak when fine-grained permissions were once on; as a client it is foreign, and reported",
        ),
    },
    ObjectType.ROLE: _OF_ROLES,
    ObjectType.RIGHT: _OF_ROLES,
    ObjectType.COMPONENT: {
        "config/kc.user.profile.config": "the user profile, which is an object of its own",
    },
}
"""Of the realm's other objects."""

ADDED_TO_CLIENTS: Final[Mapping[str, object]] = {
    "alwaysDisplayInConsole": False,
    "surrogateAuthRequired": False,
    "frontchannelLogout": False,
    "nodeReRegistrationTimeout": -1,
}
"""What Keycloak adds to a client by itself."""

ADDED_TO_BROWSER_CLIENTS: Final[Mapping[str, str]] = {
    "backchannel.logout.session.required": "true",
    "backchannel.logout.revoke.offline.tokens": "false",
}
"""Attributes that Keycloak adds to a client with the standard flow."""
