"""Self-tests in the sandbox's ledger: runs, and every request that was seen in them. Not the record: rows can go.

What a run has shown is recorded as evidence in the real ledger, with the hash of its report.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.store.schema_self_tests import self_test_request, self_test_run
from provisioning.model.identifiers import ClientId, Username
from provisioning.model.ois import Slug
from provisioning.model.self_test import Observation, Run, RunState

MOST_REQUESTS: Final = 1_000
"""Requests kept of one run. Whoever sends more has failed by then."""

KEPT_FOR: Final = timedelta(days=730)
"""Two years: longer than a conclusion is valid for."""

_run: Final = self_test_run
_request: Final = self_test_request


def add_run(connection: Connection, run: Run) -> None:
    """Store a new run, and forget runs of long ago."""
    old = select(_run.c.id).where(_run.c.started_at < run.started_at - KEPT_FOR)
    connection.execute(delete(_request).where(_request.c.run.in_(old)))
    connection.execute(delete(_run).where(_run.c.started_at < run.started_at - KEPT_FOR))
    connection.execute(insert(_run).values(_row(run)))


def change_run(connection: Connection, run: Run) -> None:
    """Store a run as it is now."""
    connection.execute(update(_run).where(_run.c.id == run.id).values(_row(run)))


def current_run(connection: Connection, ois: str, *, lock: bool = False) -> Run | None:
    """Return the run of an OIS that has not ended. `lock`: no other transaction changes it before this one ends."""
    query = select(_run).where(_run.c.ois == ois, _run.c.state != RunState.OVER)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    return None if row is None else _as_run(row)


def find_run(reader: LedgerReader, identifier: str) -> Run | None:
    """Return a run by its id."""
    row = reader.connection.execute(select(_run).where(_run.c.id == identifier)).mappings().first()
    return None if row is None else _as_run(row)


def runs_of(reader: LedgerReader, ois: str) -> tuple[Run, ...]:
    """Return all runs of an OIS, newest first."""
    query = select(_run).where(_run.c.ois == ois).order_by(_run.c.started_at.desc(), _run.c.id)
    return tuple(_as_run(row) for row in reader.connection.execute(query).mappings())


def mark_recorded(connection: Connection, identifier: str, at: datetime) -> None:
    """Note that the results of a run are recorded as evidence."""
    connection.execute(update(_run).where(_run.c.id == identifier).values(settled_at=at))


def add_request(connection: Connection, run: Run, seen: Observation) -> None:
    """Store a request under the next number of its run; beyond `MOST_REQUESTS` nothing is stored."""
    count = connection.execute(select(func.count()).where(_request.c.run == run.id)).scalar_one()
    if count < MOST_REQUESTS:
        row = {column.name: getattr(seen, column.name) for column in _request.c if column.name != "run"}
        connection.execute(insert(_request).values({**row, "run": run.id, "number": count + 1}))


def requests_of(reader: LedgerReader, run: Run) -> tuple[Observation, ...]:
    """Return the requests seen in a run, in order."""
    rows = reader.connection.execute(select(_request).where(_request.c.run == run.id).order_by(_request.c.number))
    return tuple(
        Observation(**{name: value for name, value in row.items() if name != "run"}) for row in rows.mappings()
    )


def _row(run: Run) -> dict[str, object]:
    return {column.name: getattr(run, column.name) for column in _run.c}


def _as_run(row: RowMapping) -> Run:
    return Run(**{**row, "ois": Slug(row["ois"]), "username": Username(row["username"]), "key": ClientId(row["key"])})
