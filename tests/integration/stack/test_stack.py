"""The embedded stack as its user meets it: by the command line, interrupted, killed and started again."""

from __future__ import annotations

import json
import os
import re
import signal
import smtplib
import stat
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.settings import load_settings, parse_env_file
from provisioning.stack.environment import SECRETS
from provisioning.stack.keycloak_process import BOOTSTRAP_CLIENT
from provisioning.stack.locking import take_lock
from provisioning.stack.paths import StackPaths
from provisioning.stack.ports import LOOPBACK
from provisioning.stack.process import members
from provisioning.stack.state import Part, Port, StackState, load_state
from tests.support.keycloak_server import PROJECT
from tests.support.provision_program import PROVISION
from tests.support.stack_ports import own_ports

pytestmark = [pytest.mark.assure, pytest.mark.keycloak]


@dataclass(frozen=True)
class Stack:
    """A stack in a folder of its own, worked by `provision stack`."""

    folder: Path
    ports: dict[str, str] = field(default_factory=own_ports)

    @property
    def paths(self) -> StackPaths:
        return StackPaths.of(self.folder / ".aikom")

    @property
    def state(self) -> StackState:
        return load_state(self.paths.state)

    @property
    def connection(self) -> KeycloakConnection:
        return KeycloakConnection.from_settings(load_settings({}, self.paths.env))

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("AIKOM_")} | self.ports
        return subprocess.Popen(
            [*PROVISION, "stack", *arguments],
            cwd=self.folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        """Exit code and everything printed."""
        with self.start(*arguments) as process:
            output, _ = process.communicate(timeout=400)
            return process.returncode, output

    def processes(self) -> list[psutil.Process]:
        return [process for record in self.state.parts.values() for process in members(record.process)]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A running stack whose very first `up` was interrupted while Keycloak started."""
    stack = Stack(tmp_path_factory.mktemp("stack"))
    try:
        with stack.start("up") as first:
            while Part.KEYCLOAK not in stack.state.parts:
                assert first.poll() is None, first.stdout.read() if first.stdout else ""
                time.sleep(0.05)
            first.send_signal(signal.SIGINT)
            output, _ = first.communicate(timeout=60)
        assert first.returncode == 130, output
        assert members(stack.state.parts[Part.KEYCLOAK].process), "Ctrl-C must not take Keycloak along"
        code, output = stack.run("up")
        assert code == 0, output
        yield stack
    finally:
        stack.run("down", "--wipe", "--yes")


def test_up_again_changes_nothing(stack: Stack) -> None:
    before = stack.state
    environment = stack.paths.env.read_text()
    code, output = stack.run("up")
    assert code == 0, output
    assert stack.state == before
    assert stack.paths.env.read_text() == environment


def test_every_part_answers_and_status_says_so(stack: Stack) -> None:
    code, output = stack.run("status", "--json")
    parts: list[dict[str, Any]] = json.loads(output)
    assert code == 0
    assert [part["part"] for part in parts] == [part.value for part in Part]
    assert all(part["running"] for part in parts)
    assert all(part["healthy"] for part in parts if part["part"] != Part.SIDECAR)
    live = requests.get(f"http://{LOOPBACK}:{stack.state.ports[Port.SIDECAR]}/health/live", timeout=10)
    assert live.status_code == 200


def test_the_bootstrap_administrator_is_gone(stack: Stack) -> None:
    answer = requests.post(
        f"{load_settings({}, stack.paths.env).keycloak_url}/realms/master/protocol/openid-connect/token",
        data={"grant_type": "client_credentials", "client_id": BOOTSTRAP_CLIENT, "client_secret": "guess"},
        timeout=30,
    )
    assert answer.status_code == 401
    # Keycloak tells the outside world nothing more; its log says whether the client exists.
    log = stack.paths.log(Part.KEYCLOAK).read_text()
    refusals = [line for line in log.splitlines() if f'clientId="{BOOTSTRAP_CLIENT}"' in line]
    assert refusals
    assert all('error="client_not_found"' in line for line in refusals)
    assert not (stack.paths.keycloak / "bootstrap-secret").exists()


def test_secrets_are_in_no_argument_and_no_log_and_readable_by_the_owner_only(stack: Stack) -> None:
    settings = parse_env_file(stack.paths.env)
    secrets = [settings[name] for name in SECRETS]
    assert {name for name in settings if name.endswith(("SECRET", "KEY"))} == set(SECRETS)
    seen = [" ".join(process.cmdline()) for process in stack.processes()]
    seen += [path.read_text() for path in stack.paths.logs.iterdir()]
    assert not [secret for secret in secrets for text in seen if secret in text]
    assert stat.S_IMODE(stack.paths.env.stat().st_mode) == 0o600
    assert stat.S_IMODE(stack.paths.root.stat().st_mode) == 0o700


def test_every_file_of_the_stack_is_in_the_table_of_the_documents(stack: Stack) -> None:
    text = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    table = text.split("## Files of the embedded stack")[1].split("\n## ")[0]
    named = {name.split("/")[0] for name in re.findall(r"`([^`]+)`", table)}
    there = {path.name for path in stack.paths.root.iterdir() if not path.name.endswith(("-wal", "-shm"))}
    assert there - named == set()


def test_nothing_listens_beyond_the_loopback_address(stack: Stack) -> None:
    listening = {
        connection.laddr.ip
        for process in stack.processes()
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening
    assert listening <= {LOOPBACK, f"::ffff:{LOOPBACK}", "::1"}


def test_mails_are_listed_and_read_and_one_sent_twice_is_one(stack: Stack) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "aikom@example.ua", "school@example.ua"
    mail["Subject"], mail["Message-ID"] = "Базовий ключ доступу", "<base-key-1@example.ua>"
    mail.set_content("Посилання: http://localhost/once")
    for _ in range(2):
        with smtplib.SMTP(LOOPBACK, stack.state.ports[Port.SMTP], timeout=30) as server:
            server.send_message(mail)
    code, output = stack.run("mails")
    assert code == 0
    assert output.count("Базовий ключ доступу") == 1
    assert "1 in all" in output
    code, output = stack.run("mails", "show", "1")
    assert code == 0
    assert "http://localhost/once" in output


def test_a_second_up_at_the_same_time_is_refused(stack: Stack) -> None:
    """The lock is held here as by an `up` that is under way, so that it does not matter how quick either is."""
    os.kill(stack.state.parts[Part.MAIL].process.pid, signal.SIGKILL)
    with take_lock(stack.paths.lock):
        code, output = stack.run("up")
    assert (code, "is starting or stopping the stack" in output) == (4, True), output
    assert str(os.getpid()) in output
    code, output = stack.run("up")
    assert code == 0, output


def test_keycloak_killed_comes_back_with_its_data(stack: Stack) -> None:
    stack.connection.post("/roles", {"name": "kept-over-a-kill"})
    before = stack.state
    for process in members(before.parts[Part.KEYCLOAK].process):
        process.kill()
    code, output = stack.run("status")
    assert code == 3, output
    code, output = stack.run("up")
    assert code == 0, output
    assert stack.connection.get("/roles/kept-over-a-kill")["name"] == "kept-over-a-kill"
    assert stack.state.ports == before.ports
    assert stack.state.parts[Part.MAIL] == before.parts[Part.MAIL]


def test_down_leaves_no_process_and_keeps_the_data(stack: Stack) -> None:
    running = stack.processes()
    assert len(running) >= len(Part)
    code, output = stack.run("down")
    assert code == 0
    assert "stopped: watch, sidecar, keycloak, mail" in output
    # A zombie has ended; only its parent, here the system's first process, has not asked yet.
    assert not [p for p in running if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
    assert (stack.paths.keycloak / "data" / "h2").is_dir()
    assert stack.run("down") == (0, "nothing was running\n")
