"""Runs the `provision` command as its users do, and says how long it took and how much memory it had."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from provisioning.settings import Settings

_PROGRAM = "import sys; from provisioning.cli.main import main; sys.argv[0] = 'provision'; main()"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command: exit code, wall-clock seconds with the interpreter's start, highest memory in KiB."""

    code: int
    seconds: float
    peak_kib: int


def provision(
    settings: Settings, cache: Path, *arguments: str, out: Path | None = None, answers: Container[int] = (0, 2)
) -> Run:
    """Run `provision` on an installation, with its reading cache in `cache`. Raises SystemExit on a failure.

    Every exit code that is not among `answers` is one; 2, differences, is not. What it prints goes to `out`.
    """
    environment = {**os.environ, **settings.values, "XDG_CACHE_HOME": str(cache)}
    # As on its users' machines, where Python keeps what it has compiled.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.perf_counter()
    with (out or Path(os.devnull)).open("wb") as printed:
        process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, *arguments], env=environment, stdout=printed, stderr=subprocess.PIPE
        )
    said = process.stderr.read() if process.stderr is not None else b""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.stderr is not None:
        process.stderr.close()
    if process.returncode not in answers:
        raise SystemExit(f"provision {' '.join(arguments)}: {said.decode(errors='replace')[-2000:]}")
    return Run(process.returncode, seconds, usage.ru_maxrss)
