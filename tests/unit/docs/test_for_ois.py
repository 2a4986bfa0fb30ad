"""`for-ois` in both languages: every refusal of the gate with the gate's own words, and examples of seventy lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioning.gate.explanations import EXPLANATIONS
from provisioning.gate.reasons import Reason

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(("file", "language"), [("for-ois.md", "en"), ("for-ois.uk.md", "uk")])
def test_every_refusal_stands_there_with_what_to_do(file: str, language: str) -> None:
    text = (ROOT / "docs" / file).read_text(encoding="utf-8")
    missing = [
        reason.value
        for reason, said in EXPLANATIONS.items()
        if reason is not Reason.NOT_FROM_PROXY
        and f"| {reason.status} | `{reason.value}` | {getattr(said.title, language)} | {getattr(said.detail, language)} |"
        not in text
    ]
    assert missing == []


def test_both_languages_have_the_same_chapters_and_commands() -> None:
    english, ukrainian = ((ROOT / "docs" / f"for-ois{end}.md").read_text(encoding="utf-8") for end in ("", ".uk"))
    for text in (english, ukrainian):
        assert [line[:4] for line in text.splitlines() if line.startswith("## ")] == [f"## {n}" for n in range(1, 7)]
    commands = [
        [
            line
            for line in text.splitlines()
            if line.startswith("    ") and not line.startswith("    #") and is_command(line)
        ]
        for text in (english, ukrainian)
    ]
    assert commands[0] == commands[1] and len(commands[0]) > 40


def is_command(line: str) -> bool:
    """Whether it is a command rather than a part of the drawing, which is in the language of the page."""
    return not set(line) & set("─┐┘▶")


@pytest.mark.parametrize("file", ["diary.py", "proof.py", "self_test.py"])
def test_the_examples_are_as_short_as_they_are_said_to_be(file: str) -> None:
    assert len((ROOT / "examples" / "ois" / file).read_text(encoding="utf-8").splitlines()) <= 70
