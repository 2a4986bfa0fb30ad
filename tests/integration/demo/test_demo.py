"""The story that `make up` and `make demo` tell is played whole, in a fresh folder: every chapter, to its end."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.documents import ROOT
from tests.support.provision_program import PROVISION

pytestmark = [pytest.mark.assure, pytest.mark.keycloak]

PATIENCE_S = 900


def chapters() -> list[str]:
    """The headlines of all chapters, as they stand in the demo's own code."""
    calls = (
        node
        for file in sorted((ROOT / "examples" / "demo").glob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "chapter"
    )
    return [title.value for call in calls if isinstance(title := call.args[1], ast.Constant)]


def environment() -> Mapping[str, str]:
    """Nobody's settings but the folder's; wide enough a terminal that no headline is broken into lines."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIKOM_")}
    return {**kept, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "NO_COLOR": "1"}


def play(folder: Path, *command: str) -> str:
    """Run a command in the folder; what it says. Fails the test unless it ends well."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Path]:
    """What a newcomer has before the first command: configuration, scripts, and the programs."""
    shutil.copytree(ROOT / "realm-config", tmp_path / "realm-config")
    (tmp_path / "scripts").mkdir()
    shutil.copy2(ROOT / "scripts" / "up.sh", tmp_path / "scripts" / "up.sh")
    (tmp_path / ".venv").symlink_to(Path(sys.prefix), target_is_directory=True)
    yield tmp_path
    play(tmp_path, *PROVISION, "stack", "down")


def test_the_whole_story_is_told_from_an_empty_folder(fresh: Path) -> None:
    summary = play(fresh, "bash", "scripts/up.sh")
    assert "http://localhost:" in summary
    told = play(fresh, sys.executable, "-m", "examples.demo")
    headlines = chapters()
    assert len(headlines) > 15
    assert [headline for headline in headlines if headline not in told] == []
    assert "intact:" in told
    assert len(list((fresh / ".artifacts").glob("demo-*.png"))) >= 6
