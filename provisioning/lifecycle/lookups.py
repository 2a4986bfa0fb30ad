"""Finds accounts, API keys and OIS by the names that people use, and asks the tables of states. Changes nothing."""

from __future__ import annotations

from datetime import date

from provisioning.ledger import LedgerReader
from provisioning.lifecycle.errors import ActionRefused, UnknownAccount, UnknownOis, refused_by_state
from provisioning.model.account_states import StateRefusal, next_state
from provisioning.model.events import EventKind
from provisioning.model.identifiers import parse_key_client_id, parse_username, username_of
from provisioning.model.ois import OIS_CLIENT_PREFIX, OisRecord
from provisioning.model.ois_states import OIS_REMEDIES, OisRefusal, next_ois_state
from provisioning.model.records import AccountRecord, ApiKeyRecord


def find_account(reader: LedgerReader, name: str) -> AccountRecord:
    """Return an account by username, or by institution id: its newest generation. Raises UnknownAccount."""
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


def find_keys(reader: LedgerReader, name: str) -> tuple[ApiKeyRecord, ...]:
    """Return keys by client id, username or institution id (its newest generation), oldest first. Raises
    UnknownAccount.
    """
    if parse_key_client_id(name) is None:
        return reader.api_keys(find_account(reader, name).username)
    record = reader.api_key(name)
    if record is None:
        raise UnknownAccount(f"there is no API key {name}", remedy="`provision keys status ID` lists an account's keys")
    return (record,)


def find_live_key(reader: LedgerReader, name: str, event: EventKind) -> ApiKeyRecord:
    """Return the newest live key of an account, or the key named, of an account that `event` may happen to.

    Raises UnknownAccount and ActionRefused.
    """
    records = find_keys(reader, name)
    account = reader.account(records[0].username) if records else None
    if account is None:
        raise UnknownAccount(f"{name} has no API key on record", remedy="run `provision ledger verify`")
    refuse_unless_allowed(account, event)
    live = [record for record in records if not record.state.is_over]
    if not live:
        last = records[-1]
        when = f" since {last.ended_at:%Y-%m-%d %H:%M} UTC" if last.ended_at else ""
        raise ActionRefused(
            f"API key {last.client_id} is {last.state.value}{when}, which is final",
            remedy="`provision keys status ID` lists the account's keys; `provision keys rotate ID` makes a new one",
        )
    return live[-1]


def refuse_unless_allowed(account: AccountRecord, event: EventKind) -> None:
    """Raise ActionRefused when the state table has nothing for `event` in the account's state."""
    outcome = next_state(account, event)
    if isinstance(outcome, StateRefusal):
        raise refused_by_state(f"account {account.username}", outcome)


def find_ois(reader: LedgerReader, name: str) -> OisRecord:
    """Return an OIS by its slug or its client id. Raises UnknownOis."""
    found = reader.ois(name.removeprefix(OIS_CLIENT_PREFIX)) or reader.ois(name)
    if found is None:
        raise UnknownOis(f"there is no OIS {name!r}", remedy="`provision ois list` shows all that ever applied")
    return found


def refuse_unless_possible(record: OisRecord, event: EventKind, today: date) -> None:
    """Raise ActionRefused when the table of states has nothing for `event` on this day. Source: order cl. 6."""
    outcome = next_ois_state(record, event, today)
    if isinstance(outcome, OisRefusal):
        raise ActionRefused(f"OIS {record.slug}: {outcome.value}", remedy=OIS_REMEDIES[outcome])
