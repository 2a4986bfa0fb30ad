"""Notices that the ledger is older than it was: a backup put back, or its end cut off (order cl. 11, 12).

Looks at the newest checkpoint alone, so it costs one row and one signature; what lies before is for `verification`.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from pathlib import Path

from joserfc.jwk import OKPKey

from .checkpoint import Checkpoint, CheckpointInvalid, load_key, read_checkpoint
from .destinations import parse_destination
from .errors import LedgerRolledBack
from .ledger import Ledger
from .reader import LedgerReader


def refuse_rolled_back(ledger: Ledger, where: str | None, key: str | None) -> None:
    """Raise LedgerRolledBack when the newest checkpoint in `where` vouches for an event that the ledger has not.

    `key` is the file of the key that signs checkpoints, or of its public half. Without both there is nothing to compare
    with; nor is there behind an address that only takes a PUT. Raises CheckpointInvalid for a checkpoint that `key` did
    not sign.
    """
    if where is None or key is None:
        return
    newest = newest_checkpoint(parse_destination(where).existing(), [load_key(Path(key))])
    if newest is None:
        return
    with ledger.reader() as reader:
        objection = contradiction(reader, newest)
    if objection is not None:
        raise LedgerRolledBack(
            f"this ledger is not the one that checkpoint {newest.seq} of {newest.at:%Y-%m-%d %H:%M} UTC vouches for:"
            f" {objection}",
            remedy="nothing was changed; put back a newer backup of the ledger. If none is left, whoever keeps the"
            " checkpoints sets the newer ones aside, and `provision recover` takes over what Keycloak knows"
            " (docs/operations.md)",
        )


def newest_checkpoint(tokens: Sequence[str], keys: Sequence[OKPKey]) -> Checkpoint | None:
    """The checkpoint of the highest event, its signature checked; None when there is none."""
    return read_checkpoint(max(tokens, key=_claimed_seq), keys) if tokens else None


def contradiction(reader: LedgerReader, checkpoint: Checkpoint) -> str | None:
    """What speaks against the ledger being the one of the checkpoint, in words; None when nothing does."""
    head, _ = reader.head()
    if head < checkpoint.seq:
        return f"it ends with event {head}, so {checkpoint.seq - head} events are missing at its end"
    first = next(reader.events(limit=1))
    if first.data.get("ledger_id") != checkpoint.ledger_id:
        return "it is another ledger altogether"
    event = next(reader.events(after_seq=checkpoint.seq - 1, limit=1))
    return None if event.hash == checkpoint.hash else f"its event {checkpoint.seq} is another one"


def _claimed_seq(token: str) -> int:
    """The number in a checkpoint whose signature was not looked at yet."""
    try:
        payload = token.split(".")[1]
        return int(json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["seq"])
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise CheckpointInvalid("a checkpoint is damaged", remedy="fetch it again from where it is kept") from error
