"""Several places for the same checkpoints: each keeps them all, and each that can be read back has its say."""

from __future__ import annotations

from dataclasses import dataclass

from provisioning.ledger.checkpoint import Checkpoint, newest_token
from provisioning.ledger.destinations.place import Destination, DestinationFailed


@dataclass(frozen=True, slots=True)
class Several:
    """Two places or more."""

    places: tuple[Destination, ...]

    @property
    def can_be_read(self) -> bool:
        return any(place.can_be_read for place in self.places)

    def existing(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(token for place in self.places for token in place.existing()))

    def newest(self) -> str | None:
        """Return the newest of all places; one that does not answer fails, for it may be the only one not tampered
        with.
        """
        found = (place.newest() for place in self.places)
        return newest_token([token for token in found if token is not None])

    def write(self, checkpoint: Checkpoint, token: str) -> str:
        """Write to every place before raising what failed."""
        kept, failures = [], []
        for place in self.places:
            try:
                kept.append(place.write(checkpoint, token))
            except DestinationFailed as error:
                failures.append(error)
        if failures:
            reasons = "; ".join(failure.message for failure in failures)
            where = f", but kept in {', '.join(kept)}" if kept else ""
            raise DestinationFailed(f"{reasons}{where}", remedy=failures[0].remedy)
        return ", ".join(kept)
