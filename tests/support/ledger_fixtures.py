"""Fixtures for tests that need a ledger's database: real SQLite files and a real PostgreSQL."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.ledger_templates import TABLES, copy_sqlite, make_tables, sqlite_template
from tests.support.postgres import PostgresServer

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL for the whole session. Not durable: tests that crash the server start one of their own."""
    with PostgresServer(durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """The name of a PostgreSQL database with the ledger's tables, to make others from."""
    make_tables(postgres_server.create_database(TABLES))
    return TABLES


@pytest.fixture(scope="session")
def sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the ledger's tables, to be copied."""
    return sqlite_template(tmp_path_factory.mktemp("tables"))


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, postgres_template: str) -> str:
    """URL of a PostgreSQL database of this test's own, with the ledger's tables and no event."""
    return postgres_server.create_database(f"ledger_{next(_numbers)}", template=postgres_template)


@pytest.fixture
def sqlite_url(sqlite_tables: Path, tmp_path: Path) -> str:
    """URL of a SQLite file of this test's own, with the ledger's tables and no event."""
    return copy_sqlite(sqlite_tables, tmp_path / "ledger.sqlite")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def ledger_url(request: pytest.FixtureRequest) -> str:
    """URL of a database with the ledger's tables and no event, once on SQLite and once on PostgreSQL."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a database without a table, once on SQLite, whose file is not there yet, and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.sqlite'}"
    return str(request.getfixturevalue("postgres_server").create_database(f"empty_{next(_numbers)}"))
