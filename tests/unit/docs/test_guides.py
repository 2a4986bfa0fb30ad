"""The guides for people: every picture is there and shown, and what they call a button is what stands on it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[3]
GUIDES = ROOT / "docs" / "guides"
PICTURES = GUIDES / "pictures"
NAMES = ["institutions", "authorities", "ois", "administrators"]
EXPLAINED = {"базовий ключ доступу", "ключ АРІ", "доручення ОІС"}
"""Words of the order that are set in bold because they are explained there, not because they are on a button."""

MOST_BYTES = 200_000
"""A picture is looked at beside the text, often over a slow line."""


def guide(name: str) -> str:
    return (GUIDES / f"{name}.uk.md").read_text(encoding="utf-8")


def spoken() -> set[str]:
    """Everything that pages and mails say in Ukrainian."""
    with (ROOT / "sidecar/translations/uk/LC_MESSAGES/messages.po").open("rb") as file:
        messages = list(read_po(file, locale="uk"))
    said = {text for one in messages for text in ([one.string] if isinstance(one.string, str) else one.string)}
    theme = (ROOT / "realm-config/themes/aikom/login/messages/messages_uk.properties").read_text(encoding="utf-8")
    said |= {line.split("=", 1)[1] for line in theme.splitlines() if "=" in line and not line.startswith("#")}
    mails = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "provisioning/mail/templates").glob("*.mail"))
    return said | set(re.findall(r"^-> .+ \| (.+)$", mails, re.MULTILINE))


def test_every_picture_is_shown_once_and_every_one_that_is_shown_is_there() -> None:
    shown = [picture for name in NAMES for picture in re.findall(r"!\[[^\]]+\]\(pictures/([^)]+)\)", guide(name))]
    assert sorted(shown) == sorted(path.name for path in PICTURES.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_pictures_are_made_by_the_browser_tests_under_the_same_names(name: str) -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "browser").glob("test_journey*.py"))
    made = {*re.findall(r'(?:take|picture)\(page, "([a-z0-9-]+)"', tests)}
    made |= {f"administrator-{found}" for found in re.findall(r'\(f?"[^"]+", "([a-z-]+)"\)', tests)}
    assert {*re.findall(r"pictures/([a-z0-9-]+)\.png", guide(name))} - made == set()


def test_pictures_are_small() -> None:
    assert [path.name for path in PICTURES.iterdir() if path.stat().st_size > MOST_BYTES] == []


@pytest.mark.parametrize("name", NAMES)
def test_what_the_guide_calls_a_button_stands_on_one(name: str) -> None:
    bold = {" ".join(text.split()) for text in re.findall(r"\*\*([^*]+)\*\*", guide(name))}
    assert bold - EXPLAINED - {" ".join(text.split()) for text in spoken()} == set()
