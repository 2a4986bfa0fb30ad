"""Debian packages that only measurements need. Root gets them installed; anybody else is told their names."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path


def require(**programs: str) -> None:
    """Make sure that programs are there; `program="its package"`. Raises SystemExit with what to install."""
    missing = [package for program, package in programs.items() if not _exists(program)]
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise SystemExit(f"this measurement needs: sudo apt-get install --no-install-recommends {' '.join(missing)}")
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
    for command in (["apt-get", "update", "-qq"], install):
        subprocess.run(command, check=True, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def _exists(program: str) -> bool:
    if "/" in program:
        return Path(program).exists()
    return shutil.which(program) is not None or Path("/usr/sbin", program).exists()
