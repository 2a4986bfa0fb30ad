"""Proofs that were used, so that each counts once on this node. Nodes share nothing: another node knows nothing of it.

Bounded: a proof is remembered as long as it could still be timely, and of no more than `MOST_PROOFS` at a time. When
there are more, new ones are refused until older ones have run out, so that no flood makes one forgotten. RFC 9449 11.1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from provisioning.gate.proofs import AHEAD_S, OLDEST_S, Proof
from provisioning.gate.reasons import Reason

SPAN_S: Final = OLDEST_S + AHEAD_S
"""From the earliest moment at which a proof is taken to the last."""

MOST_PROOFS: Final = 400_000
"""In memory about 50 MB. A node that takes 3,000 a second, which is all that a core verifies, holds half of it."""


@dataclass(slots=True)
class _Half:
    """Proofs taken within one span; `latest` is when the last of them says that it was issued."""

    marks: set[bytes] = field(default_factory=set)
    latest: float = float("-inf")


class UsedProofs:
    """Remembers proofs in two halves: the older one is forgotten whole when all in it have run out.

    What is forgotten leaves the time of its last issue behind, so that a clock that is set back opens nothing again.
    """

    def __init__(self, *, most: int = MOST_PROOFS) -> None:
        self._most = most // 2
        self._lock = Lock()
        self._newer, self._older = _Half(), _Half()
        self._turn_at = self._forgotten = float("-inf")

    def take(self, proof: Proof, now_s: float) -> Reason | None:
        """Use up a proof that holds at `now_s`; refuse one that was used already. Safe to share between threads."""
        with self._lock:
            if now_s >= self._turn_at:
                self._turn(now_s)
            if proof.mark in self._newer.marks or proof.mark in self._older.marks:
                return Reason.PROOF_USED
            if proof.issued_at <= self._forgotten:
                return Reason.PROOF_UNTIMELY
            if len(self._newer.marks) >= self._most:
                return Reason.TOO_MANY_REQUESTS
            self._newer.marks.add(proof.mark)
            self._newer.latest = max(self._newer.latest, proof.issued_at)
        return None

    def __len__(self) -> int:
        return len(self._newer.marks) + len(self._older.marks)

    def _turn(self, now_s: float) -> None:
        """What was taken a whole span ago and more is untimely by now; after a pause that is everything."""
        is_long_ago = now_s >= self._turn_at + SPAN_S
        forgotten = (self._older, self._newer) if is_long_ago else (self._older,)
        self._forgotten = max(self._forgotten, *(half.latest for half in forgotten))
        self._older = _Half() if is_long_ago else self._newer
        self._newer = _Half()
        self._turn_at = now_s + SPAN_S
