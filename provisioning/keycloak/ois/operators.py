"""The account of an OIS's operator: a user named after the OIS, with one role and its slug as an attribute.

Born without a password: the first login is by a base key, which leads to a password and a second factor, as it is for
staff. It has no rights in Keycloak at all; what it may see is decided by the sidecar. Source: order cl. 6.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.logins import disable_user
from provisioning.keycloak.lookups import find_user
from provisioning.keycloak.whole.canonical import canonical_user, diff_wholes, without
from provisioning.keycloak.whole.holdings import whole_users
from provisioning.keycloak.whole.left import LEFT_OF_PERSON
from provisioning.keycloak.whole.restoring import restore_user
from provisioning.model.ois import OPERATOR_ROLE, OisRecord, Slug, operator_username
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
    made = find_user(connection, username) is None
    if made:
        connection.post("/users", {"username": username, "enabled": True, "requiredActions": [], **_ours(record)})
    if operator_differences(connection, [record]):
        # Nothing but what is ours, whatever somebody put there by hand.
        restore_user(connection, username, _wanted(record))
    return made


def live_operators(connection: KeycloakConnection, records: Iterable[OisRecord]) -> set[Slug]:
    """Return the OIS of those records whose operator's user exists and can sign in."""
    names = {operator_username(record.slug): record.slug for record in records}
    found = whole_users(connection, list(names), person_left=())
    return {slug for name, slug in names.items() if found.get(name, {}).get("enabled")}


def operator_differences(connection: KeycloakConnection, records: Iterable[OisRecord]) -> dict[Slug, tuple[str, ...]]:
    """Return the fields of each operator's user that are otherwise than its record says, by OIS.

    A user that is as recorded, or that does not exist, is left out.
    """
    by_name = {operator_username(record.slug): record for record in records}
    found = whole_users(connection, list(by_name))
    differing = {
        record.slug: tuple(change.field for change in diff_wholes(_wanted(record), found[name]))
        for name, record in by_name.items()
        if name in found
    }
    return {slug: fields for slug, fields in differing.items() if fields}


def _wanted(record: OisRecord) -> dict[str, Any]:
    """The whole of an operator's user; what is not ours to decide, such as the outstanding base key, is left out."""
    user = {"username": operator_username(record.slug), "realmRoles": [OPERATOR_ROLE], **_ours(record)}
    return without(canonical_user(user), LEFT_OF_PERSON)


def _ours(record: OisRecord) -> dict[str, Any]:
    attributes = {MANAGED_BY: [MANAGED_BY_US], OIS_OF_OPERATOR: [record.slug], "institution_name": [record.name]}
    return {"email": record.email.lower(), "attributes": attributes}
