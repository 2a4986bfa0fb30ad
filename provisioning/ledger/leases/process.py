"""Whether a process that left its mark is certainly gone. Linux only; elsewhere it never is certain.

The mark holds the boot, the pid namespace, the pid and when the process started, so that neither a pid that was given
to another process nor one of another container is mistaken for it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_AFTER_NAME_STATE: Final = 0
_AFTER_NAME_START_TIME: Final = 19
"""Fields of /proc/PID/stat, counted after the program's name. Source: proc(5)."""


def own_mark() -> str:
    """Return the mark of this process; empty where there is no /proc."""
    try:
        start = _start_time(os.getpid())
        return f"{_machine()} {os.getpid()} {start}" if start else ""
    except OSError:
        return ""


def is_gone(mark: str) -> bool:
    """Return whether the process that left `mark` is certainly gone. False when that cannot be seen from here."""
    machine, _, process = mark.rpartition(" ")[0].rpartition(" ")
    start = mark.rpartition(" ")[2]
    try:
        return bool(machine) and machine == _machine() and _start_time(int(process)) != start
    except (OSError, ValueError):
        return False


def _machine() -> str:
    boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return f"{boot} {(_PROC / 'self/ns/pid').readlink()}"


def _start_time(pid: int) -> str | None:
    """When a process started, in ticks since the boot; None when there is no such process or it is a zombie."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[_AFTER_NAME_STATE] in ("Z", "X") else fields[_AFTER_NAME_START_TIME]
