"""The sidecar over real databases that come, go and come back. Source: docs/security.md rows 14 and 37."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from provisioning.ledger import open_ledger
from provisioning.settings import Settings
from sidecar.app import create_app
from sidecar.doors.records import RETRY_S
from tests.support import sidecar_people as people
from tests.support.postgres import PostgresServer
from tests.support.sidecar_ledger import record_accounts
from tests.support.sidecar_running import SETTINGS, close, signed_in

PAGE = {"Accept": "text/html"}


@contextmanager
def _sidecar(url: str) -> Iterator[Flask]:
    app = create_app(Settings({**SETTINGS, "AIKOM_DATABASE_URL": url}))
    try:
        yield app
    finally:
        close(app)


def _record(url: str) -> None:
    ledger = open_ledger(url)
    record_accounts(ledger)
    ledger.close()


def _status(app: Flask) -> int:
    return signed_in(app, people.SCHOOL, datetime.now(UTC)).get("/account", headers=PAGE).status_code


def test_an_account_sees_its_page_on_either_database(ledger_url: str) -> None:
    _record(ledger_url)
    with _sidecar(ledger_url) as app:
        page = signed_in(app, people.SCHOOL, datetime.now(UTC)).get("/account?lang=en").get_data(as_text=True)
    assert "k1:9f3a77c2" in page
    assert "Account activated with the base key" in page


def test_a_sidecar_started_before_its_ledger_works_once_there_is_one(empty_url: str) -> None:
    with _sidecar(empty_url) as app:
        assert _status(app) == 503
        _record(empty_url)
        time.sleep(RETRY_S)
        assert _status(app) == 200


@pytest.mark.assure
def test_requests_do_not_queue_up_behind_a_database_that_does_not_answer(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, ThreadPoolExecutor(12) as pool:
        port = silent.getsockname()[1]
        with _sidecar(f"postgresql+psycopg://nobody:nothing@127.0.0.1:{port}/ledger") as app:
            began = time.monotonic()
            assert set(pool.map(lambda _: _status(app), range(12))) == {503}
            # One attempt takes up to 10 s (the ledger's connection time-out); twelve in a row would take 120 s.
            assert time.monotonic() - began < 30


@pytest.mark.postgres
def test_a_database_that_stops_means_503_until_it_is_back() -> None:
    with PostgresServer() as server:
        url = server.create_database("ledger")
        _record(url)
        with _sidecar(url) as app:
            assert _status(app) == 200
            server.stop("immediate")
            assert _status(app) == 503
            assert app.test_client().get("/ois.json").status_code == 503
            assert app.test_client().get("/").status_code == 200
            server.start()
            assert _status(app) == 200


def test_a_ledger_file_that_is_taken_away_means_503(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    _record(f"sqlite:///{file}")
    with _sidecar(f"sqlite:///{file}") as app:
        assert _status(app) == 200
        for part in tmp_path.glob("ledger.sqlite*"):
            part.rename(part.with_name("away-" + part.name))
        assert _status(app) == 503
