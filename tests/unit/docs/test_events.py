"""`docs/events.md` says what the types of events say."""

from __future__ import annotations

from pathlib import Path

from provisioning.model.events import EventKind
from provisioning.model.events.document import document

PAGE = Path(__file__).parents[3] / "docs" / "events.md"


def test_the_page_is_as_the_types_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), "stale: run `make events-page`"


def test_the_page_names_every_kind() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [kind for kind in EventKind if f"## `{kind}`" not in text] == []
