"""Deactivations that the register suggests: a draft, completed by people, becomes YAML as one decision."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from provisioning.cli.configuration.imports import imports
from provisioning.edebo.endings import day_of, reason_of
from provisioning.model.institution import DeactivationReason
from tests.support.configuration import Folder
from tests.support.register import CASES, authority, codes, found_by, records


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """The bodies of `older.csv` with two institutions of which the register says that they are over."""
    made = Folder(tmp_path / "realm-config")
    made.write(authority("46-0000011", "Відділ освіти Синьоводської міської ради", "UA46060250010015970"))
    found_by(made, [CASES / "older.csv"])
    found_by(made, [CASES / "states.csv"], "--draft-deactivations", str(tmp_path / "endings.csv"))
    return made


def give(folder: Folder, text: str, *options: str) -> Result:
    place = folder.path.parent / "endings.csv"
    place.write_text(text, encoding="utf-8-sig")
    return CliRunner().invoke(imports, ["deactivations", str(place), "--into", str(folder.path), *options])


def draft(folder: Folder) -> str:
    return (folder.path.parent / "endings.csv").read_text(encoding="utf-8-sig")


def completed(text: str) -> str:
    one = text.replace("ліквідація;;;", "ліквідація;Рішення № 7;30.10.2026;")
    return one.replace("реорганізація;;;", "реорганізація;Рішення № 8;2026-10-31;46-0930001")


def test_a_completed_draft_becomes_yaml_and_the_register_is_then_content(folder: Folder) -> None:
    assert give(folder, completed(draft(folder))).exit_code == 0
    made = records(folder)
    liquidated, reorganised = made[930002].deactivated, made[930003].deactivated
    assert liquidated is not None and reorganised is not None
    assert (liquidated.reason, liquidated.document) == (DeactivationReason.LIQUIDATION, "Рішення № 7")
    assert (liquidated.date, reorganised.date) == (date(2026, 10, 30), date(2026, 10, 31))
    assert reorganised.successors == ("46-0930001",)
    assert codes(found_by(folder, [CASES / "states.csv"]), "needs a person") == {}


def test_a_register_that_says_open_of_a_deactivated_one_is_a_finding_and_changes_nothing(folder: Folder) -> None:
    give(folder, completed(draft(folder)))
    before = records(folder)[930002]
    found = found_by(folder, [CASES / "older.csv"])
    assert codes(found) == {number: {"open-here-deactivated"} for number in (930002, 930003)}
    assert records(folder)[930002] == before


def test_a_row_without_document_and_date_stays_open(folder: Folder) -> None:
    result = give(folder, draft(folder))
    assert result.exit_code == 0 and "0 are deactivated; 2 rows" in result.output
    assert all(one.deactivated is None for one in records(folder).values())


def test_a_dry_run_writes_nothing(folder: Folder) -> None:
    assert "2 would be deactivated" in give(folder, completed(draft(folder)), "--dry-run").output
    assert all(one.deactivated is None for one in records(folder).values())


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("30.10.2026", "30.10.2036", "in the future"),
        ("30.10.2026", "позавчора", "is no date"),
        ("30.10.2026", "", "is no date"),
        ("Рішення № 7", "", "no document"),
        ("Рішення № 7", "я" * 301, "no document"),
        ("ліквідація", "закрили", "no reason of order cl. 10"),
        ("46-0930002", "46-7777777", "no such record"),
        ("46-0930002", "46-0930003", "stands here twice"),
        ("31;46-0930001", "31;46-7777777", "is unknown"),
        ("31;46-0930001", "31;46-0930003", "names itself"),
    ],
)
def test_one_wrong_row_and_nothing_is_written(folder: Folder, old: str, new: str, words: str) -> None:
    result = give(folder, completed(draft(folder)).replace(old, new))
    assert result.exit_code != 0 and words in str(result.exception)
    assert all(one.deactivated is None for one in records(folder).values())


def test_the_first_decision_stands(folder: Folder) -> None:
    text = completed(draft(folder))
    give(folder, text)
    assert "deactivated already" in str(give(folder, text).exception)


@pytest.mark.parametrize("reason", DeactivationReason)
def test_every_reason_is_read_by_its_english_word(reason: DeactivationReason) -> None:
    assert reason_of(f" {reason.value.upper()} ") is reason


@pytest.mark.parametrize("text", ["2026-02-30", "31.02.2026", "", "1.1", "2026/01/01"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert day_of(text) is None
