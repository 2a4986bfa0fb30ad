"""Processes that outlive the command which started them. Owns how they are started, recognised and stopped.

A process is recognised by its id *and* its start time: ids are recycled, and a stranger must never be stopped.
Each part is a session of its own, so its children (kc.sh starts Java) are found even when their parent is gone.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

import psutil

from provisioning.stack.paths import PRIVATE_FILE

STOP_GRACE_S: Final = 20.0
"""How long a part may take to end after SIGTERM; Keycloak needs 1-2 s, more on a loaded machine."""

_START_TOLERANCE_S: Final = 2.0
"""Start times are derived from the boot time, which moves by a little when the clock is set."""

_CHILDREN: Final[set[int]] = set()
"""Ids of those started by this very process, to be reaped so that they never stay behind as zombies."""


@dataclass(frozen=True, slots=True)
class RunningProcess:
    """A started process: its id, which is its session's id too, and its start (seconds since 1970)."""

    pid: int
    started: float


def start_detached(command: Sequence[str], *, log: Path, cwd: Path, environ: Mapping[str, str]) -> RunningProcess:
    """Start a process in a session of its own, with its output appended to `log` (0600)."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)
    try:
        child = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=dict(environ),
            start_new_session=True,
        )
    finally:
        os.close(descriptor)
    _CHILDREN.add(child.pid)
    # It is meant to outlive this process, and is reaped by its id: without this, Python warns that it still runs.
    child.returncode = 0
    return RunningProcess(child.pid, psutil.Process(child.pid).create_time())


def members(process: RunningProcess) -> list[psutil.Process]:
    """Return the living processes of its session, itself included."""
    _reap(process.pid)
    found = []
    for candidate in psutil.process_iter():
        with contextlib.suppress(psutil.Error, ProcessLookupError, PermissionError):
            if os.getsid(candidate.pid) == process.pid and _belongs(candidate, process):
                found.append(candidate)
    if not found:
        # It may have ended while it was looked for; a zombie is none of its living processes.
        _reap(process.pid)
    return found


def alive(process: RunningProcess) -> bool:
    """Return whether anything of it still runs."""
    return bool(members(process))


def stop(process: RunningProcess, *, grace_s: float = STOP_GRACE_S) -> bool:
    """End it and its children: SIGTERM, then SIGKILL after `grace_s`. False when nothing ran. Safe to repeat."""
    running = members(process)
    if not running:
        return False
    _signal(running, signal.SIGTERM)
    deadline = time.monotonic() + grace_s
    while running := members(process):
        if time.monotonic() > deadline:
            _signal(running, signal.SIGKILL)
        time.sleep(0.05)
    return True


@contextmanager
def interrupt_later() -> Iterator[None]:
    """Hold Ctrl-C back until the end of the block: a started process must be written down before we may go.

    Signals are not masked, because a child would inherit the mask and never end.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    interrupted = False

    def remember(number: int, frame: FrameType | None) -> None:
        nonlocal interrupted
        interrupted = True

    previous = signal.signal(signal.SIGINT, remember)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
    if interrupted:
        raise KeyboardInterrupt


def _belongs(candidate: psutil.Process, process: RunningProcess) -> bool:
    """A zombie has ended; the leader must be the one that was started, the others cannot be older than it."""
    if candidate.status() == psutil.STATUS_ZOMBIE:
        return False
    age = candidate.create_time() - process.started
    if candidate.pid == process.pid:
        return abs(age) <= _START_TOLERANCE_S
    return age >= -_START_TOLERANCE_S


def _signal(processes: Sequence[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def _reap(pid: int) -> None:
    if pid not in _CHILDREN:
        return
    try:
        ended, _ = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        ended = pid
    if ended:
        _CHILDREN.discard(pid)
