"""Rights on PostgreSQL for the roles that the programs work as: events may be read and added, never changed or removed.

The owner of the tables (who runs migrations) grants them and should be another role. Rights on tables are half of it;
tables that triggers ask hold which events a role may record and what these may change (`migrations`, 0021).
Source: order cl. 12; docs/security.md row 65.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from psycopg import sql
from sqlalchemy import text

from provisioning.ledger.errors import LedgerError
from provisioning.ledger.ledger import Ledger
from provisioning.ledger.projection import accounts, api_keys, mandates, ois, requests
from provisioning.ledger.projection.state import kinds_of
from provisioning.ledger.store import schema
from provisioning.ledger.store.schema_differing import differing
from provisioning.ledger.store.schema_powers import meaning, power
from provisioning.ledger.store.schema_self_tests import self_test_request, self_test_run
from provisioning.ledger.store.schema_unreadable import unreadable
from provisioning.model.events import EventKind

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
    power.name: "SELECT",
    meaning.name: "SELECT",
}
_GATE: Final = {
    **dict.fromkeys((schema.event.name, unreadable.name, differing.name, schema.VERSION_TABLE), "SELECT"),
    **dict.fromkeys((schema.account.name, schema.api_key.name, schema.ois.name, schema.mandate.name), "SELECT"),
    schema.access.name: "SELECT, INSERT, UPDATE",
}


class Part(StrEnum):
    """What a role is for. A part that is split off later is a line in `PARTS`."""

    PROGRAMS = "programs"
    GATE = "gate"


@dataclass(frozen=True, slots=True)
class Powers:
    """Rights on tables, the kinds of events that may be recorded, and functions that may be called."""

    rights: Mapping[str, str]
    kinds: tuple[EventKind, ...]
    functions: tuple[str, ...]


_KEEPING: Final = "ledger_access_keep(integer, integer, integer)"
"""Makes and drops the months of counts with its owner's rights."""


PARTS: Final[Mapping[Part, Powers]] = {
    Part.PROGRAMS: Powers(_RIGHTS, tuple(EventKind), (_KEEPING,)),
    Part.GATE: Powers(_GATE, (), ()),
}

MEANING: Final[Mapping[str, frozenset[str]]] = {
    schema.account.name: kinds_of(accounts),
    schema.api_key.name: kinds_of(api_keys) | {EventKind.ACCOUNT_CREATED},
    schema.ois.name: kinds_of(ois),
    schema.mandate.name: kinds_of(mandates),
    schema.request.name: kinds_of(requests),
}
"""Table → kinds of events that change its rows, as the projection's modules say."""


class GrantImpossible(LedgerError):
    """SQLite has no roles: who may write the file may do anything to it."""


def grant_statements(role: str, part: Part = Part.PROGRAMS) -> Sequence[str]:
    """Return the SQL that gives an existing role what its part needs and takes everything else from it."""
    quoted, literal, powers = sql.Identifier(role).as_string(), sql.Literal(role).as_string(), PARTS[part]
    statements = [f"REVOKE ALL ON {table} FROM {quoted}" for table in _RIGHTS]
    statements += [f"GRANT {rights} ON {table} TO {quoted}" for table, rights in powers.rights.items()]
    statements.append(f"REVOKE ALL ON FUNCTION {_KEEPING} FROM PUBLIC, {quoted}")
    statements += [f"GRANT EXECUTE ON FUNCTION {function} TO {quoted}" for function in powers.functions]
    statements.append(f"DELETE FROM {power.name} WHERE role = {literal}")  # noqa: S608 - a quoted literal
    statements += [_row(power.name, literal, kind) for kind in powers.kinds]
    statements.append(f"DELETE FROM {meaning.name}")  # noqa: S608 - a constant
    statements += [_row(meaning.name, f"'{table}'", kind) for table, kinds in MEANING.items() for kind in sorted(kinds)]
    return statements


def _row(table: str, name: str, kind: str) -> str:
    return f"INSERT INTO {table} VALUES ({name}, '{kind}')"  # noqa: S608 - constants, and a quoted literal


def grant(ledger: Ledger, role: str, part: Part = Part.PROGRAMS) -> None:
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
        for statement in grant_statements(role, part):
            connection.exec_driver_sql(statement)
