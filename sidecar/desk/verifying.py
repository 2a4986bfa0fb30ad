"""Verification of the ledger from the desk, in steps that hold no web worker for long.

A whole ledger of a million events takes half a minute: a step goes as far as it gets in `STEP_S`, and the page goes on
from there. What the stored state adds up to, and checkpoints kept elsewhere, are for `provision ledger verify` and for
the watch, whose last verified event is where the desk begins. Source: order cl. 12.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Final

from provisioning.ledger import LedgerReader
from provisioning.ledger.operational.duties import duties
from provisioning.ledger.proof.verification import Defect, verify_span

STEP_S: Final = 1.5
"""Seconds of one step."""

CHUNK: Final = 2_000
"""Events between two looks at the clock."""

CHECKPOINT_DUTY: Final = "checkpoint"


@dataclass(frozen=True, slots=True)
class Verified:
    """The last event up to which the watch found the whole ledger intact, and when it last looked."""

    seq: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """Events `first` to `last` were asked for; up to `reached` they are intact. `defect` is the first that is not."""

    first: int
    last: int
    reached: int
    defect: Defect | None

    @property
    def is_done(self) -> bool:
        return self.defect is not None or self.reached >= self.last


def last_verified(reader: LedgerReader) -> Verified | None:
    """Read how far the watch has verified the ledger; None when it makes no checkpoints."""
    duty = duties(reader).get(CHECKPOINT_DUTY)
    seq = None if duty is None else duty.facts.get("event")
    if duty is None or duty.succeeded_at is None or not isinstance(seq, int):
        return None
    return Verified(seq, duty.succeeded_at)


def verify_step(reader: LedgerReader, first: int, begin: int, last: int, *, seconds: float = STEP_S) -> Step:
    """Verify on from event `begin` of the span from `first` to `last`, at least one chunk."""
    ends, reached = monotonic() + seconds, begin - 1
    while reached < last:
        up_to = min(reached + CHUNK, last)
        defect = verify_span(reader, reached + 1, up_to)
        if defect is not None:
            return Step(first, last, reached, defect)
        reached = up_to
        if monotonic() >= ends:
            break
    return Step(first, last, reached, None)
