"""The state of a row of the register. Pure.

It is the register's word about an institution, never a state of an account (docs/decisions/0007-lifecycle.md): a
suspended institution is neither closed nor a reason of order cl. 10, and only a decision of people deactivates.
"""

from __future__ import annotations

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
    (RegisterState.SUSPENDED, ("призупинен", "зупинено", "тимчасово не")),
    (RegisterState.REORGANISED, ("реорганізован",)),
    (RegisterState.CLOSED, ("закрит", "ліквідован", "припинено", "не працює", "недіюч", "не діє")),
    (RegisterState.OPEN, ("працює", "зареєстрован", "діюч", "діє", "активн", "функціону")),
)
"""State → parts of the register's words; the first that fits counts."""


def state_of(words: str) -> RegisterState | None:
    """Return the state that a word of the register says; None when it is not known, such as “реорганізується”."""
    said = folded(words).lower()
    return next((state for state, parts in _WORDS if any(part in said for part in parts)), None)
