"""The state of a row of the register. Pure.

It is the register's word about an institution, never a state of an account (docs/decisions/0007-lifecycle.md): a
suspended institution is neither closed nor a reason of order cl. 10, and only a decision of people deactivates.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from provisioning.model.institution import DeactivationReason
from provisioning.model.text import folded


class RegisterState(StrEnum):
    """What the register says of an institution."""

    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    REORGANISED = "reorganised"

    @property
    def is_over(self) -> bool:
        """Whether the institution exists no longer."""
        return self in (RegisterState.CLOSED, RegisterState.REORGANISED)


REASONS: Final = {
    RegisterState.CLOSED: DeactivationReason.LIQUIDATION,
    RegisterState.REORGANISED: DeactivationReason.REORGANISATION,
}
"""Which reason of order cl. 10 a state suggests; a person decides."""

_WORDS: Final = (
    (RegisterState.SUSPENDED, re.compile(r"призупинен|зупинено|тимчасово не|не\W.*тимчасово")),
    (RegisterState.REORGANISED, re.compile(r"реорганізован")),
    (RegisterState.CLOSED, re.compile(r"закрит|ліквідован|припинено|\bне працює|недіюч|\bне діє")),
    (RegisterState.OPEN, re.compile(r"\b(?:працює|зареєстрован|діюч|діє\b|активн|функціону)")),
)
"""State → parts of the register's words; the first that fits counts."""

_NOT_OPEN: Final = re.compile(r"\bне|припинен|ліквід|реорганіз|скасован|анульован|закрит|зупин|знят")
"""Words beside which “працює” or “зареєстровано” no longer means that an institution is open."""


def state_of(words: str) -> RegisterState | None:
    """Return the state that a word of the register says; None when it is not known, such as “реорганізується”, or says
    two things, such as “не функціонує” and “зареєстровано припинення”.
    """
    said = folded(words).lower()
    found = next((state for state, parts in _WORDS if parts.search(said)), None)
    return None if found is RegisterState.OPEN and _NOT_OPEN.search(said) else found
