"""The drill on a whole stack: back up, decide, put back either store; before traffic opens, what ended is ended again.

Source: docs/security.md row 40, order cl. 12.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import require_user
from provisioning.settings import load_settings
from tests.support.configuration import Folder, school
from tests.support.provision_program import PROVISION
from tests.support.stack_ports import own_ports

DEAD, CUT = "46-0000001", "46-0000002"


@dataclass(frozen=True)
class Stack:
    """An embedded stack in a folder of its own."""

    folder: Path
    ports: dict[str, str] = field(default_factory=own_ports)

    def run(self, *arguments: str, expect: int = 0) -> str:
        """Run `provision`; its standard output. Fails the test on another exit code."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("AIKOM_")} | self.ports
        command = [*PROVISION, *arguments]
        done = subprocess.run(command, cwd=self.folder, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == expect, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def status(self, client_id: str, secret: str) -> int:
        """The token endpoint's answer to an API key."""
        settings = load_settings({}, self.folder / ".aikom" / "stack.env")
        url = f"{settings.keycloak_url}/realms/{settings.realm}/protocol/openid-connect/token"
        form = {"grant_type": "client_credentials"}
        return requests.post(url, data=form, auth=(client_id, secret), timeout=60).status_code

    def login_enabled(self, name: str) -> bool:
        settings = load_settings({}, self.folder / ".aikom" / "stack.env")
        return bool(require_user(KeycloakConnection.from_settings(settings), name)["enabled"])


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    made = Stack(tmp_path)
    Folder(tmp_path / "realm-config").write(school(1), school(2))
    made.run("stack", "up")
    yield made
    made.run("stack", "down")


@pytest.mark.assure
@pytest.mark.keycloak
def test_neither_an_older_keycloak_nor_an_older_ledger_undoes_a_deactivation_or_a_cut_off(stack: Stack) -> None:
    stack.run("apply", "--no-mail")
    dead, cut = (stack.run("keys", "reveal", name).strip() for name in (DEAD, CUT))
    stack.run("stack", "backup", "older")
    assert (stack.status(f"api-{DEAD}-k1", dead), stack.status(f"api-{CUT}-k1", cut)) == (200, 200)
    stack.run("accounts", "deactivate", DEAD, "--reason", "cyber-incident", "--document", "№ 1")
    stack.run("keys", "cut-off", CUT, "--reason", "incident")

    older_keycloak = json.loads(stack.run("stack", "restore", "older", "--only", "keycloak", "--json"))
    assert set(older_keycloak["closed_again"]) == {DEAD, f"api-{CUT}-k1"}
    assert (stack.status(f"api-{DEAD}-k1", dead), stack.status(f"api-{CUT}-k1", cut)) == (401, 401)
    assert not stack.login_enabled(DEAD)

    older_ledger = json.loads(stack.run("stack", "restore", "older", "--only", "ledger", "--json"))
    assert older_ledger["locked_accounts"] == [DEAD]
    assert set(older_ledger["keys_ended"]) >= {f"api-{DEAD}-k1", f"api-{CUT}-k1"}
    assert (stack.status(f"api-{DEAD}-k1", dead), stack.status(f"api-{CUT}-k1", cut)) == (401, 401)
    assert not stack.login_enabled(DEAD)
    stack.run("ledger", "verify")
    print(f"0 undone. Older Keycloak: {older_keycloak}. Older ledger: {older_ledger}.")  # noqa: T201 - pytest -s shows it
