"""What a plan asks of the ledger about all accounts: few columns of many rows, at a fraction of the records' cost."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select

from provisioning.ledger.projection.projected import ACCOUNTS, load_named
from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.store import schema
from provisioning.model.identifiers import ClientId, InstitutionId, Username
from provisioning.model.records import AccountRecord, AccountState, ApiKeyState, KnownInstitution


def account_states(reader: LedgerReader) -> dict[Username, AccountState]:
    """Return the state of every account generation there ever was."""
    query = select(schema.account.c.username, schema.account.c.state)
    return dict(reader.connection.execute(query).all())


def accounts_named(reader: LedgerReader, usernames: Collection[str]) -> dict[Username, AccountRecord]:
    """Return those of the named account generations that exist."""
    records: list[AccountRecord] = load_named(reader, ACCOUNTS, usernames)
    return {record.username: record for record in records}


def keys_beyond_the_first(reader: LedgerReader) -> dict[Username, dict[ClientId, bool]]:
    """Return API keys, and whether each is live, of every account that has more than one key, or one that has ended.

    Any other account has its first key, live, and nothing else: that is nearly all of them.
    """
    key = schema.api_key.c
    over = [state for state in ApiKeyState if state.is_over]
    changed = select(key.username).where(or_(key.number > 1, key.state.in_(over)))
    query = select(key.username, key.client_id, key.state).where(key.username.in_(changed)).order_by(key.client_id)
    found: dict[Username, dict[ClientId, bool]] = {}
    for username, client_id, state in reader.connection.execute(query):
        found.setdefault(username, {})[client_id] = not state.is_over
    return found


def known_institutions(reader: LedgerReader) -> dict[InstitutionId, KnownInstitution]:
    """Return each institution that has accounts, as the last of them has it."""
    account = schema.account.c
    columns = (account.institution_id, account.state, account.edebo_id, account.email)
    rows = reader.connection.execute(select(*columns).order_by(account.generation))
    over = AccountState.DEACTIVATED
    return {name: KnownInstitution(name, state is over, edebo_id, email) for name, state, edebo_id, email in rows}
