"""A ledger that an earlier version wrote opens, verifies, adds up to the same state and exports the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from alembic import command
from sqlalchemy import Boolean, Connection, MetaData, Table, insert, select

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.projection import fold
from provisioning.ledger.projection.projected import stored_projection
from provisioning.ledger.proof.export import export_lines
from provisioning.ledger.proof.rebuild import rebuild
from provisioning.ledger.proof.verification import verify
from provisioning.ledger.store.engine import begin_writing, make_engine, parse_url
from provisioning.ledger.store.upgrading import _config
from provisioning.model.events import Content, Unreadable, canonical_json
from provisioning.model.events.accounts import AccountUnlocked
from provisioning.model.events.actors import ActorKind, kind_of
from provisioning.model.events.catalogue import CATALOGUE
from provisioning.model.events.decisions import (
    AdministratorProposed,
    GenerationDecided,
    OisProposed,
    ProposalApproved,
    ProposalSupported,
)
from provisioning.model.events.realm import AdministratorsChanged, RightsChanged, StaffChanged

KEPT: Final = Path(__file__).parent / "kept"
LINES: Final = (KEPT / "01fbb89.jsonl").read_text(encoding="utf-8").splitlines()
STATE: Final[dict[str, Any]] = json.loads((KEPT / "01fbb89.json").read_text(encoding="utf-8"))
LATER: Final = frozenset(
    {
        GenerationDecided,
        AccountUnlocked,
        RightsChanged,
        StaffChanged,
        OisProposed,
        ProposalApproved,
        AdministratorProposed,
        ProposalSupported,
        AdministratorsChanged,
    }
)
"""Types of what that version could not decide."""

TABLES: Final = tuple(name for name in STATE if name != "version")


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """The database as that version left it, opened by this one."""
    _write(ledger_url)
    opened = open_ledger(ledger_url)
    yield opened
    opened.close()


def test_it_has_every_kind_in_every_shape() -> None:
    read = [CATALOGUE.read(found["kind"], found["data"]) for found in map(json.loads, LINES)]
    assert set(CATALOGUE.types) - {type(content) for content in read} == LATER
    assert {json.loads(line)["kind"] for line in LINES} == {each.KIND for each in set(CATALOGUE.types) - LATER}


def test_what_each_event_says_gives_the_bytes_that_were_hashed() -> None:
    for found in map(json.loads, LINES):
        content = CATALOGUE.read(found["kind"], found["data"])
        assert not isinstance(content, Unreadable), found
        assert canonical_json(content.to_data()) == canonical_json(found["data"])


def test_each_event_was_caused_by_somebody_who_may_cause_it_and_rests_on_a_clause_of_its_kind() -> None:
    for found in map(json.loads, LINES):
        content = CATALOGUE.read(found["kind"], found["data"])
        assert isinstance(content, Content)
        assert found["clause"] in content.CLAUSES
        assert kind_of(found["actor"]) in {*content.ACTORS, *_as_recorded(content)}, found


def test_it_verifies_and_adds_up_to_the_state_that_was_stored_then(ledger: Ledger) -> None:
    with ledger.reader() as reader:
        verdict = verify(reader)
        assert (verdict.defect, verdict.events, verdict.unreadable) == (None, len(LINES), ())
        assert stored_projection(reader) == fold(reader.events())
        for name in TABLES:
            assert _rows(reader.connection, name) == STATE[name]
    assert rebuild(ledger) == 0


def test_its_export_is_byte_for_byte_the_same(ledger: Ledger) -> None:
    with ledger.reader() as reader:
        assert list(export_lines(reader.events())) == LINES


def _as_recorded(content: Content) -> set[ActorKind]:
    """An authority is recorded as an institution."""
    return {ActorKind.INSTITUTION} if ActorKind.AUTHORITY in content.ACTORS else set()


def _write(url: str) -> None:
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        Path(str(parsed.database)).touch()
    engine = make_engine(parsed, patience_s=30)
    with engine.connect() as connection:
        begin_writing(connection)
        command.upgrade(_config(connection), STATE["version"])
        events = [{**found, "data": canonical_json(found["data"]).decode()} for found in map(json.loads, LINES)]
        connection.execute(insert(_table(connection, "ledger_event")), events)
        for name in TABLES:
            table = _table(connection, name)
            connection.execute(insert(table), [_typed(table, row) for row in STATE[name]])
        connection.commit()
    engine.dispose()


def _table(connection: Connection, name: str) -> Table:
    """The table as it is in the database, with none of our types."""
    return Table(name, MetaData(), autoload_with=connection)


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """SQLite wrote yes and no as numbers."""
    return {name: bool(value) if isinstance(table.c[name].type, Boolean) else value for name, value in row.items()}


def _rows(connection: Connection, name: str) -> list[dict[str, Any]]:
    """What that version knew of each row, in its order."""
    known, table = list(STATE[name][0]), _table(connection, name)
    rows = connection.execute(select(*(table.c[column] for column in known))).mappings()
    key = next(iter(table.primary_key.columns)).name
    found = [{column: int(v) if isinstance(v, bool) else v for column, v in row.items()} for row in rows]
    return sorted(found, key=lambda row: str(row[key]))
