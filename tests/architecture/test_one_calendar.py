"""Only `model/calendar.py` makes a day out of a moment: nobody else can take UTC's day for Kyiv's."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CALENDAR = ROOT / "provisioning" / "model" / "calendar.py"
FILES = sorted(
    file
    for package in ("provisioning", "sidecar", "examples", "bench", "tests")
    for file in (ROOT / package).rglob("*.py")
)


def days_taken(source: str) -> Iterator[int]:
    """Lines on which a moment is made a day: `.date()`, `today()` of the class, `replace(hour=0)`, a zone."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr="date"), args=[], keywords=[]):
                yield node.lineno
            case ast.Call(func=ast.Attribute(value=ast.Name(id="date" | "datetime"), attr="today")):
                yield node.lineno
            case ast.Call(func=ast.Attribute(attr="replace"), keywords=[ast.keyword(arg="hour"), *_]):
                yield node.lineno
            case ast.Call(func=ast.Name(id="ZoneInfo") | ast.Attribute(attr="ZoneInfo")):
                yield node.lineno
            case ast.Call(func=ast.Attribute(attr="astimezone"), args=[zone]) if not _is_utc(zone):
                yield node.lineno


def _is_utc(zone: ast.expr) -> bool:
    return isinstance(zone, ast.Name) and zone.id == "UTC"


def test_only_the_calendar_makes_a_day_out_of_a_moment() -> None:
    found = {str(file.relative_to(ROOT)): list(days_taken(file.read_text(encoding="utf-8"))) for file in FILES}
    assert found.pop(str(CALENDAR.relative_to(ROOT)))
    assert {file: lines for file, lines in found.items() if lines} == {}, "use model/calendar.py instead"


@pytest.mark.parametrize(
    "line",
    [
        "datetime.now(UTC).date()",
        "clock().date()",
        "date.today()",
        "datetime.today()",
        "at.replace(hour=0, minute=0)",
        "ZoneInfo('Europe/Kyiv')",
        "zoneinfo.ZoneInfo('Europe/Kyiv')",
        "at.astimezone(KYIV)",
    ],
)
def test_each_way_round_the_calendar_is_seen(line: str) -> None:
    assert list(days_taken(line)) == [1]
