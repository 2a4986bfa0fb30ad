"""What is there for good costs no collection of garbage any more, and is freed all the same."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Iterator

import pytest

from sidecar.gate.pauses import SWITCH_S, settle, shorten


class Held:
    """Something that a garbage collector would look at."""


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    yield
    sys.setswitchinterval(interval)
    gc.set_threshold(*thresholds)
    gc.unfreeze()


def test_what_is_settled_is_looked_at_no_more_and_goes_when_nobody_holds_it() -> None:
    kept = [Held() for _ in range(1000)]
    gone = weakref.ref(kept[0])
    settle()
    assert gc.get_freeze_count() >= 1000
    assert not any(isinstance(each, Held) for each in gc.get_objects())
    kept.clear()
    assert gone() is None


def test_threads_in_the_background_hand_over_soon_and_collections_are_rarer() -> None:
    # Python's own: whoever ran before in this process may have shortened its pauses already.
    usual = (700, 10, 10)
    gc.set_threshold(*usual)
    sys.setswitchinterval(0.005)
    shorten()
    assert sys.getswitchinterval() == pytest.approx(SWITCH_S)
    assert all(now > then for now, then in zip(gc.get_threshold(), usual, strict=True))
