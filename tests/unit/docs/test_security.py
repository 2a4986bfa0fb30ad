"""docs/security.md stays true: every line has a row, the tests it names exist, and a row without tests says why."""

from __future__ import annotations

import pytest

from tests.support.documents import is_missing, named_in, table_rows

LINES = 46
ROWS = [row for row in table_rows("docs/security.md") if not row[0].startswith("`")]
"""The table of processes begins with their names; `tests/unit/deploy/test_powers_page.py` holds it."""
OPEN = ("Partly: ", "Not built yet", "Does not apply: ")


def test_every_line_has_one_row_in_order() -> None:
    numbers = [int(row[0]) for row in ROWS]
    assert numbers[:LINES] == list(range(1, LINES + 1))
    assert numbers == sorted(set(numbers)), "lines that were added later follow in their own order"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"line {row[0]}")
def test_named_tests_exist(row: list[str]) -> None:
    tests = named_in(row[2])
    assert [name for name in tests if is_missing(name)] == []
    assert all(name.startswith("tests/") for name in tests)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"line {row[0]}")
def test_a_row_without_tests_says_why(row: list[str]) -> None:
    assert len(row) == 4
    assert row[3] == "" or row[3].startswith(OPEN)
    assert named_in(row[2]) or row[3]
