"""Giving a key a secret, and taking back one that was made and may not have been shown."""

from __future__ import annotations

from provisioning.keycloak.accounts.api_keys import clear_digest, set_digest
from provisioning.ledger import LedgerReader
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.tasks.catalogue import REVEAL_KEY, reveal_key_task
from provisioning.model.events import NewEvent
from provisioning.model.events.api_keys import ApiKeyRevealVoided
from provisioning.model.identifiers import ClientId


def put_digest(actor: Actor, client_id: ClientId, digest: str) -> None:
    """Set the digest of a key's secret, at a page by its door. Raises KeycloakError; then the secret opens nothing."""
    if actor.door is None:
        set_digest(actor.connection, client_id, digest)
    else:
        actor.door.set_digest(client_id, digest)


def void_reveal(actor: Actor, client_id: ClientId) -> None:
    """Take back a secret that was not shown, if there is one. Call it alone with the account."""
    task = reveal_key_task(client_id)
    with actor.ledger.reader() as reader:
        record, waits = reader.api_key(client_id), _waits(reader, task.key)
    if not waits:
        return
    if actor.door is None:
        clear_digest(actor.connection, client_id)
    else:
        actor.door.set_digest(client_id, "")
    voided = ApiKeyRevealVoided(fingerprint=None if record is None else record.fingerprint)
    with actor.transaction() as transaction:
        transaction.append([NewEvent(voided, client_id, actor.name)])
        transaction.finish_tasks([task.key])


def _waits(reader: LedgerReader, key: str) -> bool:
    return any(task.key == key for task in reader.pending_tasks(REVEAL_KEY))
