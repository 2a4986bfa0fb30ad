"""Maven, the ordinary client for Java artifacts. Runs it quietly, with its output in a log file."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from provisioning.stack.errors import StackError, ToolMissing


def run_maven(
    arguments: Sequence[str],
    *,
    cwd: Path,
    log: Path,
    failure: Callable[[str], StackError],
    tick: Callable[[float], None],
) -> None:
    """Run `mvn` to its end; `tick` gets the elapsed seconds. Raises ToolMissing, or `failure(what Maven said)`."""
    maven = shutil.which("mvn")
    if maven is None:
        raise ToolMissing(
            "Maven is needed to fetch Keycloak and to build its extension, and there is no `mvn` on PATH",
            remedy="install Maven 3.8 or newer (package maven)",
        )
    log.parent.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [maven, "-B", "-ntp", *arguments],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        with process:
            try:
                while process.poll() is None:
                    tick(time.monotonic() - began)
                    time.sleep(0.2)
            finally:
                # Ctrl-C reaches us before Maven has ended: it must not go on writing behind our back.
                if process.poll() is None:
                    process.terminate()
    if process.returncode != 0:
        raise failure(_last_errors(log))


def _last_errors(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    errors = [line.removeprefix("[ERROR]").strip() for line in lines if line.startswith("[ERROR]")]
    return next((line for line in errors if line), lines[-1].strip() if lines else "no output")[:300]
