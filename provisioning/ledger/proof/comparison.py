"""Compares the stored projection with what the events add up to, again and again: new events are folded on.

Holds the state of all events in memory, so that a look costs the new events and one reading of the stored rows. A row
that was changed without an event shows at the next look; a whole walk along the chain is for `verification`.
Source: docs/security.md row 48.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provisioning.ledger.errors import LedgerCorrupt
from provisioning.ledger.projection import Projection
from provisioning.ledger.projection.projected import PROJECTED, stored_projection
from provisioning.ledger.proof.verification import Defect, Walk
from provisioning.ledger.reader import LedgerReader
from provisioning.model.events import Head
from provisioning.model.ois import Slug, ois_client_id


@dataclass(frozen=True, slots=True)
class Compared:
    """What a look found: the ledger as it stood then, and the subjects whose stored state is another, by noun."""

    ledger_id: str
    head: Head
    differing: dict[str, str]


class Comparison:
    """What the events add up to, as far as it was folded. For one thread."""

    def __init__(self) -> None:
        self._walk = Walk(())

    def look(self, reader: LedgerReader, on_progress: Callable[[int], None] = lambda _: None) -> Compared:
        """Fold the new events on and compare every stored row. Raises LedgerCorrupt for a chain that is broken.

        The first look walks along the whole chain. What `on_progress` raises ends a look, and the next one goes on.
        """
        known = self._walk.head
        if known.seq and reader.hash_at(known.seq) != known.hash:
            raise _broken(f"event {known.seq} is not the one that was known: events are missing, or were rewritten")
        defect = self._walk.go_on(reader, on_progress)
        if defect is None:
            defect = self._walk.at_the_end()
        if defect is not None or self._walk.ledger_id is None:
            raise _broken(_words(defect))
        found = differing_subjects(stored_projection(reader), self._walk.projection)
        return Compared(self._walk.ledger_id, self._walk.head, found)


def differing_subjects(stored: Projection, computed: Projection) -> dict[str, str]:
    """Return the subjects in which two projections differ, each with its noun; an OIS by its client id."""
    found: dict[str, str] = {}
    for kept in PROJECTED:
        left, right = kept.of(stored), kept.of(computed)
        if left != right:
            names = [name for name in left.keys() | right.keys() if left.get(name) != right.get(name)]
            found.update((ois_client_id(Slug(name)) if kept.name == "ois" else name, kept.name) for name in names)
    return found


def _words(defect: Defect | None) -> str:
    return "its first event does not name it" if defect is None else defect.explanation


def _broken(words: str) -> LedgerCorrupt:
    return LedgerCorrupt(
        f"the ledger is not what was recorded: {words}",
        remedy="find out who changed the database, restore it, and run `provision ledger verify`",
    )
