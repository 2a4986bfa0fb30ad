"""Notices that the ledger is older than it was: a backup put back, or its end cut off (order cl. 11, 12).

Looks at the newest checkpoint alone, so it costs one row and one signature; what lies before is for `verification`.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from provisioning.ledger.checkpoint import Checkpoint, load_key, read_checkpoint
from provisioning.ledger.destinations import DestinationFailed, parse_destination
from provisioning.ledger.errors import LedgerRolledBack
from provisioning.ledger.reader import LedgerReader
from provisioning.model.events import ledger_id_of

LOOK_EVERY_S: Final = 60.0


class NewestCheckpoint:
    """The newest checkpoint in `where`, by which a program trusts its ledger; looked for at first use and every minute.

    `key` is the file of the key that signs checkpoints, or of its public half. Without both there is nothing to compare
    with.
    """

    def __init__(self, where: str | None, key: str | None) -> None:
        self._where = where
        self._key = key
        self._newest: Checkpoint | None = None
        self._look_again_at = 0.0

    def refuse(self, reader: LedgerReader) -> None:
        """Raise LedgerRolledBack when the newest checkpoint vouches for an event that the ledger has not.

        Costs one row, once the place was looked at. Raises CheckpointInvalid for a checkpoint that the key did not
        sign, DestinationFailed when it cannot be read.
        """
        if self._where is None or self._key is None:
            return
        if time.monotonic() >= self._look_again_at:
            self._newest = newest_checkpoint(self._where, self._key)
            self._look_again_at = time.monotonic() + LOOK_EVERY_S
        if self._newest is not None:
            refuse_contradiction(reader, self._newest)


def newest_checkpoint(where: str, key: str) -> Checkpoint | None:
    """Return the newest checkpoint that can be read back, its signature checked; None when there is none yet.

    Raises CheckpointInvalid, and DestinationFailed where nothing can be read back at all.
    """
    destination = parse_destination(where)
    if not destination.can_be_read:
        raise DestinationFailed(
            "checkpoints are only sent away, so nothing tells whether this ledger is an older one",
            remedy="name a second place in AIKOM_CHECKPOINT_TO, after a space, that can be read back: a folder, s3://…",
        )
    token = destination.newest()
    return None if token is None else read_checkpoint(token, [load_key(Path(key))])


def refuse_contradiction(reader: LedgerReader, checkpoint: Checkpoint) -> None:
    """Raise LedgerRolledBack unless the ledger is the one of the checkpoint. One row when all is well."""
    objection = _contradiction(reader, checkpoint)
    if objection is not None:
        raise LedgerRolledBack(
            f"this ledger is not the one that checkpoint {checkpoint.seq} of {checkpoint.at:%Y-%m-%d %H:%M} UTC vouches"
            f" for: {objection}",
            remedy="nothing was changed; put back a newer backup of the ledger, or bring it forward from an export"
            " (`provision ledger take-over`). If there is neither, whoever keeps the checkpoints sets the newer ones"
            " aside, and `provision recover` takes over what Keycloak knows (docs/operations.md)",
        )


def _contradiction(reader: LedgerReader, checkpoint: Checkpoint) -> str | None:
    """What speaks against it, in words; None when nothing does. An event's hash stands for all events before it."""
    if reader.hash_at(checkpoint.seq) == checkpoint.hash:
        return None
    head, _ = reader.head()
    if head < checkpoint.seq:
        return f"it ends with event {head}, so {checkpoint.seq - head} events are missing at its end"
    first = next(reader.events(limit=1))
    if ledger_id_of(first) != checkpoint.ledger_id:
        return "it is another ledger altogether"
    return f"its event {checkpoint.seq} is another one"
