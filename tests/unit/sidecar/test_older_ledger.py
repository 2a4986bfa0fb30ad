"""No page records anything on a ledger that is older than its newest checkpoint. The routes are read from the sidecar.

Source: order cl. 11, 12; decision 11.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from provisioning.ledger import open_ledger
from provisioning.ledger.checkpoint import create_key, load_private_key
from provisioning.ledger.destinations import parse_destination
from provisioning.ledger.proof.checkpointing import make_checkpoint
from provisioning.settings import Settings
from sidecar.app import create_app
from sidecar.auth.identity import Identity
from tests.support import sidecar_people as people
from tests.support.dba import run_as_dba
from tests.support.ledger_templates import copy_sqlite
from tests.support.ois_listed import record_operated
from tests.support.sidecar_running import MovableClock, Sidecar, close
from tests.unit.sidecar.test_access_table import ADDRESSES

pytest_plugins = ("tests.support.sidecar_fixtures",)

PERSONAS: dict[str, Identity | None] = {
    "anonymous": None,
    "school": people.SCHOOL,
    "authority": people.AUTHORITY,
    "administrator": people.ADMINISTRATOR,
    "support": people.SUPPORT,
    "operator": people.OPERATOR,
}
WRITES = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def older(sidecar_settings: Settings, sidecar_template: Path, tmp_path: Path) -> Iterator[Sidecar]:
    """The sidecar over a ledger that lacks its last event, of which a checkpoint knows."""
    clock, url = MovableClock(), sidecar_settings.database_url
    copy_sqlite(sidecar_template, Path(url.removeprefix("sqlite:///")))
    ledger = open_ledger(url, clock=clock)
    record_operated(ledger)
    create_key(tmp_path / "key.json")
    (tmp_path / "kept").mkdir()
    made, _ = make_checkpoint(
        ledger, load_private_key(tmp_path / "key.json"), parse_destination(str(tmp_path / "kept"))
    )
    run_as_dba(url, [f"DELETE FROM ledger_event WHERE seq = {made.seq}"])  # noqa: S608 - a number
    kept = {"AIKOM_CHECKPOINT_TO": str(tmp_path / "kept"), "AIKOM_CHECKPOINT_KEY": str(tmp_path / "key.json.pub")}
    app = create_app(Settings({**sidecar_settings.values, **kept}), clock=clock)
    # The form's token would be missed first; that it is asked for is tested elsewhere.
    app.config["WTF_CSRF_ENABLED"] = False
    yield Sidecar(app, ledger, clock)
    close(app)
    ledger.close()


@pytest.mark.parametrize("persona", PERSONAS)
def test_no_route_records_anything(persona: str, older: Sidecar, sidecar_settings: Settings) -> None:
    who = PERSONAS[persona]
    answers: dict[int, list[str]] = {}
    with closing(sqlite3.connect(sidecar_settings.database_url.removeprefix("sqlite:///"))) as connection:
        before = list(connection.iterdump())
        for rule in older.app.url_map.iter_rules():
            for method in (rule.methods or set()).intersection(WRITES):
                client = older.client() if who is None else older.signed_in(who)
                address = ADDRESSES.get(rule.rule, rule.rule)
                with client.open(address, method=method, headers={"Origin": "http://localhost"}) as response:
                    answers.setdefault(response.status_code, []).append(rule.rule)
        assert list(connection.iterdump()) == before
    assert sum(map(len, answers.values())) > 40
    assert len(answers.get(503, ())) >= (2 if who is None else 6), {
        status: len(rules) for status, rules in answers.items()
    }
    assert {status for status in answers if status < 400} <= {302}, answers
