"""A call that knows no time limit gets one, and what hangs is bounded. Source: docs/security.md row 59."""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Event, active_count

import pytest

from sidecar.outside.deadlines import AT_ONCE, by
from sidecar.outside.fetching import FetchFault, Outside, Refused

URL = "https://diary.example.ua/"


@pytest.fixture
def hanging() -> Iterator[Event]:
    """What a name server that never answers waits for; released at the end."""
    release = Event()
    yield release
    release.set()
    time.sleep(0.1)


def test_a_name_that_does_not_resolve_in_time_is_left(hanging: Event) -> None:
    def never(host: str, port: int) -> list[str]:
        hanging.wait()
        return ["127.0.0.1"]

    began = time.monotonic()
    assert Outside(resolve=never, timeout_s=0.2).get(URL) == Refused(FetchFault.TOO_SLOW)
    assert Outside(resolve=never, timeout_s=0.2).look_at_tls(URL) == Refused(FetchFault.TOO_SLOW)
    assert time.monotonic() - began < 2


def test_however_many_hang_there_are_only_so_many_threads(hanging: Event) -> None:
    before = active_count()
    for _ in range(AT_ONCE + 5):
        with pytest.raises(TimeoutError):
            by(time.monotonic() + 0.02, hanging.wait)
    assert active_count() - before <= AT_ONCE
    hanging.set()
    time.sleep(0.1)
    assert by(time.monotonic() + 2, lambda: "answered") == "answered"


def test_what_the_call_raises_is_raised() -> None:
    def broken() -> str:
        raise OSError("no such host")

    with pytest.raises(OSError, match="no such host"):
        by(time.monotonic() + 2, broken)


def test_a_deadline_that_has_passed_asks_nothing() -> None:
    asked: list[int] = []
    with pytest.raises(TimeoutError):
        by(time.monotonic() - 1, lambda: asked.append(1))
    assert asked == []
