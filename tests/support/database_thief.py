"""Somebody with exactly the credentials of one part's database role."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from provisioning.ledger import Ledger
from provisioning.ledger.grants import grant
from provisioning.ledger.powers import Part
from tests.support.postgres import PostgresServer


@dataclass(frozen=True)
class Thief:
    """Somebody with the credentials of one role."""

    part: Part
    role: str
    url: str

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.url.replace("+psycopg", "", 1), autocommit=True)

    def tries(self, statement: str) -> Exception | None:
        """What the database says to a statement; nothing of it stays."""
        with self.connect() as connection:
            try:
                with connection.transaction(force_rollback=True):
                    if statement.startswith("COPY"):
                        with connection.cursor().copy(statement.encode()):
                            pass
                    else:
                        connection.execute(statement.encode())
            except psycopg.Error as error:
                return error
        return None


def made_thief(part: Part, ledger: Ledger, server: PostgresServer, url: str) -> Thief:
    """A role of its own with what the part has, and who has stolen its password."""
    database = str(make_url(url).database)
    role = f"{part.value}_of_{database}"
    server.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'x'").format(sql.Identifier(role)))
    grant(ledger, role, part)
    return Thief(part, role, server.url(database, role, "x"))
