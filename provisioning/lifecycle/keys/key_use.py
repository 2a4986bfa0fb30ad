"""When API keys were last used: read from Keycloak's events and kept as a hint for people (order cl. 4, 12)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from provisioning.keycloak.events import read_client_logins
from provisioning.ledger.operational.key_use import newest_use, record_use
from provisioning.lifecycle.actor import Actor
from provisioning.model.identifiers import ClientId, parse_key_client_id

FIRST_LOOK_BACK: Final = timedelta(days=90)
EVENTS_AT_ONCE: Final = 20_000
"""What one run reads; the next one goes on from there."""


def note_key_use(actor: Actor) -> int:
    """Read the logins since the newest one known; how many keys were used since. Safe to repeat.

    Raises KeycloakError or LedgerError.
    """
    with actor.ledger.reader() as reader:
        since = newest_use(reader) or actor.now() - FIRST_LOOK_BACK
    used: dict[ClientId, datetime] = {}
    for client_id, at in read_client_logins(actor.connection, since, EVENTS_AT_ONCE):
        if parse_key_client_id(client_id) is not None:
            used[ClientId(client_id)] = at
    with actor.transaction() as transaction:
        return record_use(transaction, used)
