"""Whether a file is still the one that was read."""

from __future__ import annotations

from pathlib import Path

Stamp = tuple[int, int, int]


def stamp(file: Path) -> Stamp | None:
    """Return what tells one state of a file from another, None for a file that cannot be looked at.

    Inode, time of the last change in nanoseconds, size in bytes: a file that was replaced differs in the first even
    where its time was kept.
    """
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
