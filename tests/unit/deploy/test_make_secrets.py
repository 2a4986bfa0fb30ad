"""deploy/make_secrets.py: every secret is made once, and each process gets its own only."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.compose import made_secrets, services
from tests.support.documents import ROOT

SCRIPT = ROOT / "deploy" / "make_secrets.py"
FROM_SETUP = {"/secrets/account/provisioning", "/secrets/account-sandbox/sandbox", "/secrets/checkpoints/key"}
"""Written by `provision bootstrap` and `provision ledger checkpoint-key`."""


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return made_secrets(tmp_path)


def test_every_secret_that_the_compose_file_names_is_made_where_it_is_mounted(made: Path) -> None:
    named = {v for s in services().values() for v in s.environment.values() if v.startswith("/secrets/")}
    missing = [path for path in named - FROM_SETUP if not (made / path.removeprefix("/secrets/")).exists()]
    assert len(named) > 20
    assert missing == ["/secrets/before"], "the folder of what was before the parts is no secret"


def test_a_second_run_changes_nothing(made: Path) -> None:
    before = _contents(made)
    subprocess.run([sys.executable, str(SCRIPT), str(made)], check=True, timeout=60)
    assert _contents(made) == before


def test_no_two_secrets_are_alike_and_each_is_long(made: Path) -> None:
    contents = {str(path): text for path, text in _contents(made).items() if path.parent.name != "published"}
    assert min(len(text) for text in contents.values()) >= 43
    copies = {text: {Path(path).name for path in contents if contents[path] == text} for text in contents.values()}
    assert [names for names in copies.values() if len(names) > 1] == []


@pytest.mark.parametrize("name", sorted(name for name in services() if services()[name].secret_folders))
def test_a_service_sees_no_secret_that_it_does_not_use(made: Path, name: str) -> None:
    service = services()[name]
    if name == "secrets":
        assert service.spec["network_mode"] == "none"
        return
    used = set(service.environment.values())
    for script in service.scripts:
        folder = service.environment.get("SECRETS", "/nowhere")
        used |= {f"{folder}/{each}" for each in _named_in(script)}
    seen = {f"/secrets/{path.parent.name}/{path.name}" for path in _contents(made)}
    mine = {path for path in seen if path.rpartition("/")[0] in service.secret_folders}
    assert mine - used == set()


@pytest.mark.parametrize(
    ("secret", "seen_by"),
    [
        ("database-superuser", {"roles", "database"}),
        ("database-ledger-owner", {"roles"}),
        ("keycloak-bootstrap", {"keycloak", "setup"}),
    ],
)
def test_what_opens_everything_reaches_the_database_and_the_setup_only(
    made: Path, secret: str, seen_by: set[str]
) -> None:
    paths = [path for path in _contents(made) if path.name == secret]
    password = paths[0].read_text(encoding="utf-8")
    assert {path.parent.name for path in paths} == seen_by
    holding = {path.parent.name for path, text in _contents(made).items() if password in text}
    assert holding - seen_by == ({"setup"} if secret == "database-ledger-owner" else set())


def test_only_other_images_users_read_what_is_theirs(made: Path) -> None:
    modes = {path.parent.name: path.stat().st_mode & 0o777 for path in _contents(made)}
    assert {folder for folder, mode in modes.items() if mode == 0o444} == {"roles", "database", "keycloak"}
    assert set(modes.values()) == {0o444, 0o400}


def _named_in(script: str) -> set[str]:
    """Secrets that a script of deploy/ reads: by name, as `"$SECRETS/name"`, or by its lists of roles."""
    text = (ROOT / script).read_text(encoding="utf-8")
    found = set(re.findall(r"\$SECRETS/([a-z-]+)[)\"]", text))
    for listed, before in (("parts", "database-ledger-"), ("others", "database-")):
        if names := re.search(rf"^{listed}=\((.*)\)$", text, re.MULTILINE):
            found |= {f"{before}{name}" for name in names[1].split()}
    return found


def _contents(folder: Path) -> dict[Path, str]:
    return {path: path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*")) if path.is_file()}
