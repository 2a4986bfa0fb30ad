"""What a deactivation must not say, whoever says it (order cl. 10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from provisioning.model.endings import DOCUMENT_CHARACTERS, ending_faults
from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import Deactivation, DeactivationReason

TODAY = date(2026, 12, 1)
BEFORE = date(2026, 1, 10)
ID = "46-0000001"
SOUND = Deactivation(DeactivationReason.REORGANISATION, "№ 12-о", date(2026, 11, 20), (InstitutionId("46-0000002"),))


def faults(**changes: Any) -> list[tuple[str, tuple[int | str, ...]]]:
    why = replace(SOUND, **changes)
    found = ending_faults(why, ID, TODAY, BEFORE, lambda name: name == "46-0000002")
    return [(fault.code, fault.field) for fault in found]


@pytest.mark.parametrize("day", [BEFORE, TODAY, TODAY - timedelta(days=1)])
def test_a_day_between_the_account_before_and_today_is_sound(day: date) -> None:
    assert faults(date=day) == []


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"date": TODAY + timedelta(days=1)}, "date-in-future", ("date",)),
        ({"date": date(2031, 2, 28)}, "date-in-future", ("date",)),
        ({"date": BEFORE - timedelta(days=1)}, "dates-out-of-order", ("date",)),
        ({"document": ""}, "no-document", ("document",)),
        ({"document": " \u00a0"}, "no-document", ("document",)),
        ({"document": "№" * (DOCUMENT_CHARACTERS + 1)}, "document-shape", ("document",)),
        ({"document": "№ 1\n№ 2"}, "document-shape", ("document",)),
        ({"document": "№ 1\u202e2"}, "document-shape", ("document",)),
        ({"successors": (ID,)}, "own-successor", ("successors", 0)),
        ({"successors": ("46-0000002", "46-0000003")}, "unknown-successor", ("successors", 1)),
        ({"successors": ("nobody",)}, "unknown-successor", ("successors", 0)),
    ],
)
def test_each_thing_that_cannot_stand_is_found_and_named(
    changes: dict[str, Any], code: str, field: tuple[int | str, ...]
) -> None:
    assert faults(**changes) == [(code, field)]
