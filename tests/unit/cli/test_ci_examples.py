"""The examples for continuous integration call commands and options that exist."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner

from provisioning.cli.configuration.validate import validate
from provisioning.cli.main import cli
from tests.support.configuration import EXAMPLE

FILES = sorted((Path(__file__).resolve().parents[3] / "examples" / "ci").glob("*.yml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_command_and_option_exists(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert yaml.safe_load(text)
    calls = re.findall(r"bin/provision ([a-z]+)([^\n>|]*)", text)
    assert len(calls) >= 3
    for name, rest in calls:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None, name
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= known


@pytest.mark.parametrize("form", ["github", "gitlab", "json", "text"])
def test_every_form_names_file_and_line_of_a_mistake(form: str, tmp_path: Path) -> None:
    (tmp_path / "institutions").mkdir()
    (tmp_path / "institutions" / "a.yaml").write_text("- id: NO\n", encoding="utf-8")
    done = CliRunner().invoke(validate, [str(tmp_path), "--format", form])
    assert done.exit_code == 1
    assert "institutions/a.yaml" in done.output
    assert re.search(r"line=1|\"begin\": 1|\"line\": 1|a\.yaml:1:", done.output)


def test_the_example_is_valid_in_every_form() -> None:
    assert CliRunner().invoke(validate, [str(EXAMPLE), "--format", "gitlab"]).output == "[]\n"
