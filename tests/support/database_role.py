"""A role of PostgreSQL that may record every kind as every actor, and owns nothing: the database decides all else."""

from __future__ import annotations

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from provisioning.ledger import Ledger, utc_now
from provisioning.ledger.grants import grant_statements
from provisioning.ledger.powers import Part
from provisioning.ledger.store.engine import make_engine, parse_url
from provisioning.model.events import EventKind
from provisioning.model.events.actors import ActorKind
from tests.support.postgres import PostgresServer


def everything_role(server: PostgresServer, url: str) -> Ledger:
    """The ledger at `url`, whose owner that address names, opened as such a role."""
    database = str(make_url(url).database)
    role = f"everything_of_{database}"
    server.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'x'").format(sql.Identifier(role)))
    actors = ", ".join(f"('{kind}')" for kind in ActorKind)
    kinds = ", ".join(f"('{kind}')" for kind in EventKind)
    everything = (
        f"INSERT INTO ledger_power SELECT '{role}', kind, actor FROM (VALUES {kinds}) AS k (kind),"  # noqa: S608 - constants
        f" (VALUES {actors}) AS a (actor) ON CONFLICT DO NOTHING"
    )
    more = (f"GRANT INSERT, UPDATE ON ledger_unreadable TO {role}", everything)
    with psycopg.connect(url.replace("+psycopg", "", 1)) as owner:
        for statement in (*grant_statements(role, Part.PROVISIONING), *more):
            owner.execute(statement.encode())
    return Ledger(make_engine(parse_url(server.url(database, role, "x")), patience_s=5), utc_now, "kept")
