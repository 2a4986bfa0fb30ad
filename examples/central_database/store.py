"""What the database holds: collections of records below an institution, in memory, from invented first content.

A path of an odd number of words is a collection (`students`, `classes/7-А/grades`), one of an even number a record.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from sidecar.sandbox.invented import Collection, Record

Path = tuple[str, ...]


class Store:
    """All institutions' records. Every method may be called from several threads."""

    def __init__(self, first_content: Callable[[str, Path], Collection]) -> None:
        self._first_content = first_content
        self._collections: dict[tuple[str, Path], Collection] = {}
        self._lock = Lock()

    def list(self, institution: str, path: Path) -> list[Record]:
        """Every record of a collection, with its id."""
        with self._lock:
            return [{"id": name, **record} for name, record in self._collection(institution, path).items()]

    def read(self, institution: str, path: Path) -> Record | None:
        """One record with its id; None when there is none."""
        with self._lock:
            record = self._collection(institution, path[:-1]).get(path[-1])
        return None if record is None else {"id": path[-1], **record}

    def add(self, institution: str, path: Path, record: Record) -> Record:
        """Put a record into a collection under a new id."""
        with self._lock:
            collection = self._collection(institution, path)
            name = next(n for n in (f"n{number:03d}" for number in range(1, 10**6)) if n not in collection)
            collection[name] = record
        return {"id": name, **record}

    def put(self, institution: str, path: Path, record: Record) -> Record:
        """Make a record what it is said to be, whether or not there was one."""
        with self._lock:
            self._collection(institution, path[:-1])[path[-1]] = record
        return {"id": path[-1], **record}

    def change(self, institution: str, path: Path, fields: Record) -> Record | None:
        """Change some fields; None when there is no such record."""
        with self._lock:
            record = self._collection(institution, path[:-1]).get(path[-1])
            if record is None:
                return None
            record.update(fields)
            return {"id": path[-1], **record}

    def remove(self, institution: str, path: Path) -> bool:
        """Take a record out; False when there is none."""
        with self._lock:
            return self._collection(institution, path[:-1]).pop(path[-1], None) is not None

    def _collection(self, institution: str, path: Path) -> Collection:
        key = (institution, path)
        if key not in self._collections:
            self._collections[key] = self._first_content(institution, path)
        return self._collections[key]
