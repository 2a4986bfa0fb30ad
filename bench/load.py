"""Load on one address by wrk: how many answers a second, how late they come, and what the servers' processors spent."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

_SCRIPT: Final = Path(__file__).with_name("load.lua")
_TIMEOUT: Final = "10s"


@dataclass(frozen=True, slots=True)
class Post:
    """Requests that post the token in a form instead: `form` comes before it; `authorization` is the caller's."""

    form: str
    authorization: str


@dataclass(frozen=True, slots=True)
class Load:
    """What one run showed. `cpu_s` is what the named servers' processes used, the load generator not counted.

    `refused` are answers other than 2xx and 3xx, `broken` connections that failed or timed out.
    """

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    max_ms: float
    refused: int
    broken: int
    cpu_s: float

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    @property
    def per_core(self) -> float:
        """Answers per second of one processor core, were it busy with nothing else."""
        return self.requests / self.cpu_s if self.cpu_s else 0.0


def run_load(
    url: str,
    tokens: Path,
    *,
    seconds: int,
    connections: int,
    servers: Iterable[int],
    delay_ms: int = 0,
    post: Post | None = None,
    gate_secret: str | None = None,
) -> Load:
    """Send requests for some seconds. `tokens` has a token and a path a line; `servers` are process ids.

    With `delay_ms`, each connection waits that long on average between two requests. With `gate_secret`, the gate is
    asked as its proxy asks it. Raises SystemExit when anything
    was refused: figures of refusals are worth nothing.
    """
    before = _cpu(servers)
    own = {"AIKOM_LOAD_TOKENS": str(tokens), "AIKOM_LOAD_DELAY_MS": str(delay_ms)}
    if post is not None:
        own |= {"AIKOM_LOAD_BODY": post.form, "AIKOM_LOAD_AUTH": post.authorization}
    if gate_secret is not None:
        own["AIKOM_LOAD_GATE_SECRET"] = gate_secret
    measured = _wrk(url, seconds, connections, own)
    load = Load(**measured, cpu_s=_cpu(servers) - before)
    if load.refused or load.broken or not load.requests:
        raise SystemExit(f"{url}: {load.refused} refused and {load.broken} broken of {load.requests} requests")
    return load


def start_load(url: str, tokens: Path, *, connections: int, delay_ms: int) -> subprocess.Popen[bytes]:
    """Load in the background until it is terminated, an hour at most; its figures are lost."""
    environ = {**os.environ, "AIKOM_LOAD_TOKENS": str(tokens), "AIKOM_LOAD_DELAY_MS": str(delay_ms)}
    quiet = subprocess.DEVNULL
    return subprocess.Popen(_command(url, 3600, connections), env=environ, stdout=quiet, stderr=quiet)


def _wrk(url: str, seconds: int, connections: int, settings: dict[str, str]) -> dict[str, float | int]:
    command = _command(url, seconds, connections)
    done = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=False)
    lines = [line for line in done.stderr.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        raise SystemExit(f"wrk failed: {done.stdout}{done.stderr}")
    return dict(json.loads(lines[-1]))


def _command(url: str, seconds: int, connections: int) -> list[str]:
    command = [shutil.which("wrk") or "wrk", "--threads", "1", "--connections", str(connections)]
    return [*command, "--duration", f"{seconds}s", "--timeout", _TIMEOUT, "--script", str(_SCRIPT), url]


def _cpu(servers: Iterable[int]) -> float:
    """Seconds of processor time of these processes and their children so far."""
    total = 0.0
    for pid in servers:
        leader = psutil.Process(pid)
        for process in (leader, *leader.children(recursive=True)):
            times = process.cpu_times()
            total += times.user + times.system
    return total
