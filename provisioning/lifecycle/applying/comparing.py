"""Compares accounts as wholes: which are compared, and which stay as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from provisioning.keycloak.accounts.comparing import altered_fields
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.model.identifiers import Username
from provisioning.planning.accounts import Altered
from provisioning.planning.changes import AccountImage, DesiredAccount


def find_altered(
    connection: KeycloakConnection, desired: Iterable[DesiredAccount], actual: Mapping[Username, AccountImage]
) -> Altered:
    """Find fields of live accounts that differ beyond their images. One that is over stays as it was when it ended."""
    pairs = (
        (wanted.image, found)
        for wanted in desired
        if wanted.deactivation is None and (found := actual.get(wanted.image.username)) is not None and found.ours
    )
    return altered_fields(connection, pairs)
