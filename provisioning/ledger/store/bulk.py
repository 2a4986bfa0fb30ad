"""Adding many rows at once, with a rule for keys that are there already.

On PostgreSQL the rows travel as one JSON value in one statement whose text never changes, so that the server has it
prepared: a statement per row, or one that grows with the rows, costs several times as much.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, text
from sqlalchemy.dialects import postgresql, sqlite

Row = Mapping[str, Any]


class OnConflict(Enum):
    """What happens to a row whose primary key is there already."""

    FAIL = auto()
    SKIP = auto()
    UPDATE = auto()


def insert_rows(
    connection: Connection,
    table: Table,
    rows: Sequence[Row],
    on_conflict: OnConflict = OnConflict.FAIL,
    only_if: ColumnElement[bool] | None = None,
    changes: Callable[[Any], Mapping[str, Any]] | None = None,
) -> None:
    """Insert rows that all have the same columns, the primary key among them.

    On UPDATE `only_if` limits which rows are updated, and `changes` says to what, given the row that was to be
    inserted; without it every column takes the new value.
    """
    if not rows:
        return
    names = list(rows[0])
    on_postgresql = connection.dialect.name == "postgresql"
    insert = (postgresql if on_postgresql else sqlite).insert(table)
    if on_postgresql:
        source = f"SELECT {', '.join(names)} FROM json_populate_recordset(NULL::{table.name}, CAST(:rows AS json))"  # noqa: S608 - names of our own columns
        insert = insert.from_select(names, text(source).columns(*(table.c[name] for name in names)))
    key = list(table.primary_key.columns)
    if on_conflict is OnConflict.SKIP:
        insert = insert.on_conflict_do_nothing(index_elements=key)
    elif on_conflict is OnConflict.UPDATE:
        plain = {name: insert.excluded[name] for name in names if name not in table.primary_key.columns}
        others = plain if changes is None else changes(insert.excluded)
        insert = insert.on_conflict_do_update(index_elements=key, set_=others, where=only_if)
    connection.execute(insert, {"rows": _as_json(connection, table, rows)} if on_postgresql else rows)


def _as_json(connection: Connection, table: Table, rows: Sequence[Row]) -> str:
    """The rows as the database stores their values."""
    processors = {name: table.c[name].type.bind_processor(connection.dialect) for name in rows[0]}
    stored = [
        {name: value if (process := processors[name]) is None else process(value) for name, value in row.items()}
        for row in rows
    ]
    return json.dumps(stored, ensure_ascii=False)
