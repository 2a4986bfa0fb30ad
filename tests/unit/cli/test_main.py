"""Words on the command line reach commands as text that can be recorded, or are refused."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from provisioning.cli.main import cli

KOI8 = "Ліквідація".encode("koi8-u").decode(errors="surrogateescape")


@pytest.mark.parametrize(
    "words",
    [
        ["accounts", "deactivate", "46-0000001", "--reason", "liquidation", "--document", KOI8],
        ["ledger", "show", KOI8],
        [KOI8],
    ],
)
def test_words_in_another_encoding_are_refused_before_a_command_begins(words: list[str]) -> None:
    result = CliRunner().invoke(cli, words)
    assert (result.exit_code, "is not in UTF-8" in result.output) == (2, True)
