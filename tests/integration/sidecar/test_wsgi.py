"""The entry point under the real server, as `provision stack` and compose start it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from provisioning.ledger import open_ledger
from provisioning.stack.ports import free_port
from tests.support.sidecar_ledger import record_accounts
from tests.support.sidecar_running import SETTINGS

ROOT = Path(__file__).resolve().parents[3]
CANARY = "canary-of-the-session-secret-93b1c7"
START_S = 30


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Address of a served sidecar, and its log file."""
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    ledger = open_ledger(url)
    record_accounts(ledger)
    ledger.close()
    port, log = free_port(), tmp_path / "log"
    own = {"AIKOM_DATABASE_URL": url, "AIKOM_SIDECAR_URL": f"http://localhost:{port}", "AIKOM_SESSION_SECRET": CANARY}
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--blocking-threads", "4", "--workers-kill-timeout", "10", "--no-ws", "sidecar.wsgi:app"],
            cwd=ROOT,
            env={**os.environ, **SETTINGS, **own},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(f"http://127.0.0.1:{port}/health/live")
            yield f"http://127.0.0.1:{port}", log
        finally:
            process.terminate()
            process.wait(30)


def _wait(url: str) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        try:
            if requests.get(url, timeout=2).status_code == 200:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer within {START_S} s")


def test_the_served_sidecar_answers_with_its_headers_and_logs_json(served: tuple[str, Path]) -> None:
    url, log = served
    listed = requests.get(f"{url}/ois.json", timeout=5).json()
    assert (listed["ois"], listed["count"]) == ([], 0)
    page = requests.get(f"{url}/", timeout=5)
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert requests.get(f"{url}/health/ready", timeout=10).json()["checks"]["ledger"] == "ok"
    refused = requests.get(f"{url}/account", headers={"Accept": "application/json"}, timeout=5)
    assert refused.headers["Content-Type"] == "application/problem+json"
    written = log.read_text()
    lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    assert [line["path"] for line in lines if line["event"] == "request"] == [
        "/ois.json",
        "/",
        "/health/ready",
        "/account",
    ]
    assert CANARY not in written
