"""Holds every statement that a page sends to the ledger to the rights of the part that has the page.

On SQLite too, where the database holds nobody to anything: so each test of a page shows that its part's role on
PostgreSQL has what the page needs, and in whose name it records. `provisioning/ledger/powers.py` has the rights.
Outside of pages, what is recorded in the watch's name is held to the watch's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import current_app, has_request_context, request
from sqlalchemy import Connection, make_url
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.engine import Engine

from provisioning.ledger.powers import PARTS, TABLES, Part, Power, Powers
from provisioning.ledger.projection.projected import PROJECTED
from provisioning.model.events import kind_named
from provisioning.model.events.actors import ActorKind
from sidecar.blueprints import part_of
from sidecar.doors.services import settings

EXCEEDED: list[str] = []
"""What pages did beyond the rights of their part since the last look."""

_WORDS = re.compile(r"\bledger_\w+\b")
_WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+(ledger_\w+)")
_EVENT = re.compile(r"\s*INSERT INTO ledger_event \((.*?)\)")


def needed(statement: str) -> Iterator[tuple[str, str]]:
    """Right and table, for each that a statement needs."""
    found = _WRITES.match(statement)
    written = None if found is None else found[1]
    for table in set(_WORDS.findall(statement)) & TABLES:
        if table != written or statement.count(table) > statement.count(f"{table}.") + 1:
            yield "SELECT", table
    if written is None:
        return
    verb = statement.split(maxsplit=1)[0]
    yield verb, written
    if verb != "INSERT" or "ON CONFLICT" in statement:
        yield "SELECT", written
    if verb == "INSERT" and "DO UPDATE" in statement:
        yield "UPDATE", written


def recorded(statement: str, parameters: Any) -> Iterator[tuple[str, str]]:
    """Kind and actor of each event that a statement records."""
    found = _EVENT.match(statement)
    if found is None:
        return
    names = [name.strip() for name in found[1].split(",")]
    if isinstance(parameters, dict):  # PostgreSQL takes all rows as one JSON value.
        rows = json.loads(parameters["rows"])
    elif isinstance(parameters, list) and all(isinstance(row, dict) for row in parameters):
        rows = parameters
    else:
        rows = [dict(zip(names, row, strict=True)) for row in _rows(parameters, len(names))]
    for row in rows:
        yield str(row["kind"]), str(row["actor"]).partition(":")[0]


def _rows(parameters: Any, width: int) -> Iterator[Sequence[Any]]:
    for row in parameters if isinstance(parameters, list) else [parameters]:
        yield from (row[start : start + width] for start in range(0, len(row), width))


def beyond(powers: Powers, statement: str, parameters: Any) -> list[str]:
    """What a statement does that these powers do not hold."""
    rights = {table: {right.split()[0] for right in text.split(",")} for table, text in powers.rights.items()}
    missing = [f"{right} on {table}" for right, table in needed(statement) if right not in rights.get(table, ())]
    return missing + [
        f"{kind} as {actor}"
        for kind, actor in recorded(statement, parameters)
        if (known := kind_named(kind)) is None or Power(known, actor) not in powers.kinds
    ]


def _of_the_database(connection: Connection, statement: str) -> bool:
    """Stored state follows its events: on PostgreSQL by the database itself, on SQLite by the program in its place."""
    found = _WRITES.match(statement)
    state = {kept.table.name for kept in PROJECTED}
    return found is not None and found[1] in state and connection.dialect.name == "sqlite"


def _beyond_the_watch(statement: str, parameters: Any) -> list[str]:
    """Events in the watch's name that its role could not record, wherever a test has it record them."""
    said = [(kind, actor) for kind, actor in recorded(statement, parameters) if actor == ActorKind.WATCH]
    kinds = PARTS[Part.WATCH].kinds
    return [kind for kind, actor in said if (known := kind_named(kind)) == kind and Power(known, actor) not in kinds]


def _is_the_ledger(connection: Connection) -> bool:
    own = make_url(settings.of(current_app).database_url)  # type: ignore[arg-type]  # Flask's stand-in for the application.
    file = f"file:{quote(str(Path(str(own.database)).absolute()))}"
    return connection.engine.url.database == (file if own.get_backend_name() == "sqlite" else own.database)


@sqlalchemy_event.listens_for(Engine, "before_cursor_execute")
def _hold(
    connection: Connection, cursor: object, statement: str, parameters: Any, context: object, executemany: bool
) -> None:
    if not has_request_context():
        EXCEEDED.extend(f"watch: {what}" for what in _beyond_the_watch(statement, parameters))
        return
    if request.endpoint is None:
        return
    part = part_of(request.endpoint)
    if part is None or not _is_the_ledger(connection) or _of_the_database(connection, statement):
        return  # Pages that every part has read the end of the chain; another database is the sandbox's.
    EXCEEDED.extend(
        f"{request.method} {request.path} of {part}: {what}"
        for what in beyond(PARTS[Part(part.value)], statement, parameters)
    )
