"""Making a checkpoint: only of a ledger that is intact, and that every earlier checkpoint in that place agrees with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from joserfc.jwk import OKPKey

from .checkpoint import Checkpoint, read_checkpoint, sign
from .destinations import Destination
from .errors import LedgerCorrupt
from .ledger import Ledger
from .verification import verify


def make_checkpoint(
    ledger: Ledger,
    key: OKPKey,
    destination: Destination,
    *,
    trusted: Sequence[OKPKey] = (),
    on_progress: Callable[[int], None] = lambda _: None,
) -> tuple[Checkpoint, str]:
    """Verify the ledger, sign its end and keep that in `destination`; the checkpoint, and where it is.

    `trusted` are public keys of earlier checkpoints there, beside `key` itself. When the last one there is of the same
    event, nothing is written. Raises LedgerCorrupt: signing what was tampered with would bless it.
    """
    earlier = [read_checkpoint(token, (key, *trusted)) for token in destination.existing()]
    with ledger.reader() as reader:
        verdict = verify(reader, earlier, on_progress=on_progress)
    if verdict.finding is not None or verdict.ledger_id is None:
        why = verdict.finding.explanation if verdict.finding else "its first event does not name it"
        raise LedgerCorrupt(
            f"no checkpoint was made: {why}",
            remedy="find out who changed the database, restore it, and run `provision ledger verify`",
        )
    same = next((known for known in earlier if known.seq == verdict.head.seq), None)
    if same is not None:
        return same, "already there"
    checkpoint = Checkpoint(verdict.ledger_id, verdict.head.seq, verdict.head.hash, ledger.clock())
    return checkpoint, destination.write(checkpoint, sign(checkpoint, key))
