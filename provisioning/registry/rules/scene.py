"""All that was read, as the rules look at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from provisioning.registry.records import Record
from provisioning.registry.singles import Singles


@dataclass(frozen=True, slots=True)
class Scene:
    """Records of all files, the four single files, and the day that counts as today.

    `unread_ids` are ids seen in files that could not be read: they must not be called unknown.
    """

    records: Sequence[Record]
    singles: Singles
    today: date
    unread_ids: frozenset[str] = frozenset()
    by_id: dict[str, Record] = field(init=False)

    def __post_init__(self) -> None:
        by_id: dict[str, Record] = {}
        for record in self.records:
            by_id.setdefault(record.entry.get("id", ""), record)
        by_id.pop("", None)
        object.__setattr__(self, "by_id", by_id)

    def knows(self, institution: str) -> bool:
        """Return whether any file names this id as a record."""
        return institution in self.by_id or institution in self.unread_ids
