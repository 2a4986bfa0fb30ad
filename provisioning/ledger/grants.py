"""Rights on PostgreSQL for the role that the programs work as: events may be read and added, never changed or removed.

The owner of the tables (who runs migrations) grants them and should be another role. Source: order cl. 12.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from psycopg import sql
from sqlalchemy import text

from provisioning.ledger.errors import LedgerError
from provisioning.ledger.ledger import Ledger
from provisioning.ledger.store import schema
from provisioning.ledger.store.schema_differing import differing
from provisioning.ledger.store.schema_self_tests import self_test_request, self_test_run
from provisioning.ledger.store.schema_unreadable import unreadable

_RIGHTS: Final = {
    schema.event.name: "SELECT, INSERT",
    schema.account.name: "SELECT, INSERT, UPDATE",
    schema.api_key.name: "SELECT, INSERT, UPDATE",
    schema.ois.name: "SELECT, INSERT, UPDATE",
    schema.mandate.name: "SELECT, INSERT, UPDATE",
    schema.request.name: "SELECT, INSERT, UPDATE",
    unreadable.name: "SELECT, INSERT, UPDATE",
    differing.name: "SELECT, INSERT, UPDATE, DELETE",
    schema.task.name: "SELECT, INSERT, UPDATE",
    schema.mail.name: "SELECT, INSERT, UPDATE",
    schema.lease.name: "SELECT, INSERT, UPDATE",
    schema.duty.name: "SELECT, INSERT, UPDATE",
    schema.key_use.name: "SELECT, INSERT, UPDATE",
    schema.application.name: "SELECT, INSERT, UPDATE, DELETE",
    schema.application_link.name: "SELECT, INSERT, UPDATE, DELETE",
    schema.paper.name: "SELECT, INSERT",
    schema.logout.name: "SELECT, INSERT, DELETE",
    schema.access.name: "SELECT, INSERT, UPDATE",
    schema.journal.name: "SELECT, INSERT, UPDATE, DELETE",
    schema.change_mark.name: "SELECT, INSERT, UPDATE, DELETE",
    self_test_run.name: "SELECT, INSERT, UPDATE, DELETE",
    self_test_request.name: "SELECT, INSERT, DELETE",
    schema.VERSION_TABLE: "SELECT",
}

_KEEPING: Final = "ledger_access_keep(integer, integer, integer)"
"""Makes and drops the months of counts with its owner's rights."""


class GrantImpossible(LedgerError):
    """SQLite has no roles: who may write the file may do anything to it."""


def grant_statements(role: str) -> Sequence[str]:
    """Return the SQL that gives an existing role what it needs and takes everything else from it."""
    quoted = sql.Identifier(role).as_string()
    statements = []
    for table, rights in _RIGHTS.items():
        statements.append(f"REVOKE ALL ON {table} FROM {quoted}")
        statements.append(f"GRANT {rights} ON {table} TO {quoted}")
    statements.append(f"GRANT EXECUTE ON FUNCTION {_KEEPING} TO {quoted}")
    return statements


def grant(ledger: Ledger, role: str) -> None:
    """Carry `grant_statements` out, all or nothing. Repeating it is safe.

    Raises GrantImpossible on SQLite and for a role that does not exist.
    """
    with ledger.transaction() as transaction:
        connection = transaction.connection
        if connection.dialect.name != "postgresql":
            raise GrantImpossible(
                "the ledger is in a SQLite file, which has no roles",
                remedy="use PostgreSQL where database administrators must be kept from the record",
            )
        known = connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}).first()
        if known is None:
            raise GrantImpossible(f"there is no role {role}", remedy=f'create it first: CREATE ROLE "{role}" LOGIN')
        for statement in grant_statements(role):
            connection.exec_driver_sql(statement)
