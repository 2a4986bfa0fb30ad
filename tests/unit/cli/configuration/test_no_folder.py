"""Every command that takes a configuration folder names the one that is not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from provisioning.cli.main import cli


@pytest.mark.parametrize("command", ["validate", "fmt", "plan", "apply", "drift"])
def test_a_folder_that_is_not_there_is_named(command: str, tmp_path: Path) -> None:
    missing = tmp_path / "nonexistent"
    done = CliRunner().invoke(cli, [command, str(missing)])
    assert done.exit_code != 0
    assert str(missing) in "".join(done.output.split("\n")) + str(done.exception)
