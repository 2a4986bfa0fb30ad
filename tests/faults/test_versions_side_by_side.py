"""A program and the next one on one ledger: upgraded under load and back, and no call is refused that had a right.

The program before is the first one whose tables say who may go on; it is built from this repository's history. The
next one is this checkout, with one migration more than the program before.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import make_url

from tests.support.gate_running import ENDING, ENDING_TOO, ROOT, RealmKeysServer, ServedGate, served_gate, students
from tests.support.postgres import PostgresServer

pytestmark = [pytest.mark.assure, pytest.mark.postgres]

FIRST: Final = "6c4b84f"
"""The commit of the program before."""

PAUSE_S: Final = 0.01
"""Between two calls, so that callers do not starve the gates of the processor."""

MORE: Final = '''
"""One column and one table more, as a migration of the next version adds them."""

import sqlalchemy as sa
from alembic import op

revision = "9000"
down_revision = "{newest}"

OLDEST_READER = "0023"
OLDEST_WRITER = "0023"


def upgrade() -> None:
    """Add them."""
    op.add_column("ledger_account", sa.Column("more", sa.Text, nullable=False, server_default=""))
    op.create_table("ledger_more", sa.Column("id", sa.Integer, primary_key=True))
'''

FILL: Final = (
    "from tests.support.gate_running import filled_ledger as f; import os; f(os.environ['AIKOM_DATABASE_URL']).close()"
)
PROVISION: Final = "import sys; from provisioning.cli.main import main; sys.argv[0] = 'provision'; main()"
END: Final = """
import os, sys
from provisioning.ledger import open_ledger
from provisioning.model.events import EventKind
from tests.support.gate_running import record
from tests.support.ledger_events import event
ledger = open_ledger(os.environ["AIKOM_DATABASE_URL"], create=False)
record(ledger, event(EventKind.ACCOUNT_DEACTIVATED, sys.argv[1], reason="cyber-incident", document="№ 1"))
ledger.close()
"""

AS_A_ROLE: Final = """
import os, sys
from dataclasses import replace
from provisioning.ledger import open_ledger
from provisioning.model.events import EventKind
from tests.support.gate_running import record
from tests.support.ledger_events import SCHOOL, event
ledger = open_ledger(os.environ["AIKOM_DATABASE_URL"], create=False)
said = event(EventKind.ACCOUNT_DIRECT_USE_CHANGED, SCHOOL, allowed=sys.argv[1] == "yes")
record(ledger, replace(said, actor="staff:olena"))
ledger.close()
"""


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout of the program before."""
    folder = tmp_path_factory.mktemp("before")
    packed = subprocess.run(["git", "archive", FIRST], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This checkout, with a migration more."""
    folder = tmp_path_factory.mktemp("after")
    for package in ("provisioning", "sidecar", "tests", "examples"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    versions = folder / "provisioning" / "ledger" / "migrations" / "versions"
    newest = max(file.stem[1:5] for file in versions.glob("v*.py"))
    (versions / "v9000_more.py").write_text(MORE.format(newest=newest), encoding="utf-8")
    return folder


class Caller:
    """Asks a gate again and again until it is told to stop. `refused` are answers that were no 204."""

    def __init__(self, gate: ServedGate) -> None:
        self.asked, self.refused = 0, list[str]()
        self._gate, self._stop = gate, threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def _ask(self) -> None:
        while not self._stop.is_set():
            answer = self._gate.ask(self._gate.token())
            self.asked += 1
            if answer.status_code != 204:
                self.refused.append(f"{answer.status_code} {answer.text[:200]}")
            time.sleep(PAUSE_S)

    @contextmanager
    def calling(self) -> Iterator[None]:
        self._thread.start()
        try:
            yield
        finally:
            self._stop.set()
            self._thread.join()


def run(code: Path, url: str, program: str, *words: str) -> tuple[int, str]:
    """A program of a checkout, as a process: exit code, and what it says."""
    environment = {**os.environ, "PYTHONPATH": str(code), "AIKOM_DATABASE_URL": url}
    command = [sys.executable, "-c", program, *words]
    ran = subprocess.run(command, cwd=code, env=environment, capture_output=True, check=False, text=True, timeout=120)
    return ran.returncode, ran.stdout + ran.stderr


def end(code: Path, url: str, name: str, *gates: ServedGate) -> None:
    """An account's end, recorded by one program, is in force at every gate."""
    assert run(code, url, END, name) == (0, "")
    for gate in gates:
        gate.wait_for(403, gate.token(name), students(name), within_s=10)


def test_a_program_and_the_next_one_work_side_by_side_and_the_first_may_come_back(
    before: Path, after: Path, postgres_url: str, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    url, keys = postgres_url, RealmKeysServer()
    assert run(before, url, FILL) == (0, "")
    role = granted_role(before, url, postgres_server)
    with ExitStack() as stack:
        stack.enter_context(keys)
        old = stack.enter_context(served_gate(url, keys, made(tmp_path / "old"), code=before))
        caller = Caller(old)
        with caller.calling():
            # 1. The tables are changed while the program before decides.
            code, said = run(after, url, PROVISION, "migrate", "--check")
            assert (code, "this program of 9000: migrate" in said) == (2, True), said
            code, said = run(after, url, PROVISION, "migrate")
            assert (code, "oldest reader 0023, oldest writer 0023" in said) == (0, True), said
            # 2. Both decide, and what either records is in force at both.
            with served_gate(url, keys, made(tmp_path / "new"), code=after) as new:
                newer = Caller(new)
                with newer.calling():
                    end(before, url, ENDING, old, new)
                    end(after, url, ENDING_TOO, old, new)
                    # A role with what the program before granted, and with what the next one grants.
                    assert run(before, role, AS_A_ROLE, "yes") == (0, "")
                    assert run(after, role, AS_A_ROLE, "no") == (0, "")
                    grant(after, url, role)
                    assert run(after, role, AS_A_ROLE, "yes") == (0, "")
            # 3. Back: the program before starts anew on the later tables.
            with served_gate(url, keys, made(tmp_path / "back"), code=before) as back:
                for name in (ENDING, ENDING_TOO):
                    back.wait_for(403, back.token(name), students(name))
                assert run(before, url, PROVISION, "migrate")[0] == 0
                grant(before, url, role)
                assert run(before, role, AS_A_ROLE, "no") == (0, "")
            time.sleep(1)
        assert (caller.refused, newer.refused) == ([], [])
        assert caller.asked > 100
    for program in (before, after):
        code, said = run(program, url, PROVISION, "ledger", "verify")
        assert (code, said.startswith("intact")) == (0, True), said


def granted_role(code: Path, url: str, server: PostgresServer) -> str:
    """The address of a role that the command line works as, with what a program grants to it."""
    database = str(make_url(url).database)
    role = f"role_of_{database}"
    server.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'x'")
    address = server.url(database, role, "x")
    grant(code, url, address)
    return address


def grant(code: Path, url: str, address: str) -> None:
    """Have a program grant it anew, as the owner."""
    role = str(make_url(address).username)
    ran, said = run(code, url, PROVISION, "ledger", "grant", role, "--part", "provisioning")
    assert ran == 0, said


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder
