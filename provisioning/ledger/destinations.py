"""Where checkpoints are kept, out of reach of whoever administers the database.

PATH, file:PATH   a file that gets a line per checkpoint, or, when it is a folder, a file per checkpoint
git:PATH          the same in a folder of a git work tree, and a commit; a folder with `.git` is taken for one
https://…         an HTTP PUT; `{seq}` in the address is replaced. S3 and compatible stores: a presigned PUT address
    @FILE             any of these, read from a file: an address with a signature does not belong on a command line
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import SplitResult, urlsplit

import requests

from .checkpoint import Checkpoint, CheckpointInvalid
from .errors import LedgerError

SUFFIX: Final = ".jws"
TIMEOUT_S: Final = (5, 30)
"""To connect, and to wait for an answer."""

GIT_TIMEOUT_S: Final = 60
_SUCCESS: Final = range(200, 300)
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_GIT_IDENTITY: Final = ("-c", "user.name=AIKOM ledger", "-c", "user.email=ledger@aikom.invalid")


class DestinationFailed(LedgerError):
    """A checkpoint could not be put where it should be kept."""


class Destination(Protocol):
    """A place for checkpoints."""

    def existing(self) -> tuple[str, ...]:
        """The checkpoints that are there already, as compact JWS; none when the place cannot be read back."""
        ...

    def write(self, checkpoint: Checkpoint, token: str) -> str:
        """Keep a checkpoint and say where. Raises DestinationFailed. Repeating it is safe."""
        ...


def parse_destination(text: str) -> Destination:
    """The place that a command line names. Raises DestinationFailed."""
    if text.startswith("@"):
        return parse_destination(_content(Path(text[1:])))
    if text.startswith(("https://", "http://")):
        return _http(text)
    scheme, colon, rest = text.partition(":")
    path = Path(rest if colon and scheme in ("file", "git") else text)
    if scheme == "git" or (path / ".git").exists():
        return GitFolder(path)
    return Folder(path) if path.is_dir() or text.endswith("/") else LineFile(path)


def read_tokens(path: Path) -> tuple[str, ...]:
    """All checkpoints in a file, or in the `.jws` files of a folder. Raises CheckpointInvalid."""
    try:
        files: Iterable[Path] = sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else (path,)
        return tuple(line for file in files for line in file.read_text(encoding="ascii").split())
    except (OSError, UnicodeDecodeError) as error:
        raise CheckpointInvalid(f"the checkpoints in {path} cannot be read", remedy="name the right file") from error


@dataclass(frozen=True, slots=True)
class LineFile:
    """A file with a checkpoint per line."""

    path: Path

    def existing(self) -> tuple[str, ...]:
        return read_tokens(self.path) if self.path.exists() else ()

    def write(self, checkpoint: Checkpoint, token: str) -> str:
        _write(self.path, token, os.O_APPEND)
        return str(self.path)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder with a file per checkpoint."""

    path: Path

    def existing(self) -> tuple[str, ...]:
        return read_tokens(self.path) if self.path.exists() else ()

    def write(self, checkpoint: Checkpoint, token: str) -> str:
        file = self.path / _file_name(checkpoint)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _not_written(self.path, error) from error
        _write(file, token, os.O_TRUNC)
        return str(file)


@dataclass(frozen=True, slots=True)
class GitFolder:
    """A folder of a git work tree. Commits; pushing is left to whoever owns the remote."""

    path: Path

    def existing(self) -> tuple[str, ...]:
        return Folder(self.path).existing()

    def write(self, checkpoint: Checkpoint, token: str) -> str:
        where = Folder(self.path).write(checkpoint, token)
        name = _file_name(checkpoint)
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


@dataclass(frozen=True, slots=True)
class HttpAddress:
    """An address that takes a PUT. It may hold a signature, so only its host and path are ever shown."""

    template: str

    def existing(self) -> tuple[str, ...]:
        """Nothing. NOTE: a presigned address only allows the PUT; fetch the files and name them to `verify`."""
        return ()

    def write(self, checkpoint: Checkpoint, token: str) -> str:
        address = self.template.replace("{seq}", str(checkpoint.seq))
        shown = _without_secrets(urlsplit(address))
        headers = {"Content-Type": "application/jose"}
        try:
            answer = requests.put(address, data=token, headers=headers, timeout=TIMEOUT_S, allow_redirects=False)
        except requests.RequestException as error:
            # Not chained: the library's exception holds the whole address.
            raise DestinationFailed(f"{shown} does not answer: {type(error).__name__}", remedy="try again") from None
        if answer.status_code not in _SUCCESS:
            raise DestinationFailed(
                f"{shown} answered {answer.status_code}", remedy="see that the address is right and not out of date"
            )
        return shown


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise DestinationFailed(f"{path} cannot be read", remedy="name a file that holds a destination") from error


def _http(text: str) -> HttpAddress:
    parts = urlsplit(text)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise DestinationFailed(f"{_without_secrets(parts)} is not encrypted", remedy="give an https address")
    return HttpAddress(text)


def _without_secrets(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.hostname}{parts.path}"


def _file_name(checkpoint: Checkpoint) -> str:
    return f"{checkpoint.ledger_id}-{checkpoint.seq:012d}{SUFFIX}"


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
