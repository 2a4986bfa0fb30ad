"""Rights on PostgreSQL: a role for each part of the system, which may read and record what that part does and no more.

The owner of the tables (who runs migrations) grants them and is another role. Rights on tables are half of it
(`rights`); tables that triggers ask hold which events a role may record as whom, and what they may say (`migrations`,
0021 to 0024). Who may cause an event, and its shape, is part of its type. Source: order cl. 12; docs/security.md row
65.
"""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import sql
from sqlalchemy import text

from provisioning.ledger.errors import LedgerError
from provisioning.ledger.ledger import Ledger
from provisioning.ledger.powers import FUNCTIONS, PARTS, TABLES, Part, Power
from provisioning.ledger.store.schema_powers import power
from provisioning.ledger.store.shapes import shape_statements


class GrantImpossible(LedgerError):
    """SQLite has no roles: who may write the file may do anything to it."""


def grant_statements(role: str, part: Part) -> Sequence[str]:
    """Return the SQL that gives an existing role what its part needs and takes everything else from it."""
    quoted, literal, powers = sql.Identifier(role).as_string(), sql.Literal(role).as_string(), PARTS[part]
    statements = [*revoke_statements(role)]
    statements += [f"GRANT {rights} ON {table} TO {quoted}" for table, rights in powers.rights.items()]
    statements += [f"GRANT EXECUTE ON FUNCTION {function} TO {quoted}" for function in powers.functions]
    statements += [_power_row(literal, one) for one in sorted(powers.kinds)]
    statements += shape_statements()
    return statements


def revoke_statements(role: str) -> Sequence[str]:
    """Return the SQL that takes everything in the ledger from an existing role."""
    quoted, literal = sql.Identifier(role).as_string(), sql.Literal(role).as_string()
    statements = [f"REVOKE ALL ON {table} FROM {quoted}" for table in sorted(TABLES)]
    statements += [f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC, {quoted}" for function in FUNCTIONS]
    statements.append(f"DELETE FROM {power.name} WHERE role = {literal}")  # noqa: S608 - a quoted literal
    return statements


def grant(ledger: Ledger, role: str, part: Part) -> None:
    """Carry `grant_statements` out, all or nothing. Repeating it is safe.

    Raises GrantImpossible on SQLite and for a role that does not exist.
    """
    _carry_out(ledger, role, grant_statements(role, part))


def revoke(ledger: Ledger, role: str) -> None:
    """Take everything in the ledger from a role. Repeating it is safe. Raises what `grant` raises."""
    _carry_out(ledger, role, revoke_statements(role))


def _carry_out(ledger: Ledger, role: str, statements: Sequence[str]) -> None:
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
        for statement in statements:
            connection.exec_driver_sql(statement)


def _power_row(role: str, one: Power) -> str:
    return f"INSERT INTO {power.name} VALUES ({role}, '{one.kind}', '{one.actor}')"  # noqa: S608 - constants, quoted
