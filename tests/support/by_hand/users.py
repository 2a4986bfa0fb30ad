"""Every field of a user changed by hand: of a person, a service account, an operator and the staff."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import require_client
from provisioning.keycloak.whole.left import LEFT_OF_PERSON
from tests.support.by_hand.change import Change, Place, merge

USER: Final = "UserRepresentation"

USER_LEFT: Final[Mapping[str, str]] = {
    **{path: reason for path, reason in LEFT_OF_PERSON.items() if "/" not in path and path != "emailVerified"},
    "credentials": "a person's own, set at activation; compared of a service account, where Keycloak takes none",
    "id": "Keycloak's own, no call changes it",
    "username": "the name itself: a renamed user is a lost one and a foreign one",
    "createdTimestamp": "Keycloak's own note",
    "federationLink": "compared; no call of the Admin API sets it",
    "serviceAccountClientId": "compared; no call of the Admin API sets it",
    "clientConsents": "compared; only the person can give one, and no client here asks",
    **dict.fromkeys(("totp", "disableableCredentialTypes", "access", "self", "userProfileMetadata"), "computed"),
    **dict.fromkeys(("origin", "applicationRoles", "socialLinks"), "of older versions or other stores"),
    **dict.fromkeys(("verifiableCredentials", "issuedVerifiableCredentials"), "of a feature that is off"),
}
"""Fields without another valid value, or left to Keycloak and people."""

_NAMES: Final = {"realmRoles": "roles", "clientRoles": "roles"}
_ATTRIBUTE: Final = "katottg"
"""An attribute that the user profile knows. Keycloak takes no other one, so no entry that was never declared."""

_Hand = Callable[[KeycloakConnection, str], None]


def user_changes(
    user: Mapping[str, Any], place: Place, prefix: str = "", *, service: bool = False, roles: str | None = None
) -> Iterator[Change]:
    """Yield a change of every field of a user, given as Keycloak has it. `prefix` comes before drift's names, `roles`
    is the field that roles are named under.

    An identity link needs a browser of its person's, which a `service` account has none of.
    """
    for field, hand in _HANDS.items():
        if (field == "federatedIdentities" and service) or (field == "emailVerified" and not service):
            continue
        named = roles if roles is not None and field in _NAMES else prefix + _NAMES.get(field, field)
        yield Change(USER, field, place, named, partial(_by, hand, user["id"]))


def disabled(user: Mapping[str, Any], place: Place) -> Change:
    """Return the change that disables a user, where that is compared like any other field."""
    return Change(USER, "enabled", place, "enabled", partial(_by, _user(enabled=False), user["id"]))


def _by(hand: _Hand, identifier: str, admin: KeycloakConnection) -> None:
    hand(admin, identifier)


def _user(**fields: Any) -> _Hand:
    return lambda admin, identifier: merge(admin, f"/users/{identifier}", fields)


def _email(admin: KeycloakConnection, identifier: str) -> None:
    merge(admin, f"/users/{identifier}", {"email": f"else-{identifier[:8]}@schools.example"})


def _attribute(admin: KeycloakConnection, identifier: str) -> None:
    user = admin.get(f"/users/{identifier}")
    attributes = {**user.get("attributes", {}), _ATTRIBUTE: ["UA05020010010099999"]}
    admin.put(f"/users/{identifier}", {**user, "attributes": attributes})


def _realm_role(admin: KeycloakConnection, identifier: str) -> None:
    admin.post(f"/users/{identifier}/role-mappings/realm", [admin.get("/roles/auditor")])


def _client_role(admin: KeycloakConnection, identifier: str) -> None:
    client = require_client(admin, "account")["id"]
    role = admin.get(f"/clients/{client}/roles/manage-account")
    admin.post(f"/users/{identifier}/role-mappings/clients/{client}", [role])


def _group(admin: KeycloakConnection, identifier: str) -> None:
    admin.post("/groups", {"name": f"group-{identifier}"})
    (group,) = admin.get("/groups", search=f"group-{identifier}")
    admin.put(f"/users/{identifier}/groups/{group['id']}")


def _identity(admin: KeycloakConnection, identifier: str) -> None:
    alias = f"other-{identifier[:8]}"
    config = {"clientId": "x", "authorizationUrl": "https://x.example/a", "tokenUrl": "https://x.example/t"}
    admin.post("/identity-provider/instances", {"alias": alias, "providerId": "oidc", "config": config})
    admin.post(f"/users/{identifier}/federated-identity/{alias}", {"userId": "1", "userName": "somebody"})


_HANDS: Final[Mapping[str, _Hand]] = {
    "firstName": _user(firstName="Somebody"),
    "lastName": _user(lastName="Else"),
    "email": _email,
    "emailVerified": _user(emailVerified=True),
    "attributes": _attribute,
    "requiredActions": _user(requiredActions=["TERMS_AND_CONDITIONS"]),
    "federatedIdentities": _identity,
    "realmRoles": _realm_role,
    "clientRoles": _client_role,
    "groups": _group,
}
"""Field of a user → a change."""
