"""The duty `checkpoint`: the ledger's end, signed and kept where its database's administrators cannot change it."""

from __future__ import annotations

from pathlib import Path

from provisioning.ledger.checkpoint import load_private_key
from provisioning.ledger.destinations import parse_destination
from provisioning.ledger.proof.checkpointing import make_checkpoint
from provisioning.watch.duty import NOTHING, DutyResult
from provisioning.watch.leadership import Leadership, StopRequested


class Checkpoints:
    """The duty's settings and its last checkpoint. Without place and key in the settings no checkpoints are made."""

    def __init__(self, leadership: Leadership) -> None:
        self._leadership = leadership
        self._last: int | None = None

    def make(self) -> DutyResult:
        """Verify the ledger, sign its end, keep that. Raises LedgerCorrupt for a ledger that was tampered with."""
        where, key = (
            self._leadership.settings.get("AIKOM_CHECKPOINT_TO"),
            self._leadership.settings.get("AIKOM_CHECKPOINT_KEY"),
        )
        if where is None or key is None:
            return DutyResult(attention="no checkpoints are made: set AIKOM_CHECKPOINT_TO and AIKOM_CHECKPOINT_KEY")
        made, _ = make_checkpoint(
            self._leadership.ledger, load_private_key(Path(key)), parse_destination(where), on_progress=self._go_on
        )
        if made.seq == self._last:
            return NOTHING
        self._last = made.seq
        return DutyResult({"event": made.seq})

    def _go_on(self, seq: int) -> None:
        if self._leadership.stop.is_set():
            raise StopRequested
