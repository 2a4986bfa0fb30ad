"""The parts of the stack that are Python programs of this project: mail catcher, sidecar and watch."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import requests

from provisioning.settings import PROVISIONING
from provisioning.stack.paths import StackPaths
from provisioning.stack.ports import LOOPBACK, is_listening
from provisioning.stack.process import RunningProcess, start_detached

PROJECT: Final = Path(__file__).resolve().parents[2]

_PROVISION: Final = "from provisioning.cli.main import main; main()"
_WATCH_LIVES_S: Final = 30.0


def start_mail_catcher(paths: StackPaths, port: int) -> RunningProcess:
    """Start the mail catcher on the stack's mail folder."""
    command = [sys.executable, "-m", "provisioning.stack.mail_catcher", str(port), str(paths.mail)]
    return start_detached(command, log=paths.log("mail"), cwd=Path.cwd(), environ=_environment({}))


def mail_catcher_ready(port: int) -> bool:
    """Return whether the mail catcher takes connections."""
    return is_listening(port)


def start_sidecar(paths: StackPaths, port: int, settings: Mapping[str, str]) -> RunningProcess:
    """Start the sidecar. Its settings travel in the environment, never in the arguments."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", LOOPBACK, "--port", str(port)]
    command += ["--workers", "1", "--blocking-threads", "8", "--workers-kill-timeout", "8", "--no-access-log"]
    command += ["--respawn-failed-workers", "sidecar.wsgi:app"]
    needed = {name: value for name, value in settings.items() if name not in PROVISIONING}
    return start_detached(command, log=paths.log("sidecar"), cwd=Path.cwd(), environ=_environment(needed))


def sidecar_alive(port: int) -> bool:
    """Return whether the sidecar's process answers; whether it has a ledger to show is `sidecar_ready`."""
    return _answers(port, "live")


def sidecar_ready(port: int) -> bool:
    """Return whether the sidecar can do its work: Keycloak and the ledger are there."""
    return _answers(port, "ready")


def start_watch(paths: StackPaths, settings: Mapping[str, str]) -> RunningProcess:
    """Start what finishes in Keycloak what pages and commands recorded; it applies and compares nothing."""
    paths.watch_health.unlink(missing_ok=True)
    command = [sys.executable, "-c", _PROVISION, "watch", "--finishing", "--health-file", str(paths.watch_health)]
    return start_detached(command, log=paths.log("watch"), cwd=Path.cwd(), environ=_environment(settings))


def watch_alive(paths: StackPaths) -> bool:
    """Return whether the watch has given a sign of life lately."""
    try:
        return time.time() - paths.watch_health.stat().st_mtime < _WATCH_LIVES_S
    except OSError:
        return False


def sidecar_exists() -> bool:
    """Return whether this installation has the sidecar."""
    return importlib.util.find_spec("sidecar") is not None and importlib.util.find_spec("sidecar.wsgi") is not None


def code_fingerprint() -> str:
    """Return a digest of the project's Python code and pages, so that `up` after an update runs the new code."""
    digest = hashlib.sha256()
    for package in ("provisioning", "sidecar"):
        for path in sorted((PROJECT / package).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                status = path.stat()
                digest.update(f"{path}\0{status.st_mtime_ns}\0{status.st_size}\0".encode())
    return digest.hexdigest()[:12]


def _answers(port: int, what: str) -> bool:
    try:
        answer = requests.get(f"http://{LOOPBACK}:{port}/health/{what}", timeout=10)
    except requests.RequestException:
        return False
    return bool(answer.status_code == requests.codes.ok)


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment with the stack's settings; without other settings of ours, and unbuffered logs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIKOM_")}
    # The caller's working directory is not on the path of `python -m granian` in every version: name the project.
    path = os.pathsep.join(filter(None, (str(PROJECT), kept.get("PYTHONPATH"))))
    return {**kept, **settings, "PYTHONUNBUFFERED": "1", "PYTHONPATH": path}
