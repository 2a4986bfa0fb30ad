"""Accounts that are chosen together, and what depends on them: a few statements for thousands of names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import func, select

from provisioning.ledger.projection.projected import in_parts
from provisioning.ledger.queries.search import Criteria, account_conditions
from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.store import schema
from provisioning.model.identifiers import Username
from provisioning.model.records import AccountRecord, AccountState, ApiKeyRecord, ApiKeyState


def accounts_that_fit(reader: LedgerReader, criteria: Criteria) -> tuple[AccountRecord, ...]:
    """Return every account that fits, by username."""
    query = select(schema.account).where(*account_conditions(criteria)).order_by(schema.account.c.username)
    return tuple(AccountRecord(**row) for row in reader.connection.execute(query).mappings())


def count_live_keys(reader: LedgerReader, usernames: Collection[Username]) -> int:
    """Count the API keys of these accounts that have not ended."""
    table, over = schema.api_key, [state for state in ApiKeyState if state.is_over]
    return sum(
        reader.connection.execute(
            select(func.count()).where(table.c.username.in_(part), table.c.state.not_in(over))
        ).scalar_one()
        for part in in_parts(usernames)
    )


def live_keys_of(reader: LedgerReader, usernames: Collection[Username]) -> dict[Username, list[ApiKeyRecord]]:
    """Return the API keys of these accounts that have not ended, by number; accounts without any are left out."""
    table, over = schema.api_key, [state for state in ApiKeyState if state.is_over]
    found: defaultdict[Username, list[ApiKeyRecord]] = defaultdict(list)
    for part in in_parts(usernames):
        query = select(table).where(table.c.username.in_(part), table.c.state.not_in(over)).order_by(table.c.number)
        for row in reader.connection.execute(query).mappings():
            found[row["username"]].append(ApiKeyRecord(**row))
    return dict(found)


def count_living(reader: LedgerReader) -> int:
    """Count the accounts that are not deactivated."""
    living = select(func.count()).where(schema.account.c.state != AccountState.DEACTIVATED)
    return int(reader.connection.execute(living).scalar_one())
