"""Marking an import: every verdict is given where it belongs, and only there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.invented.files import write_invented
from bench.marking import Result, Truth, Verdict, mark
from bench.placement import OPTIONS, measure

HERE, NEAR, FAR, MINISTRY = "46-9000001", "46-9000002", "07-9000003", "00-0000001"
OBLASTS = {HERE: "46", NEAR: "46", FAR: "07"}
OLD, NEW = "Відділ освіти Синьоводської міської ради", "Гірська сільська рада"
TRUTH = Truth(1, HERE, sure=True, clean=True, form="council", oblast="46", text=NEW)
UNKNOWN = replace(TRUTH, authority=None)


def _verdict(
    truth: Truth, placed: str | None, *found: str, old: str | None = None, text: str = OLD
) -> tuple[Verdict, int]:
    result = Result({} if placed is None else {1: placed}, {1: found} if found else {})
    before = ({}, {}) if old is None else ({1: old}, {1: text})
    marks = mark([truth], result, OBLASTS, before)
    [verdict] = [verdict for verdict, count in marks.verdicts.items() if count]
    return verdict, marks.bodies_placed


@pytest.mark.parametrize(
    ("truth", "placed", "found", "old", "verdict"),
    [
        (TRUTH, HERE, (), None, Verdict.RIGHT),
        (TRUTH, NEAR, (), None, Verdict.WRONG),
        (TRUTH, FAR, (), None, Verdict.OTHER_OBLAST),
        (TRUTH, FAR, ("anything",), FAR, Verdict.OTHER_OBLAST),
        (replace(TRUTH, authority=FAR), FAR, (), None, Verdict.OTHER_OBLAST),
        (replace(TRUTH, authority=MINISTRY), MINISTRY, (), None, Verdict.RIGHT),
        (TRUTH, MINISTRY, (), None, Verdict.WRONG),
        (UNKNOWN, HERE, (), None, Verdict.UNFOUNDED),
        (UNKNOWN, None, ("no authority is known",), None, Verdict.ASKED),
        (UNKNOWN, None, (), None, Verdict.LOST),
        (TRUTH, NEAR, (), NEAR, Verdict.KEPT),
        (UNKNOWN, NEAR, (), NEAR, Verdict.KEPT),
        (TRUTH, NEAR, ("katottg is left out",), NEAR, Verdict.KEPT),
        (TRUTH, NEAR, (f"the body was “{OLD}” and is “{NEW}” now",), NEAR, Verdict.ASKED),
        (TRUTH, HERE, (), NEAR, Verdict.RIGHT),
    ],
)
def test_a_row_is_judged_by_its_place_its_truth_and_what_was_said(
    truth: Truth, placed: str | None, found: tuple[str, ...], old: str | None, verdict: Verdict
) -> None:
    given, bodies_placed = _verdict(truth, placed, *found, old=old)
    assert given is verdict
    assert bodies_placed == (verdict is Verdict.RIGHT)


def test_a_row_that_was_wrong_before_and_says_the_same_is_wrong_not_kept() -> None:
    assert _verdict(TRUTH, NEAR, old=NEAR, text=NEW)[0] is Verdict.WRONG


def test_a_body_is_placed_when_all_its_rows_are() -> None:
    truths = [replace(TRUTH, id=number) for number in (1, 2, 3)]
    found = {2: ("asked",)}
    marks = mark(truths, Result({1: HERE, 3: HERE}, found), OBLASTS)
    assert (marks.rows, marks.rows_placed, marks.bodies, marks.bodies_placed) == (3, 2, 1, 0)
    assert marks.share_of_bodies == 0
    assert mark(truths, Result({1: HERE, 2: HERE, 3: HERE}, {}), OBLASTS).share_of_bodies == 1


def test_rows_that_something_else_keeps_out_do_not_count_for_the_share_but_for_safety() -> None:
    marks = mark([replace(TRUTH, clean=False)], Result({1: FAR}, {}), OBLASTS)
    assert marks.rows == marks.bodies == 0
    assert marks.verdicts[Verdict.OTHER_OBLAST] == 1


def test_both_exports_are_imported_and_every_row_has_a_verdict(tmp_path: Path) -> None:
    folder = tmp_path / "country"
    write_invented(folder, 5, 0.05)
    older, newer = measure(folder, tmp_path, OPTIONS)
    for taken in (older, newer):
        assert sum(taken.marks.verdicts.values()) == taken.size
        assert taken.marks.verdicts[Verdict.LOST] == 0
        assert taken.marks.verdicts[Verdict.RIGHT] > 0
        assert 0 < taken.marks.bodies_placed <= taken.marks.bodies
    assert older.size < newer.size
