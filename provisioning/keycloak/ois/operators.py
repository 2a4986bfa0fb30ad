"""The account of an OIS's operator: a user named after the OIS, with one role and its slug as an attribute.

Born without a password: the first login is by a base key, which leads to a password and a second factor, as it is for
staff. It has no rights in Keycloak at all; what it may see is decided by the sidecar. Source: order cl. 6.
"""

from __future__ import annotations

from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.logins import disable_user
from provisioning.keycloak.realm.lookups import find_user, require_user
from provisioning.keycloak.realm.role_mappings import assign_roles
from provisioning.model.ois import OPERATOR_ROLE, OisRecord, operator_username
from provisioning.planning.desired import MANAGED_BY, MANAGED_BY_US

OIS_OF_OPERATOR: Final = "ois"
"""User attribute with the slug of the OIS."""


def bring_operator(connection: KeycloakConnection, record: OisRecord) -> bool:
    """Make the operator's user, or bring it to the record; disable it once the OIS has ended. Return whether one was
    made.

    Safe to repeat. A user that was disabled by hand stays so. Raises KeycloakRefused with 400 for an address that
    Keycloak does not take.
    """
    username = operator_username(record.slug)
    if record.state.is_over:
        disable_user(connection, username)
        return False
    user = find_user(connection, username)
    if user is None:
        connection.post("/users", {"username": username, "enabled": True, "requiredActions": [], **_wanted(record, {})})
    elif any(user.get(name) != value for name, value in _wanted(record, user).items()):
        connection.put(f"/users/{user['id']}", {**user, **_wanted(record, user)})
    identifier = require_user(connection, username)["id"]
    # Nothing but this one role, whatever somebody put there by hand.
    assign_roles(connection, f"/users/{identifier}/role-mappings/realm", "/roles", (OPERATOR_ROLE,))
    return user is None


def operator_is_live(connection: KeycloakConnection, record: OisRecord) -> bool:
    """Return whether the operator's user exists and can sign in."""
    user = find_user(connection, operator_username(record.slug))
    return user is not None and bool(user["enabled"])


def _wanted(record: OisRecord, user: dict[str, Any]) -> dict[str, Any]:
    """Attributes that are not ours to decide, such as the outstanding base key, stay as they are."""
    ours = {MANAGED_BY: [MANAGED_BY_US], OIS_OF_OPERATOR: [record.slug], "institution_name": [record.name]}
    return {"email": record.email.lower(), "attributes": {**user.get("attributes", {}), **ours}}
