"""Everything that can be shown has a name."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

import pytest

from provisioning.model.configuration import StaffRole
from provisioning.model.events import EventKind
from provisioning.model.institution import Kind
from provisioning.model.records import AccountState, ApiKeyState
from sidecar.frame.problems import WORDINGS
from sidecar.frame.refusals import Refusal
from sidecar.words import accounts as wording


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (Kind, wording.KINDS),
        (AccountState, wording.ACCOUNT_STATES),
        (ApiKeyState, wording.KEY_STATES),
        (StaffRole, wording.ROLES),
        (EventKind, wording.EVENTS),
    ],
)
def test_every_value_has_a_name_of_its_own(values: type[Enum], texts: Mapping[Any, Any]) -> None:
    assert set(texts) == set(values)


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_says_what_happened_and_what_to_do(refusal: Refusal) -> None:
    assert refusal in WORDINGS
