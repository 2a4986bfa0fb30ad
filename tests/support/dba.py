"""Somebody with every right on the ledger's database, who switches the guards off first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import LiteralString, cast

import psycopg
from sqlalchemy import make_url

GUARDS = ("ledger_event_no_update", "ledger_event_no_delete", "ledger_event_no_replace")


def run_as_dba(url: str, statements: Iterable[str], *, guards_off: bool = True) -> None:
    """Carry SQL out past our program, in one transaction; with `guards_off`, past the triggers too."""
    if url.startswith("sqlite"):
        _on_sqlite(url, statements, guards_off)
    else:
        _on_postgresql(url, statements, guards_off)


def _on_sqlite(url: str, statements: Iterable[str], guards_off: bool) -> None:
    connection = sqlite3.connect(str(make_url(url).database))
    try:
        with connection:
            for statement in [*(f"DROP TRIGGER IF EXISTS {name}" for name in GUARDS if guards_off), *statements]:
                connection.execute(statement)
    finally:
        connection.close()


def _on_postgresql(url: str, statements: Iterable[str], guards_off: bool) -> None:
    off = ["ALTER TABLE ledger_event DISABLE TRIGGER ALL"] if guards_off else []
    with psycopg.connect(url.replace("+psycopg", "", 1)) as connection:
        for statement in [*off, *statements]:
            connection.execute(cast(LiteralString, statement))
