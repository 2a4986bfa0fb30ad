"""Keeps the interpreter from pausing while requests wait: when garbage is looked for, and who waits for whom.

A full collection of garbage goes through every object of the process and lets no thread decide meanwhile: a tenth of a
second where the pages are loaded too. What is there for good is therefore taken out of its sight.
"""

from __future__ import annotations

import gc
import sys
from typing import Final

SWITCH_S: Final = 0.0005
"""After so long a thread in the background hands over to one that decides. Python's own 5 ms are a late answer."""

_THRESHOLDS: Final = (10_000, 20, 50)
"""New objects before the youngest are looked through, and how often that before the older are."""


def shorten() -> None:
    """Shorten the collector's pauses. Called once, when the process starts."""
    sys.setswitchinterval(SWITCH_S)
    gc.set_threshold(*_THRESHOLDS)


def settle() -> None:
    """Move the objects that exist now out of the collector's sight. Each is still freed once nothing refers to it."""
    gc.collect()
    gc.freeze()
