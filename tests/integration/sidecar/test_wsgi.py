"""The entry point under the real server, as `provision stack` and compose start it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Served:
    """A served sidecar: its address, its log file, its folder, and the process that serves it."""

    url: str
    log: Path
    folder: Path
    pid: int

    def memory(self) -> int:
        """What the process and its workers hold, in bytes."""
        workers = subprocess.run(["pgrep", "-P", str(self.pid)], capture_output=True, text=True, check=False)
        return sum(_resident(pid) for pid in (self.pid, *map(int, workers.stdout.split())))

    def disk(self) -> int:
        """What lies in its folder and in its folder for temporary files, in bytes."""
        return sum(file.stat().st_size for file in self.folder.rglob("*") if file.is_file())


def _resident(pid: int) -> int:
    (line,) = (line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    ledger = open_ledger(url)
    record_accounts(ledger)
    ledger.close()
    port, log = free_port(), tmp_path / "log"
    own = {"AIKOM_DATABASE_URL": url, "AIKOM_SIDECAR_URL": f"http://localhost:{port}", "AIKOM_SESSION_SECRET": CANARY}
    own["TMPDIR"] = str(tmp_path)
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
            yield Served(f"http://127.0.0.1:{port}", log, tmp_path, process.pid)
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


def test_the_served_sidecar_answers_with_its_headers_and_logs_json(served: Served) -> None:
    url, log = served.url, served.log
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


ROUTES = ("/api/v1/ois/applications", "/onboarding/application/agreement", "/leaks", "/onboarding/apply", "/ois")
BODY = 200 * 1024 * 1024
ALLOWED = 48 * 1024 * 1024
"""Above what the process holds before: several uploads of the permitted size at once."""


def _pour(address: str, *, stated: bool) -> None:
    """Send a body of 200 MB, with its length or without, as far as the server takes it."""
    host, port = address.removeprefix("http://").split("/", 1)[0].split(":")
    path, block = "/" + address.removeprefix("http://").split("/", 1)[1], b"x" * 65_536
    framing = f"Content-Length: {BODY}" if stated else "Transfer-Encoding: chunked"
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{framing}\r\n\r\n"
    with contextlib.suppress(OSError), socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(head.encode())
        for _ in range(BODY // len(block)):
            connection.sendall(block if stated else b"10000\r\n" + block + b"\r\n")


def test_a_body_of_any_size_leaves_memory_and_disk_within_bounds(served: Served) -> None:
    requests.get(f"{served.url}/ois", timeout=10)
    memory, disk = served.memory(), served.disk()
    peaks = []
    for route in ROUTES:
        for stated in (True, False):
            _pour(f"{served.url}{route}", stated=stated)
            peaks.append(served.memory() - memory)
    assert max(peaks) < ALLOWED, [f"{peak / 1e6:.0f} MB" for peak in peaks]
    assert served.disk() - disk < ALLOWED
    assert requests.get(f"{served.url}/ois", timeout=10).status_code == 200
