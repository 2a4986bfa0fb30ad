"""A real PostgreSQL for tests: a temporary cluster from the system's binaries, on 127.0.0.1 and a free port.

    with PostgresServer() as server:
        url = server.create_database("ledger")

PostgreSQL refuses to run as root, so root runs it as the user `postgres`.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
import psycopg
from psycopg import sql

_START_TIMEOUT_S = 60


class PostgresServer:
    """A cluster that lives as long as the `with` block. Durable as in production unless `durable=False`."""

    def __init__(self, *, durable: bool = True) -> None:
        self._durable = durable
        self._binaries = _find_binaries()
        self._folder = Path(tempfile.mkdtemp(prefix="aikom-postgres-"))
        self.password = secrets.token_urlsafe(16)
        self.port = _free_port()

    def __enter__(self) -> Self:
        try:
            self._create()
            self.start()
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # What was made here is thrown away: writing it to the disk first would take minutes.
        self.stop("immediate")
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, database: str = "postgres", user: str = "aikom", password: str | None = None) -> str:
        """SQLAlchemy URL of a database; the superuser's unless another user is named."""
        return f"postgresql+psycopg://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, template: str = "template1") -> str:
        """Create a database, empty unless `template` names another to copy, and return its URL."""
        statement = "CREATE DATABASE {} TEMPLATE {}"
        self.execute(sql.SQL(statement).format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def execute(self, statement: sql.Composed | str, database: str = "postgres") -> None:
        """Run one statement as the superuser, outside any transaction."""
        query = sql.SQL(statement) if isinstance(statement, str) else statement
        with self.connect(database) as connection:
            connection.execute(query)

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A plain connection of the superuser, in autocommit."""
        address = self.url(database).replace("postgresql+psycopg", "postgresql", 1)
        return psycopg.connect(address, autocommit=True)

    def start(self) -> None:
        """Start the server and wait until it accepts connections."""
        log = self._folder / "log"
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder}"
        if not self._durable:
            options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        self._run(
            "pg_ctl", "-D", str(self._data), "-l", str(log), "-w", "-t", str(_START_TIMEOUT_S), "-o", options, "start"
        )

    def stop(self, mode: str = "fast") -> None:
        """Stop it; `immediate` is a crash. Stopping a stopped server is fine."""
        if (self._data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", str(self._data), "-m", mode, "-w", "stop")

    def kill(self) -> None:
        """Kill the server as a power failure would."""
        pid = int((self._data / "postmaster.pid").read_text(encoding="ascii").splitlines()[0])
        os.kill(pid, signal.SIGQUIT)

    def processes(self) -> list[int]:
        """Ids of the server's processes, those of the connections among them."""
        postmaster = psutil.Process(int((self._data / "postmaster.pid").read_text(encoding="ascii").splitlines()[0]))
        return [postmaster.pid, *(child.pid for child in postmaster.children())]

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _create(self) -> None:
        password_file = self._folder / "password"
        password_file.write_text(self.password, encoding="ascii")
        if os.geteuid() == 0:
            for path in (self._folder, password_file):
                shutil.chown(path, "postgres", "postgres")
        arguments = ("-D", str(self._data), "-U", "aikom", "-A", "scram-sha-256", "--pwfile", str(password_file))
        self._run("initdb", *arguments, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")

    def _run(self, program: str, *arguments: str) -> None:
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_postgres, str(self._binaries / program), *arguments]
        # pg_ctl leaves the server behind, which would keep a pipe open: hence a file.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, cwd=self._folder, check=False)
            if done.returncode != 0:
                output.seek(0)
                raise RuntimeError(f"{program} failed: {output.read().decode(errors='replace')}")


def _find_binaries() -> Path:
    on_path = shutil.which("initdb")
    if on_path is not None:
        return Path(on_path).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise RuntimeError("the tests need PostgreSQL's server (Debian: apt install postgresql)")
    return found[-1].parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
