"""One deadline over calls that know none: what takes too long is left behind, and only so much may be left behind.

The system's resolver waits as long as the name servers of a stranger's zone let it; a thread that hangs there cannot be
ended, so their number is bounded.
"""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Thread
from time import monotonic
from typing import Final, TypeVar

AT_ONCE: Final = 8
"""Calls under way or left behind. When all hang, further ones wait, and run out of time like them."""

Answer = TypeVar("Answer")

_SLOTS: Final = BoundedSemaphore(AT_ONCE)


def left(deadline: float) -> float:
    """Return the seconds left until a moment of the monotonic clock. Raises TimeoutError when it has passed."""
    remaining = deadline - monotonic()
    if remaining <= 0:
        raise TimeoutError
    return remaining


def by(deadline: float, call: Callable[[], Answer]) -> Answer:
    """Return what a call gives until the deadline. Raises TimeoutError, and what the call raises."""
    if not _SLOTS.acquire(timeout=left(deadline)):
        raise TimeoutError
    outcome: SimpleQueue[Answer | Exception] = SimpleQueue()
    try:
        # A daemon: the process ends although a name server still has not answered.
        Thread(target=_carry_out, args=(call, outcome), name="outside", daemon=True).start()
    except RuntimeError as error:  # No further thread can be had.
        _SLOTS.release()
        raise TimeoutError from error
    try:
        found = outcome.get(timeout=max(0.0, deadline - monotonic()))
    except Empty:
        raise TimeoutError from None
    if isinstance(found, Exception):
        raise found
    return found


def _carry_out(call: Callable[[], Answer], outcome: SimpleQueue[Answer | Exception]) -> None:
    try:
        outcome.put(call())
    except Exception as error:  # Handed to the one who waits; after the deadline, to nobody.
        outcome.put(error)
    finally:
        _SLOTS.release()
