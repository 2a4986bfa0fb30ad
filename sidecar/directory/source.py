"""Where the list of connected OIS comes from: a projection of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sidecar.records import Records


@dataclass(frozen=True, slots=True)
class ConnectedOis:
    """One line of the public list."""

    slug: str
    name: str
    operator: str
    site: str
    rights: tuple[str, ...]
    connected_at: datetime


class DirectorySource(Protocol):
    """Whatever can name the connected OIS."""

    def connected(self) -> tuple[ConnectedOis, ...]:
        """Connected OIS by name; raises RecordsUnavailable when that cannot be told."""
        ...


class LedgerDirectory:
    """Reads the ledger.

    NOTE: the ledger has no kind of event that connects an OIS yet, so a readable ledger says: none is connected.
    An unreadable one says nothing, and the list is not shown: an empty page would be a false statement.
    """

    def __init__(self, records: Records) -> None:
        self._records = records

    def connected(self) -> tuple[ConnectedOis, ...]:
        """Connected OIS; raises RecordsUnavailable."""
        with self._records.reader() as reader:
            reader.head()
        return ()
