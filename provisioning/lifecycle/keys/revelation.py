"""API keys and their owner: the secret is shown once, to the one who asked, and that is recorded first (order cl. 4).

"Revealed" in the ledger means shown or possibly shown. The event and a task are written before Keycloak is asked, and
the task is finished before the secret leaves this module: while it is open, the secret was not shown. A run that
was cut off there is voided by the next one, or by `carrying_out.resume` (decision 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from provisioning.keycloak.accounts.api_keys import KeyInKeycloak, read_key
from provisioning.keycloak.accounts.comparing import altered_client
from provisioning.ledger import LedgerReader
from provisioning.ledger.operational.key_use import last_used
from provisioning.lifecycle.actor import Actor, alone_with
from provisioning.lifecycle.errors import ActionRefused
from provisioning.lifecycle.lookups import find_keys, find_live_key
from provisioning.lifecycle.tasks.carrying_out import is_over
from provisioning.lifecycle.tasks.catalogue import reveal_key_task
from provisioning.lifecycle.tasks.on_record import scopes_of_key
from provisioning.lifecycle.tasks.revealing import put_digest, void_reveal
from provisioning.model.api_key_secret import digest, fingerprint, new_api_key
from provisioning.model.events import EventKind, NewEvent
from provisioning.model.events.api_keys import ApiKeyRevealed
from provisioning.model.records import ApiKeyRecord, ApiKeyState
from provisioning.model.secret import Secret


@dataclass(frozen=True, slots=True)
class RevealedKey:
    """A key that was just given its secret. The secret exists nowhere else."""

    record: ApiKeyRecord
    secret: Secret
    fingerprint: str


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """A key in the ledger and in Keycloak (None: Keycloak does not have it). `last_used_at` is a hint.

    `altered` are fields of its client that differ; `is_over` is the ledger's verdict on key and account.
    """

    record: ApiKeyRecord
    keycloak: KeyInKeycloak | None
    last_used_at: datetime | None = None
    altered: tuple[str, ...] = ()
    is_over: bool = False


def reveal_key(actor: Actor, name: str, *, again: bool = False, reason: str | None = None) -> RevealedKey:
    """Give the newest live key of an account (or the key named) a fresh secret and return it, once.

    A key that was revealed before is refused unless `again`, which ends the secret before it: for an owner who never
    got it. Raises UnknownAccount, ActionRefused, LeaseHeld, KeycloakError or LedgerError; then nothing was shown.
    """
    with actor.ledger.reader() as reader:
        record = find_live_key(reader, name, EventKind.API_KEY_REVEALED)
    with alone_with(actor, record.username) as alone:
        void_reveal(alone, record.client_id)
        return _reveal(alone, record, again=again, reason=reason)


def key_statuses(actor: Actor, name: str) -> tuple[KeyStatus, ...]:
    """Return every key of an account (or the one named), oldest first."""
    with actor.ledger.reader() as reader:
        records = find_keys(reader, name)
        used = last_used(reader, [record.client_id for record in records])
        wanted = {record.client_id: scopes_of_key(reader, record.client_id) for record in records}
        over = {record.client_id for record in records if is_over(reader, record.client_id)}
    return tuple(
        KeyStatus(
            record,
            read_key(actor.connection, record.client_id),
            used.get(record.client_id),
            altered_client(actor.connection, record.client_id, wanted[record.client_id]),
            record.client_id in over,
        )
        for record in records
    )


def _reveal(actor: Actor, found: ApiKeyRecord, *, again: bool, reason: str | None) -> RevealedKey:
    secret = new_api_key()
    mark, task = fingerprint(secret), reveal_key_task(found.client_id)
    with actor.transaction() as transaction:
        record = find_live_key(transaction, found.client_id, EventKind.API_KEY_REVEALED)
        _refuse_second_reveal(transaction, record, again=again, reason=reason)
        revealed = ApiKeyRevealed(fingerprint=mark)
        transaction.append([NewEvent(revealed, record.client_id, actor.name, reason)])
        transaction.add_tasks([task])
    put_digest(actor, record.client_id, digest(secret))
    with actor.transaction() as transaction:
        transaction.finish_tasks([task.key])
    return RevealedKey(record, secret, mark)


def _refuse_second_reveal(reader: LedgerReader, record: ApiKeyRecord, *, again: bool, reason: str | None) -> None:
    if record.state is ApiKeyState.REVEALED and not again:
        when = f"{record.revealed_at:%Y-%m-%d %H:%M} UTC" if record.revealed_at else "an earlier day"
        raise ActionRefused(
            f"API key {record.client_id} was revealed on {when} by {_revealer(reader, record)}"
            f" (fingerprint {record.fingerprint}); it is shown once",
            remedy=f"make a new one with `provision keys rotate {record.username}`"
            f" or `provision keys cut-off {record.client_id}`; if the secret never arrived, --again --reason TEXT",
        )
    if again and not reason:
        raise ActionRefused("revealing again needs a reason", remedy="add --reason TEXT; it goes into the ledger")


def _revealer(reader: LedgerReader, record: ApiKeyRecord) -> str:
    events = reader.events(subject=record.client_id)
    actors = [event.actor for event in events if event.kind is EventKind.API_KEY_REVEALED]
    return actors[-1] if actors else "somebody"
