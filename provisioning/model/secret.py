"""A string that must not be seen: it prints as `***` wherever it turns up by accident."""

from __future__ import annotations

from typing import Final, final

MASK: Final = "***"


@final
class Secret:
    """Holds a secret; only `reveal()` gives it out. Not picklable, so it cannot leak into a cache or a queue."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the secret itself. Call it at the last moment, at the edge that needs it."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce__(self) -> str:
        raise TypeError("a Secret is never serialised")
