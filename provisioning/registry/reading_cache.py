"""What reading a file gave, kept by the file's content, so that files which did not change cost next to nothing.

An entry is named by a digest of the text and of this program's own source: a file that is renamed is found again, one
that is edited is not, and another edition of the program finds nothing. Entries are JSON in a folder that only its
owner may write; they are checked against the schema like any file. Source: decision 12.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from provisioning.edition import edition_of

_KEPT_ENTRIES: Final = 1_000
"""Some thirty states of a country of thirty files."""

_PRIVATE: Final = 0o700


class ReadingCache:
    """Entries in a folder. With None, or a folder that others may write, nothing is found and nothing kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder if folder is not None and _is_ours_alone(folder) else None

    @classmethod
    def of_user(cls) -> ReadingCache:
        """Return the cache of the user who runs the program: below XDG_CACHE_HOME, or ~/.cache."""
        base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
        return cls(Path(base).expanduser() / "aikom-access" / "registry")

    def key(self, *texts: str) -> str:
        """Name of the entry that belongs to these texts; empty when there is no cache."""
        if self._folder is None:
            return ""
        digest = hashlib.blake2b(edition_of("registry", "model").encode(), digest_size=20)
        for text in texts:
            data = text.encode("utf-8", errors="surrogatepass")
            digest.update(b"%d:" % len(data))
            digest.update(data)
        return digest.hexdigest()

    def find(self, key: str) -> Sequence[bytes] | None:
        """Return the lines of an entry; None when there is none."""
        if self._folder is None:
            return None
        try:
            lines = (self._folder / key).read_bytes().split(b"\n")
        except OSError:
            return None
        return lines[:-1] if lines[-1] == b"" else None

    def keep(self, key: str, lines: Iterable[Any]) -> None:
        """Write an entry, a line of JSON for each value; whole or not at all. A full disk is no failure."""
        if self._folder is None:
            return
        with contextlib.suppress(OSError):
            with tempfile.NamedTemporaryFile("w", dir=self._folder, delete=False, encoding="utf-8") as file:
                for line in lines:
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")
            Path(file.name).rename(self._folder / key)

    def used(self, keys: Iterable[str]) -> None:
        """Mark entries as used now, and remove the ones that were used longest ago."""
        if self._folder is None:
            return
        with contextlib.suppress(OSError):
            for key in keys:
                os.utime(self._folder / key)
            entries = sorted(os.scandir(self._folder), key=lambda entry: entry.stat().st_mtime, reverse=True)
            for entry in entries[_KEPT_ENTRIES:]:
                Path(entry.path).unlink()


def _is_ours_alone(folder: Path) -> bool:
    """Whether the folder, made if need be, belongs to this user and nobody else may write it."""
    try:
        folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        status = folder.stat()
    except OSError:
        return False
    return status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
