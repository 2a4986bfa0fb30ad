"""docs/threat-model.md: each part has a page's worth, and every line says who notices and which tests act as the thief."""

from __future__ import annotations

import re

import pytest

from tests.support.documents import ROOT, is_missing, named_in, table_rows

PAGE = "docs/threat-model.md"
PARTS = (
    "public", "portal", "desk", "A gate node", "sandbox", "push", "watch, and `provision`",
    "A database role, and the database's superuser", "An administrator of Keycloak", "One administrator", "An OIS",
    "An institution's API key", "A backup",
)  # fmt: skip
ROWS = table_rows(PAGE)


def test_every_part_has_its_table() -> None:
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert [section.split("\n", 1)[0] for section in sections] == list(PARTS)
    assert all("| with it somebody can | not | who notices, how soon | tests |" in section for section in sections)


@pytest.mark.parametrize("row", ROWS, ids=range(len(ROWS)))
def test_every_line_is_whole_and_its_tests_exist(row: list[str]) -> None:
    assert len(row) == 4
    assert all(row)
    assert named_in(row[3])
    assert [name for name in named_in(row[3]) if is_missing(name)] == []
