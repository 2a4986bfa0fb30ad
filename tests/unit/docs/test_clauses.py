"""docs/clauses.md stays true: every clause has a row, and what the rows name exists."""

from __future__ import annotations

import pytest

from tests.support.documents import is_missing, named_in, table_rows

ROWS = table_rows("docs/clauses.md")


def test_every_clause_has_one_row_in_order() -> None:
    assert [row[0] for row in ROWS] == [str(clause) for clause in range(1, 13)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"cl. {row[0]}")
def test_modules_and_tests_exist(row: list[str]) -> None:
    modules, tests = named_in(row[2]), named_in(row[3])
    assert modules
    assert [name for name in [*modules, *tests] if is_missing(name)] == []
    assert all(name.startswith(("provisioning/", "sidecar/")) for name in modules)
    assert all(name.startswith("tests/") for name in tests)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"cl. {row[0]}")
def test_a_clause_without_a_test_says_that_it_is_not_carried_out(row: list[str]) -> None:
    assert named_in(row[3]) or row[1].startswith("Not carried out yet")
