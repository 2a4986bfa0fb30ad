"""Events for tests, as short to write as they are to read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from provisioning.model.events import EventKind, JsonValue, NewEvent

SCHOOL = "46-0000001"
SCHOOL_KEY = f"api-{SCHOOL}-k1"
START = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


class FakeClock:
    """A clock that stands still until it is told otherwise, and may be set back."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        """Move by so many seconds; negative moves back."""
        self.now += timedelta(seconds=seconds)


def event(kind: EventKind, subject: str = SCHOOL, /, **data: JsonValue) -> NewEvent:
    """An event of any kind; keywords are its data."""
    return NewEvent(kind, subject, "tester", "cl. 4", data)


def birth(username: str = SCHOOL, *, is_authority: bool = False, base_key_id: str | None = "bk-1") -> NewEvent:
    """The birth of an account with its first API key."""
    return event(
        EventKind.ACCOUNT_CREATED,
        username,
        institution_id=username[:10],
        generation=1,
        kind="authority" if is_authority else "school",
        is_authority=is_authority,
        client_id=f"api-{username}-k1",
        base_key_id=base_key_id,
        email="school@example.ua",
    )


def births(first: int, number: int) -> list[NewEvent]:
    """Births of `number` schools, numbered from `first`."""
    return [birth(f"46-{n:07d}") for n in range(first, first + number)]
