"""Whether a run of the tests left a process behind: each that it started knows the run by its environment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

import psutil

_RUN: Final = "PYTEST_XDIST_TESTRUNUID"
"""What pytest-xdist sets in its workers, and what their children inherit."""

_GRACE_S: Final = 10.0


def left_over(run: str) -> list[str]:
    """Command lines of the run's processes that are still there after a while; empty when it cleaned up."""
    until = time.monotonic() + _GRACE_S
    while found := list(_processes(run)):
        if time.monotonic() > until:
            return found
        time.sleep(0.2)
    return []


def _processes(run: str) -> Iterator[str]:
    for process in psutil.process_iter():
        try:
            if process.environ().get(_RUN) == run:
                yield " ".join(process.cmdline())[:200]
        except psutil.Error:
            continue
