"""The places of all files of one stack. The folder is private (0700): logs, mails and secrets are in it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

STATE_FOLDER: Final = Path(".aikom")

PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600


@dataclass(frozen=True, slots=True)
class StackPaths:
    """The files of one stack under its state folder (absolute)."""

    root: Path

    @classmethod
    def of(cls, root: Path = STATE_FOLDER) -> StackPaths:
        """Return the paths under `root`, made absolute."""
        return cls(root.absolute())

    @property
    def env(self) -> Path:
        return self.root / "stack.env"

    @property
    def state(self) -> Path:
        return self.root / "stack.json"

    @property
    def lock(self) -> Path:
        return self.root / "stack.lock"

    @property
    def logs(self) -> Path:
        return self.root / "log"

    @property
    def mail(self) -> Path:
        return self.root / "mail"

    @property
    def ledger(self) -> Path:
        return self.root / "ledger.sqlite3"

    @property
    def sandbox_ledger(self) -> Path:
        return self.root / "sandbox.sqlite3"

    @property
    def keycloak(self) -> Path:
        return self.root / "keycloak"

    @property
    def watch_health(self) -> Path:
        """The watch's sign of life."""
        return self.root / "watch.health"

    def log(self, part: str) -> Path:
        """Return the log file of one part."""
        return self.logs / f"{part}.log"

    def create(self) -> None:
        """Make the folders, readable by their owner only. Safe to repeat."""
        for folder in (self.root, self.logs, self.mail, self.keycloak):
            folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            folder.chmod(PRIVATE_FOLDER)


def cache_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Return the folder of downloads for all stacks of this user: `${XDG_CACHE_HOME:-~/.cache}/aikom`."""
    env = os.environ if environ is None else environ
    base = env.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "aikom"


def write_private(path: Path, text: str) -> None:
    """Replace a file at once, readable by its owner only from the first byte; a kill leaves the old one whole."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
