"""What every place for checkpoints can do, how a checkpoint is named there, and the one way to fail."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Protocol

from provisioning.ledger.checkpoint import Checkpoint
from provisioning.ledger.errors import LedgerError

SUFFIX: Final = ".jws"
S3_SCHEME: Final = "s3://"

_NUMBERED: Final = re.compile(r"-([0-9]{12})\.jws$")


class DestinationFailed(LedgerError):
    """A checkpoint could not be put where it should be kept, or not be read back from there."""


class Destination(Protocol):
    """A place for checkpoints."""

    @property
    def can_be_read(self) -> bool:
        """Whether what was written can be read back, and so compared with the ledger."""
        ...

    def existing(self) -> tuple[str, ...]:
        """Return all checkpoints there, as compact JWS. Raises DestinationFailed or CheckpointInvalid."""
        ...

    def newest(self) -> str | None:
        """Return the one that claims the highest event, its signature not checked; None when there is none. Raises the
        same.

        Cheap: this is asked again and again, while the number of checkpoints grows.
        """
        ...

    def write(self, checkpoint: Checkpoint, token: str) -> str:
        """Keep a checkpoint and say where. Raises DestinationFailed. Repeating it is safe."""
        ...


def file_name(checkpoint: Checkpoint) -> str:
    """Return the name of a checkpoint's own file or object; it contains the event's number."""
    return f"{checkpoint.ledger_id}-{checkpoint.seq:012d}{SUFFIX}"


def candidates(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names that may hold the newest checkpoint: the highest number, and names of another form. Pure."""
    numbered: dict[str, int] = {}
    foreign = []
    for name in names:
        found = _NUMBERED.search(name)
        if found is not None:
            numbered[name] = int(found[1])
        elif name.endswith(SUFFIX):
            foreign.append(name)
    return (*foreign, *([max(numbered, key=lambda name: numbered[name])] if numbered else []))
