"""`provision watch` as a process of its own, with its log as JSON."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.configuration import Folder
from tests.support.office import Office
from tests.support.provision_program import PROVISION

PATIENCE_S = 60.0
FAST = {
    "configuration_seconds: 30": "configuration_seconds: 1",
    "tasks_seconds: 5": "tasks_seconds: 1",
    "mail_seconds: 15": "mail_seconds: 1",
    "convergence_seconds: 300": "convergence_seconds: 2",
}


@dataclass
class Watcher:
    """A running service."""

    process: subprocess.Popen[bytes]
    log: Path
    health: Path

    def entries(self, event: str | None = None) -> list[dict[str, Any]]:
        """What it has logged so far; fails when a line is no JSON."""
        lines = self.log.read_text(encoding="ascii").splitlines()
        return [entry for line in lines if event in (None, (entry := json.loads(line))["event"])]

    def wait_for(self, event: str, **facts: str) -> dict[str, Any]:
        """The first entry of this kind with these facts; fails when it does not come."""

        def find() -> dict[str, Any] | None:
            return next((e for e in self.entries(event) if facts.items() <= e.items()), None)

        found = wait_until(find, f"{event} {facts} in the log:\n{self.log.read_text(encoding='ascii')}")
        assert found is not None
        return found

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE_S)


def wait_until(find: Callable[[], Any], what: str) -> Any:
    """The first true answer; fails when there is none within `PATIENCE_S`."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if found := find():
            return found
        time.sleep(0.2)
    raise AssertionError(f"did not come: {what}")


def hurry(folder: Folder) -> None:
    """Short intervals in the folder's realm.yaml."""
    file = folder.path / "realm.yaml"
    text = file.read_text(encoding="utf-8")
    for usual, fast in FAST.items():
        assert usual in text
        text = text.replace(usual, fast)
    file.write_text(text, encoding="utf-8")


def environment(office: Office) -> Mapping[str, str]:
    """The settings of an office for a process of its own."""
    return {**os.environ, **office.realm.settings.values, "AIKOM_CONFIG": str(office.folder.path)}


def provision(office: Office, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `provision` to its end."""
    return subprocess.run(
        [*PROVISION, *arguments], env=environment(office), capture_output=True, text=True, check=False, timeout=120
    )


@contextmanager
def watching(office: Office, folder: Path, name: str, *options: str) -> Iterator[Watcher]:
    """A service for the length of the block; killed at the end if it still runs."""
    log, health = folder / f"{name}.log", folder / f"{name}.health"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*PROVISION, "watch", "--health-file", str(health), *options], env=environment(office), stderr=file
        )
    watcher = Watcher(process, log, health)
    try:
        yield watcher
    finally:
        if process.poll() is None:
            watcher.kill()
