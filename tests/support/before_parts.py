"""A composed installation as it was before its programs were parts: one folder of secrets, one role for all of them.

Made by the scripts of that time (`tests/data/before_parts/`), on the ledger's tables of that time.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config

from provisioning.ledger import LedgerTransaction, utc_now
from provisioning.ledger.store.engine import begin_writing, make_engine, parse_url
from provisioning.ledger.store.revisions import SCRIPTS
from provisioning.model.events import NewEvent
from provisioning.model.events.actors import ActorKind
from provisioning.model.events.alarms import AlarmRaised
from provisioning.model.events.realm import LedgerOpened
from tests.support.composed import Composed, as_superuser
from tests.support.documents import ROOT
from tests.support.postgres import PostgresServer

SCRIPTS_OF_THEN = ROOT / "tests" / "data" / "before_parts"
VERSION_OF_THEN = "0021"
SAID_BEFORE = "recorded before there were parts"


class BeforeParts:
    """What was there: `programs` is the folder of secrets that every program saw, `account` that of the accounts."""

    def __init__(self, composed: Composed, database: PostgresServer) -> None:
        self._composed = composed
        self._database = database
        self.programs = composed.folder / "secrets" / "before" / "programs"
        self.account = composed.folder / "secrets" / "before" / "account"

    def make(self) -> None:
        """Secrets, roles, and a ledger with a school in it."""
        root = self.programs.parent
        for name in ("database", "keycloak", "programs", "account"):
            (root / name).mkdir(parents=True)
        subprocess.run([sys.executable, str(SCRIPTS_OF_THEN / "make_secrets.txt"), str(root)], check=True)
        for file in self.programs.glob("*-url"):
            file.chmod(0o600)
            file.write_text(self._composed.place(file.read_text(encoding="utf-8")), encoding="utf-8")
        environ = {**os.environ, **as_superuser(self._database), "SECRETS": str(root / "database")}
        subprocess.run([str(SCRIPTS_OF_THEN / "database.sh")], env={**environ, "POSTGRES_USER": "aikom"}, check=True)
        self._make_ledger()

    def secret(self, name: str) -> str:
        return (self.programs / name).read_text(encoding="utf-8")

    def bootstrap(self) -> None:
        """Make the realms with accounts whose secrets every program saw."""
        environ = self._composed.environment(
            "setup",
            AIKOM_BOOTSTRAP_SECRET_FILE=str(self.programs / "keycloak-bootstrap"),
            AIKOM_DATABASE_URL_FILE=str(self.programs / "ledger-owner-url"),
        )
        missing = [name for name, file in environ.items() if name.endswith("_FILE") and not Path(file).exists()]
        files = ("--secret-file", str(self.account / "provisioning"))
        sandbox = ("--sandbox-secret-file", str(self.account / "sandbox"))
        subprocess.run(
            ["provision", "bootstrap", *files, *sandbox],
            env={name: value for name, value in environ.items() if name not in missing},
            cwd=self._composed.folder,
            check=True,
            timeout=120,
        )

    def _make_ledger(self) -> None:
        url = self.secret("ledger-owner-url")
        engine = make_engine(parse_url(url), patience_s=5)
        with engine.connect() as connection:
            begin_writing(connection)
            config = Config()
            config.set_main_option("script_location", str(SCRIPTS))
            config.set_main_option("path_separator", "os")
            config.attributes["connection"] = connection
            command.upgrade(config, VERSION_OF_THEN)
            connection.commit()
        opened = NewEvent(LedgerOpened(ledger_id="before"), "realm", ActorKind.PROVISION)
        said = NewEvent(AlarmRaised(what=SAID_BEFORE), "realm", "watch:before", clause="cl. 3")
        with engine.connect() as connection:
            begin_writing(connection)
            LedgerTransaction(connection, utc_now).append([opened, said])
            for statement in (SCRIPTS_OF_THEN / "grants.sql").read_text(encoding="utf-8").split(";\n"):
                if statement.strip():
                    connection.exec_driver_sql(statement)
            connection.commit()
        engine.dispose()
