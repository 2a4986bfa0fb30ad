"""Making a checkpoint: only of a ledger that is intact, and that the newest checkpoint in that place agrees with.

That one was made in the same way, so it speaks for all before it; `ledger verify --checkpoints` compares every one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from joserfc.jwk import OKPKey

from provisioning.ledger.checkpoint import Checkpoint, read_checkpoint, sign
from provisioning.ledger.destinations import Destination
from provisioning.ledger.errors import LedgerCorrupt
from provisioning.ledger.ledger import Ledger
from provisioning.ledger.proof.comparison import Compared
from provisioning.ledger.proof.rollback import refuse_contradiction
from provisioning.ledger.proof.verification import verify
from provisioning.ledger.reader import LedgerReader


def make_checkpoint(
    ledger: Ledger,
    key: OKPKey,
    destination: Destination,
    *,
    trusted: Sequence[OKPKey] = (),
    on_progress: Callable[[int], None] = lambda _: None,
) -> tuple[Checkpoint, str]:
    """Verify the ledger, sign its end and keep that in `destination`; the checkpoint, and where it is.

    `trusted` are public keys of earlier checkpoints there, beside `key` itself. When the newest one is of the same
    event, nothing is written. Raises LedgerCorrupt: signing what was tampered with would bless it.
    """
    token = destination.newest()
    earlier = [] if token is None else [read_checkpoint(token, (key, *trusted))]
    with ledger.reader() as reader:
        verdict = verify(reader, earlier, on_progress=on_progress)
    if verdict.defect is not None or verdict.ledger_id is None:
        why = verdict.defect.explanation if verdict.defect else "its first event does not name it"
        raise LedgerCorrupt(
            f"no checkpoint was made: {why}",
            remedy="find out who changed the database, restore it, and run `provision ledger verify`",
        )
    if earlier and earlier[0].seq == verdict.head.seq:
        return earlier[0], "already there"
    return _kept(Checkpoint(verdict.ledger_id, verdict.head.seq, verdict.head.hash, ledger.clock()), key, destination)


def sign_end(
    reader: LedgerReader, found: Compared, at: datetime, key: OKPKey, destination: Destination
) -> tuple[Checkpoint, str]:
    """Sign the end of a ledger that was just compared and keep that in `destination`; the checkpoint, and where it is.

    When the newest one there is of the same event, nothing is written. Raises LedgerRolledBack when it contradicts.
    """
    token = destination.newest()
    if token is not None:
        earlier = read_checkpoint(token, [key])
        refuse_contradiction(reader, earlier)
        if earlier.seq == found.head.seq:
            return earlier, "already there"
    return _kept(Checkpoint(found.ledger_id, found.head.seq, found.head.hash, at), key, destination)


def _kept(checkpoint: Checkpoint, key: OKPKey, destination: Destination) -> tuple[Checkpoint, str]:
    return checkpoint, destination.write(checkpoint, sign(checkpoint, key))
