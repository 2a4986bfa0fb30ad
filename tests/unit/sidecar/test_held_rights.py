"""The tests of pages hold what pages do to the rights of their part; here is that they would notice."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from provisioning.ledger.powers import PARTS, Part
from sidecar.app import create_app
from sidecar.doors.records import records
from tests.support.held_rights import EXCEEDED, beyond, needed, recorded
from tests.support.sidecar_running import Sidecar, close

pytest_plugins = ("tests.support.sidecar_fixtures",)

EVENT = "INSERT INTO ledger_event (seq, at, kind, subject, actor, clause, reason, data, prev_hash, hash) VALUES (?, …)"
ROWS = (
    1,
    "",
    "account:created",
    "s",
    "staff:x",
    "",
    None,
    "",
    "",
    "",
    2,
    "",
    "api-key:revealed",
    "s",
    "staff",
    *"12345",
)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("SELECT ledger_ois.slug FROM ledger_ois", {("SELECT", "ledger_ois")}),
        ("INSERT INTO ledger_mail (key) VALUES (?)", {("INSERT", "ledger_mail")}),
        (
            "INSERT INTO ledger_task (key) VALUES (?) ON CONFLICT (key) DO UPDATE SET key = excluded.key",
            {("INSERT", "ledger_task"), ("UPDATE", "ledger_task"), ("SELECT", "ledger_task")},
        ),
        ("UPDATE ledger_duty SET name = ?", {("UPDATE", "ledger_duty"), ("SELECT", "ledger_duty")}),
        (
            "DELETE FROM ledger_logout WHERE at IN (SELECT at FROM ledger_event)",
            {("DELETE", "ledger_logout"), ("SELECT", "ledger_logout"), ("SELECT", "ledger_event")},
        ),
        ("SELECT 1", set()),
    ],
)
def test_what_a_statement_needs_is_read_from_it(statement: str, found: set[tuple[str, str]]) -> None:
    assert set(needed(statement)) == found


def test_who_records_what_is_read_from_it() -> None:
    wanted = [("account:created", "staff"), ("api-key:revealed", "staff")]
    assert list(recorded(EVENT, ROWS)) == wanted
    as_json = {"rows": json.dumps([{"kind": kind, "actor": f"{actor}:olena"} for kind, actor in wanted])}
    assert list(recorded(EVENT, as_json)) == wanted
    assert beyond(PARTS[Part.DESK], EVENT, ROWS) == ["account:created as staff", "api-key:revealed as staff"]
    assert beyond(PARTS[Part.PROVISIONING], EVENT, ROWS) == []


def test_a_page_that_goes_beyond_its_part_is_noticed(sidecar: Sidecar) -> None:
    app = create_app(sidecar.app.extensions["aikom.settings"], clock=sidecar.clock)

    def reads_what_is_not_its_own() -> str:
        with records().reader() as reader:
            reader.connection.execute(text("SELECT count(*) FROM ledger_paper"))
        return "read"

    app.view_functions["directory.page"] = reads_what_is_not_its_own
    app.test_client().get("/ois")
    close(app)
    assert EXCEEDED == ["GET /ois of public: SELECT on ledger_paper"]
    EXCEEDED.clear()
