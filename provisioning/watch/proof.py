"""The duties `comparison`, `checkpoint` and `verification`: whether the ledger is what was recorded.

Comparison and checkpoint share one walk along the chain, which is gone on with at each look; the verification begins
anew each time, in another lane. Source: order cl. 12; docs/security.md rows 41, 48.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from provisioning.ledger.checkpoint import load_private_key
from provisioning.ledger.destinations import parse_destination
from provisioning.ledger.errors import LedgerCorrupt
from provisioning.ledger.operational.differing import differing_known, note_differing
from provisioning.ledger.proof.checkpointing import sign_end
from provisioning.ledger.proof.comparison import Compared, Comparison
from provisioning.ledger.proof.verification import verify
from provisioning.watch.duty import NOTHING, DutyResult
from provisioning.watch.leadership import Leadership, StopRequested

_REMEDY: Final = (
    "find out who changed the database; `provision ledger verify` shows it, `provision ledger rebuild` as the owner of"
    " the tables puts the stored state right"
)
_NAMED: Final = 5


class Proof:
    """What one leader knows of its ledger. Without place and key in the settings no checkpoints are made."""

    def __init__(self, leadership: Leadership) -> None:
        self._leadership = leadership
        self._comparison = Comparison()
        self._last: int | None = None

    def compare(self) -> DutyResult:
        """Compare what is stored with what the events say; a difference is an alarm, and the gate refuses its subject.

        Raises LedgerCorrupt for a chain that is broken.
        """
        leadership = self._leadership
        with leadership.ledger.reader() as reader:
            found = self._comparison.look(reader, self._go_on)
            known = differing_known(reader)
        attention = _attention(found)
        if found.differing.keys() == known:
            return DutyResult(attention=attention)
        with leadership.ledger.transaction(leadership.fence) as transaction:
            noted = note_differing(transaction, found.differing, leadership.actor_name)
        facts = {"differing": list(noted.fresh), "right-again": list(noted.right_again)}
        return DutyResult({name: subjects for name, subjects in facts.items() if subjects}, attention)

    def checkpoint(self) -> DutyResult:
        """Sign the ledger's end and keep that. Raises LedgerCorrupt for a ledger that was tampered with."""
        leadership = self._leadership
        where, key = leadership.settings.get("AIKOM_CHECKPOINT_TO"), leadership.settings.get("AIKOM_CHECKPOINT_KEY")
        if where is None or key is None:
            return DutyResult(attention="no checkpoints are made: set AIKOM_CHECKPOINT_TO and AIKOM_CHECKPOINT_KEY")
        private, destination = load_private_key(Path(key)), parse_destination(where)
        with leadership.ledger.reader() as reader:
            found = self._comparison.look(reader, self._go_on)
            if found.differing:
                raise LedgerCorrupt(f"no checkpoint was made: {_attention(found)}", remedy=_REMEDY)
            made, _ = sign_end(reader, found, leadership.ledger.clock(), private, destination)
        if made.seq == self._last:
            return NOTHING
        self._last = made.seq
        return DutyResult({"event": made.seq})

    def verify(self) -> DutyResult:
        """Verify the whole chain anew. Raises LedgerCorrupt with the first thing that is wrong."""
        with self._leadership.ledger.reader() as reader:
            verdict = verify(reader, on_progress=self._go_on)
        if verdict.defect is not None:
            raise LedgerCorrupt(verdict.defect.explanation, remedy=_REMEDY)
        return DutyResult({"events": verdict.events})

    def _go_on(self, seq: int) -> None:
        if self._leadership.stop.is_set():
            raise StopRequested


def _attention(found: Compared) -> str | None:
    if not found.differing:
        return None
    names = ", ".join(sorted(found.differing)[:_NAMED]) + (", …" if len(found.differing) > _NAMED else "")
    return f"the stored state of {names} is not what the events say, so the gate refuses them; {_REMEDY}"
