"""Every field of what an OIS is in Keycloak changed by hand: client, service account, mandate scope and operator."""

from __future__ import annotations

from collections.abc import Iterator

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import require_client, require_user
from provisioning.model.identifiers import service_account_of
from provisioning.model.ois import Slug, ois_client_id, operator_username
from tests.support.by_hand.change import LEDGER, Change
from tests.support.by_hand.clients import client_changes
from tests.support.by_hand.roles import changes_of_scope
from tests.support.by_hand.users import user_changes


def ois_changes(admin: KeycloakConnection, slug: Slug) -> Iterator[Change]:
    """Yield a change of every field; a connected OIS that was disabled by hand waits for a decision, and stays so."""
    client_id, operator = ois_client_id(slug), operator_username(slug)
    place = (LEDGER, client_id)
    yield from client_changes(require_client(admin, client_id), place, enabled=False)
    service = require_user(admin, service_account_of(client_id))
    yield from user_changes(service, place, "service account.", service=True)
    yield from changes_of_scope(client_id, place, "mandate scope.", ("scopeMappings",) * 2)
    yield from user_changes(require_user(admin, operator), (LEDGER, operator))
