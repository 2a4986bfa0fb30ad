"""deploy/make_secrets.py: every secret is made once, and each part gets its own only."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.compose import services
from tests.support.documents import ROOT

SCRIPT = ROOT / "deploy" / "make_secrets.py"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    for folder in ("database", "keycloak", "programs"):
        (tmp_path / folder).mkdir()
    _run(tmp_path)
    return tmp_path


def test_every_secret_that_the_compose_file_names_is_made_where_it_is_mounted(made: Path) -> None:
    named = {v for s in services().values() for v in s.environment.values() if v.startswith("/secrets/")}
    by_setup = {"/secrets/account/provisioning", "/secrets/account/sandbox", "/secrets/checkpoints/key"}
    assert len(named) > 5
    assert [path for path in named - by_setup if not (made / path.removeprefix("/secrets/")).exists()] == []


def test_a_second_run_changes_nothing(made: Path) -> None:
    before = _contents(made)
    _run(made)
    assert _contents(made) == before


def test_no_two_secrets_are_alike_and_each_is_long(made: Path) -> None:
    contents = _contents(made / "programs")
    assert len(set(contents.values())) == len(contents)
    assert min(len(text) for text in contents.values()) >= 43


def test_the_database_and_keycloak_get_what_they_need_and_nothing_else(made: Path) -> None:
    assert set(_contents(made / "keycloak")) == {"database-keycloak", "keycloak-bootstrap"}
    assert {name.partition("-")[0] for name in _contents(made / "database")} == {"database"}
    assert {path.stat().st_mode & 0o777 for path in (made / "programs").iterdir()} == {0o400}


def _run(root: Path) -> None:
    subprocess.run([sys.executable, str(SCRIPT), str(root)], check=True, timeout=60)


def _contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*")) if path.is_file()}
