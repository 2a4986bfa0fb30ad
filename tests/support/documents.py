"""Documents that name modules and tests: their tables, and whether what they name exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_NAMED = re.compile(r"`([^`]+)`")


def table_rows(document: str) -> list[list[str]]:
    """Cells of every row of the tables in a document below the project's root, heads and rules left out."""
    lines = (ROOT / document).read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    rules = [number for number, cells in enumerate(rows) if set("".join(cells)) <= {"-", " ", ":"}]
    heads = {number - 1 for number in rules}
    return [cells for number, cells in enumerate(rows) if number not in heads and number not in rules]


def named_in(cell: str) -> list[str]:
    """What stands in backticks."""
    return _NAMED.findall(cell)


def is_missing(name: str) -> bool:
    """Whether a path, or a test as `path::name`, does not exist."""
    path, _, test = name.partition("::")
    file = ROOT / path
    if not file.exists():
        return True
    return (
        bool(test) and re.search(rf"^(?:async )?def {re.escape(test)}\(", file.read_text("utf-8"), re.MULTILINE) is None
    )
