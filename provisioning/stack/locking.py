"""One at a time: a lock file held by the operating system, so that a killed holder leaves nothing behind."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provisioning.stack.errors import StackBusy


@contextmanager
def wait_for_lock(path: Path) -> Iterator[None]:
    """Hold the lock, waiting for its present holder. For builds that two processes want at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def take_lock(path: Path) -> Iterator[None]:
    """Hold the lock or raise StackBusy with the holder's process id."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise StackBusy(
                f"another process ({holder}) is starting or stopping the stack in {path.parent}",
                remedy="wait until it has finished, then run the command again",
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
