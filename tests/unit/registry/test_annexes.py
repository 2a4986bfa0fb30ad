"""The order's annexes in `realm-config/`: what is wrong with them is found where it stands. Source: order cl. 6."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from provisioning.model.annexes import PLACEHOLDERS, Check, in_force
from provisioning.registry import load_configuration
from tests.support.configuration_folder import EXAMPLE, Folder

FIRST = "agreement/1.0.yaml"
REQUIREMENTS = "requirements.yaml"
SECOND = """\
version: "2.0"
since: 2026-03-01
accede_by: 2026-09-01
title: Договір
sections:
  - title: Сторони
    paragraphs:
      - "{operator}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "realm-config")


def test_the_example_has_an_item_for_every_check_and_some_for_people() -> None:
    items = load_configuration(EXAMPLE).require().requirements.items
    assert {item.check for item in items} == {None, *Check}
    assert all(item.text.uk and item.text.en and item.evidence.uk and item.evidence.en for item in items)


def test_the_agreement_is_filled_without_a_brace_left() -> None:
    (agreement,) = load_configuration(EXAMPLE).require().agreements
    filled = agreement.filled({name: f"<{name}>" for name in PLACEHOLDERS})
    words = " ".join([filled.title, *(text for s in filled.sections for text in (s.title, *s.paragraphs))])
    assert "{" not in words and "<operator>" in words


def test_data_with_braces_is_not_filled_a_second_time() -> None:
    (agreement,) = load_configuration(EXAMPLE).require().agreements
    filled = agreement.filled({**dict.fromkeys(PLACEHOLDERS, "x"), "system": "{operator}"})
    assert "{operator}" in filled.title


def test_the_newest_text_whose_day_has_come_is_in_force(folder: Folder) -> None:
    folder.write("agreement/2.0.yaml", SECOND)
    agreements = folder.load().require().agreements
    for day, version in ((date(2026, 2, 28), "1.0"), (date(2026, 3, 1), "2.0")):
        found = in_force(agreements, day)
        assert found is not None and found.version == version
    assert in_force(agreements, date(2025, 1, 1)) is None


CASES: dict[str, tuple[str, Callable[[str], str], tuple[str, int, int]]] = {
    "a requirement twice": (
        REQUIREMENTS,
        lambda text: text.replace("id: jwks", "id: tls"),
        ("duplicate-requirement", 25, 9),
    ),
    "a check twice": (
        REQUIREMENTS,
        lambda text: text.replace("check: jwks", "check: tls"),
        ("duplicate-check", 32, 12),
    ),
    "an unknown check": (
        REQUIREMENTS,
        lambda text: text.replace("check: jwks", "check: magic"),
        ("not-in-list", 32, 12),
    ),
    "an id with capitals": (REQUIREMENTS, lambda text: text.replace("id: jwks", "id: JWKS"), ("item-shape", 25, 9)),
    "a version without quotes": (
        REQUIREMENTS,
        lambda text: text.replace('version: "1.2"', "version: 1.2"),
        ("not-text", 12, 10),
    ),
    "a misspelt placeholder": (
        FIRST,
        lambda text: text.replace("{system}", "{sistem}", 1),
        ("unknown-placeholder", 10, 8),
    ),
    "a lone brace": (FIRST, lambda text: text.replace("«{system}»", "«{system»", 1), ("lone-brace", 10, 8)),
    "a text that begins later": (
        FIRST,
        lambda text: text.replace("since: 2026-01-01", "since: 2027-01-01"),
        ("no-agreement", 1, 1),
    ),
    "a day before the beginning": (
        FIRST,
        lambda text: text.replace("since: 2026-01-01", "since: 2026-01-01\naccede_by: 2026-01-01"),
        ("accede-too-early", 10, 12),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_mistake_is_found_where_it_stands(folder: Folder, case: str) -> None:
    file, change, (code, line, column) = CASES[case]
    folder.edit(file, change)
    (found,) = folder.load().problems
    assert (found.code, found.source.line, found.source.column) == (code, line, column)
    assert found.remedy


def test_a_version_is_one_text(folder: Folder) -> None:
    folder.write("agreement/2.0.yaml", SECOND.replace('"2.0"', '"1.0"'))
    assert folder.only().code == "duplicate-version"


def test_a_later_text_says_by_when_to_accede(folder: Folder) -> None:
    folder.write("agreement/2.0.yaml", SECOND.replace("accede_by: 2026-09-01\n", ""))
    assert folder.only().code == "missing-key"


def test_two_texts_do_not_begin_on_one_day(folder: Folder) -> None:
    folder.write("agreement/2.0.yaml", SECOND.replace("2026-03-01", "2026-01-01"))
    assert folder.only().code == "same-beginning"


def test_without_an_agreement_nothing_is_applied(folder: Folder) -> None:
    (folder.path / FIRST).unlink()
    (found,) = folder.load().errors
    assert (found.code, found.source.file) == ("no-file", "agreement")
