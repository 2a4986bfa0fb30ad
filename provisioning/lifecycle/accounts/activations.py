"""Activations: Keycloak knows the moment at which a base key was used; the ledger learns of it (order cl. 4)."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter

from provisioning.ledger.queries.summary import accounts_named
from provisioning.lifecycle.actor import Actor
from provisioning.model.events import NewEvent
from provisioning.model.events.accounts import AccountActivated
from provisioning.model.events.codec_values import KeycloakTime
from provisioning.model.identifiers import Username
from provisioning.model.records import AccountRecord, AccountState
from provisioning.planning.changes import AccountImage


def new_activations(
    images: Mapping[Username, AccountImage], records: Mapping[Username, AccountRecord]
) -> tuple[tuple[Username, str], ...]:
    """Return accounts that Keycloak has as activated and the ledger does not yet, with the moment. Pure."""
    waiting = (AccountState.CREATED, AccountState.INVITED)
    return tuple(
        (username, image.activated_at)
        for username, image in sorted(images.items())
        if image.activated_at is not None and username in records and records[username].state in waiting
    )


def record_activations(actor: Actor, images: Mapping[Username, AccountImage]) -> int:
    """Record each new activation once; the number recorded. `images` as Keycloak has them now."""
    activated = [username for username, image in images.items() if image.activated_at is not None]
    with actor.ledger.reader() as reader:
        found = reader.readable(new_activations(images, accounts_named(reader, activated)), itemgetter(0))
    if not found:
        return 0
    with actor.transaction() as transaction:
        # Somebody else may have recorded it since the records were read.
        now = accounts_named(transaction, [username for username, _ in found])
        events = [
            NewEvent(AccountActivated(activated_at=KeycloakTime(moment)), username, actor.name)
            for username, moment in new_activations(images, now)
        ]
        transaction.append(events)
    return len(events)
