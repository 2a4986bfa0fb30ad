"""Checkpoints in files: a line each in one file, a file each in a folder, and a folder that git keeps."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from provisioning.ledger.checkpoint import Checkpoint, CheckpointInvalid, newest_token
from provisioning.ledger.destinations.place import SUFFIX, DestinationFailed, candidates, file_name

GIT_TIMEOUT_S: Final = 60
_GIT_IDENTITY: Final = ("-c", "user.name=AIKOM ledger", "-c", "user.email=ledger@aikom.invalid")


def read_tokens(path: Path) -> tuple[str, ...]:
    """Return all checkpoints in a file, or in the `.jws` files of a folder. Raises CheckpointInvalid."""
    try:
        files = sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else (path,)
    except OSError as error:
        raise _not_read(path) from error
    return _tokens_of(files)


@dataclass(frozen=True, slots=True)
class LineFile:
    """A file with a checkpoint per line."""

    path: Path
    can_be_read: ClassVar[bool] = True

    def existing(self) -> tuple[str, ...]:
        return read_tokens(self.path) if self.path.exists() else ()

    def newest(self) -> str | None:
        return newest_token(self.existing())

    def write(self, checkpoint: Checkpoint, token: str) -> str:
        _write(self.path, token, os.O_APPEND)
        return str(self.path)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder with a file per checkpoint."""

    path: Path
    can_be_read: ClassVar[bool] = True

    def existing(self) -> tuple[str, ...]:
        return read_tokens(self.path) if self.path.exists() else ()

    def newest(self) -> str | None:
        names = candidates(file.name for file in self.path.glob(f"*{SUFFIX}"))
        return newest_token(_tokens_of(self.path / name for name in names))

    def write(self, checkpoint: Checkpoint, token: str) -> str:
        file = self.path / file_name(checkpoint)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _not_written(self.path, error) from error
        _write(file, token, os.O_TRUNC)
        return str(file)


@dataclass(frozen=True, slots=True)
class GitFolder:
    """A folder of a git work tree. Commits; pushing is left to the owner of the remote."""

    path: Path
    can_be_read: ClassVar[bool] = True

    def existing(self) -> tuple[str, ...]:
        return Folder(self.path).existing()

    def newest(self) -> str | None:
        return Folder(self.path).newest()

    def write(self, checkpoint: Checkpoint, token: str) -> str:
        where = Folder(self.path).write(checkpoint, token)
        name = file_name(checkpoint)
        self._git("add", "--", name)
        if self._git("status", "--porcelain", "--", name):
            self._git(*_GIT_IDENTITY, "commit", "-q", "-m", f"Checkpoint of the ledger at event {checkpoint.seq}", name)
        return f"{where} (committed)"

    def _git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.path), *arguments]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=GIT_TIMEOUT_S, check=True)
        except (OSError, subprocess.SubprocessError) as error:
            said = str(getattr(error, "stderr", None) or error).strip().splitlines()
            raise DestinationFailed(
                f"git could not commit in {self.path}: {said[0] if said else 'no reason given'}",
                remedy="name a folder of a git work tree in which you may commit",
            ) from error
        return done.stdout


def _tokens_of(files: Iterable[Path]) -> tuple[str, ...]:
    tokens: list[str] = []
    for file in files:
        try:
            tokens += file.read_text(encoding="ascii").split()
        except (OSError, UnicodeDecodeError) as error:
            raise _not_read(file) from error
    return tuple(tokens)


def _not_read(path: Path) -> CheckpointInvalid:
    return CheckpointInvalid(f"the checkpoints in {path} cannot be read", remedy="name the right file")


def _write(path: Path, token: str, how: int) -> None:
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | how, 0o644)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(token + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _not_written(path, error) from error


def _not_written(path: Path, error: OSError) -> DestinationFailed:
    return DestinationFailed(f"{path} cannot be written: {error.strerror}", remedy="name a place that can be written")
