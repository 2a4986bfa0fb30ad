"""API keys and their owner: the secret is shown once, to whoever asked, and that is recorded first (order cl. 4).

"Revealed" in the ledger means shown or possibly shown. The event is written before Keycloak is asked, so a crash in
between leaves a key that nobody saw and that opens nothing; it is then revealed `again`, with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass

from provisioning.keycloak.api_keys import KeyInKeycloak, read_key, set_digest
from provisioning.ledger import LedgerReader
from provisioning.model.api_key_secret import digest, fingerprint, new_api_key
from provisioning.model.errors import AikomError, ExitCode
from provisioning.model.events import EventKind, NewEvent
from provisioning.model.identifiers import parse_key_client_id, parse_username, username_of
from provisioning.model.records import AccountRecord, AccountState, ApiKeyRecord, ApiKeyState
from provisioning.model.secret import Secret

from .workshop import Workshop


class KeyRefused(AikomError):
    """The key may not be shown, with the way out."""

    exit_code = ExitCode.REFUSED


class UnknownAccount(AikomError):
    """There is no such account or key."""

    exit_code = ExitCode.INVALID_INPUT


@dataclass(frozen=True, slots=True)
class RevealedKey:
    """A key that was just given its secret. The secret exists nowhere else."""

    record: ApiKeyRecord
    secret: Secret
    fingerprint: str


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """A key in the ledger and in Keycloak (None: Keycloak does not have it)."""

    record: ApiKeyRecord
    keycloak: KeyInKeycloak | None


def reveal_key(workshop: Workshop, name: str, *, again: bool = False, reason: str | None = None) -> RevealedKey:
    """Give the live key of an account (or the key named) a fresh secret and return it, once.

    A key that was revealed before is refused unless `again`, which ends the secret before it: for an owner who never
    got it. Raises UnknownAccount, KeyRefused, KeycloakError or LedgerError; after a failure nothing was shown.
    """
    secret = new_api_key()
    mark = fingerprint(secret)
    with workshop.transaction() as transaction:
        record = _revealable(transaction, name, again=again, reason=reason)
        event = NewEvent(
            EventKind.API_KEY_REVEALED, record.client_id, workshop.actor, "cl. 4", {"fingerprint": mark}, reason
        )
        transaction.append([event])
    set_digest(workshop.connection, record.client_id, digest(secret))
    return RevealedKey(record, secret, mark)


def key_statuses(workshop: Workshop, name: str) -> tuple[KeyStatus, ...]:
    """Every key of an account (or the one named), oldest first."""
    with workshop.ledger.reader() as reader:
        records = find_keys(reader, name)
    return tuple(KeyStatus(record, read_key(workshop.connection, record.client_id)) for record in records)


def find_keys(reader: LedgerReader, name: str) -> tuple[ApiKeyRecord, ...]:
    """Keys by client id, username or institution id (its newest generation). Raises UnknownAccount."""
    if parse_key_client_id(name) is not None:
        record = reader.api_key(name)
        if record is not None:
            return (record,)
        raise UnknownAccount(f"there is no API key {name}", remedy="`provision keys status ID` lists an account's keys")
    return reader.api_keys(find_account(reader, name).username)


def find_account(reader: LedgerReader, name: str) -> AccountRecord:
    """An account by username or institution id (its newest generation). Raises UnknownAccount."""
    parsed = parse_username(name)
    if parsed is None:
        raise UnknownAccount(
            f"{name!r} is neither an institution id (46-0001234) nor an account (46-0001234-g2)",
            remedy="see the institution's `id` in YAML",
        )
    found = reader.account(name)
    if found is None:
        raise UnknownAccount(
            f"there is no account {name}", remedy="`provision plan` shows whether it is yet to be made"
        )
    institution, generation = parsed
    # The bare institution id means the generation that is in use now.
    while generation == 1 and (newer := reader.account(username_of(institution, found.generation + 1))) is not None:
        found = newer
    return found


def _revealable(reader: LedgerReader, name: str, *, again: bool, reason: str | None) -> ApiKeyRecord:
    live = [record for record in find_keys(reader, name) if not record.state.is_over]
    if not live:
        raise KeyRefused(
            f"{name} has no live API key: it is deactivated or cut off", remedy="see `provision accounts status`"
        )
    record = live[-1]
    account = reader.account(record.username)
    if account is None or account.state is AccountState.DEACTIVATED:
        raise KeyRefused(
            f"account {record.username} is deactivated; its keys are never used again (order cl. 11)",
            remedy="an institution that may work again gets a new generation in YAML",
        )
    if record.state is ApiKeyState.REVEALED and not again:
        when = f"{record.revealed_at:%Y-%m-%d %H:%M} UTC" if record.revealed_at else "before"
        raise KeyRefused(
            f"API key {record.client_id} was revealed on {when} (fingerprint {record.fingerprint}); it is shown once",
            remedy="rotate it with `provision keys rotate`, or, if it never arrived, repeat with --again --reason TEXT",
        )
    if again and not reason:
        raise KeyRefused("revealing again needs a reason", remedy="add --reason TEXT; it goes into the ledger")
    return record
