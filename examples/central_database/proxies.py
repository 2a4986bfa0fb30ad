"""nginx and Caddy with their templates filled in, as processes of their own.

The gate's secret goes into a file of its own that only its owner can read; it is never an argument.
"""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
SECRET_HEADER: Final = "X-Aikom-Gate-Secret"  # noqa: S105 - a header's name
_STOP_S: Final = 10

_AWAY: Final = "2s"
"""How long a node that did not decide is left alone, when there is another to ask."""

_CADDY_CHOICE: Final = f"""
			lb_policy round_robin
			lb_try_duration {_AWAY}
			lb_try_interval 20ms
			fail_duration {_AWAY}
			max_fails 1
			unhealthy_status 500 502 503 504
			health_uri /authz/health
			health_interval 1s
			health_timeout 1s
			health_status 200
"""
"""Of several nodes, in Caddy's words: one that is dead or hung is passed by, and one that says it is not fresh (each
second it is asked) is asked no question."""


@dataclass(frozen=True, slots=True)
class Address:
    """A Unix socket, or a port of this computer."""

    place: Path | int

    @property
    def nginx(self) -> str:
        return f"unix:{self.place}" if isinstance(self.place, Path) else f"127.0.0.1:{self.place}"

    @property
    def caddy(self) -> str:
        return f"unix/{self.place}" if isinstance(self.place, Path) else f"127.0.0.1:{self.place}"


@dataclass(frozen=True, slots=True)
class Proxy:
    """What is around a proxy. `folder` is its own; `gates` are the gate's nodes; `secret` is theirs, read from a file
    by the caller, or None when they are joined by a Unix socket that no other may write to."""

    folder: Path
    port: int
    gates: Sequence[Address]
    database: Address
    secret: str | None
    workers: int = 1
    access_log: bool = False
    body_bytes: int = 1_048_576

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def running_nginx(proxy: Proxy) -> Iterator[subprocess.Popen[bytes]]:
    """nginx, until the end of the block."""
    log = f"{proxy.folder}/access.log decisions" if proxy.access_log else "off"
    # Started by root, workers would become another user, who cannot look into a folder of root's.
    user = f"user {getpass.getuser()};" if os.geteuid() == 0 else ""
    rule = "max_fails=0" if len(proxy.gates) == 1 else f"max_fails=1 fail_timeout={_AWAY}"
    nodes = "\n".join(f"        server {gate.nginx} {rule};" for gate in proxy.gates)
    words = {"GATES": nodes, "DATABASE": proxy.database.nginx, "ACCESS_LOG": log, "USER": user}
    secret = _write_secret(proxy, f'proxy_set_header {SECRET_HEADER} "{proxy.secret}";')
    config = _fill("nginx.conf", proxy, {**words, "SECRET_FILE": str(secret)})
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    with _running([program, "-e", str(proxy.folder / "error.log"), "-c", str(config)], proxy) as process:
        yield process


@contextmanager
def running_caddy(proxy: Proxy) -> Iterator[subprocess.Popen[bytes]]:
    """Caddy, until the end of the block."""
    secret = _write_secret(proxy, f'header_up {SECRET_HEADER} "{proxy.secret}"')
    nodes = " ".join(gate.caddy for gate in proxy.gates)
    choice = "" if len(proxy.gates) == 1 else _CADDY_CHOICE.strip("\n")
    words = {"GATES": nodes, "GATE_CHOICE": choice, "DATABASE": proxy.database.caddy, "SECRET_FILE": str(secret)}
    config = _fill("Caddyfile", proxy, words)
    with _running(["caddy", "run", "--adapter", "caddyfile", "--config", str(config)], proxy) as process:
        yield process


def _fill(name: str, proxy: Proxy, words: Mapping[str, str]) -> Path:
    text = (HERE / f"{name}.template").read_text(encoding="utf-8")
    own = {"FOLDER": str(proxy.folder), "PORT": str(proxy.port), "WORKERS": str(proxy.workers)}
    own |= {"BODY_BYTES": str(proxy.body_bytes), "GATE_PATIENCE": "2s" if len(proxy.gates) == 1 else "1s"}
    for word, value in {**own, **words}.items():
        text = text.replace(f"@{word}@", value)
    path = proxy.folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _write_secret(proxy: Proxy, line: str) -> Path:
    path = proxy.folder / "gate-secret.conf"
    path.touch(mode=0o600)
    path.write_text(f"{line}\n" if proxy.secret else "# A Unix socket stands in its place.\n", encoding="ascii")
    return path


@contextmanager
def _running(command: list[str], proxy: Proxy) -> Iterator[subprocess.Popen[bytes]]:
    # Caddy wants a home for what it remembers; it gets the proxy's own folder.
    environ = {**os.environ, "HOME": str(proxy.folder), "XDG_CONFIG_HOME": str(proxy.folder)}
    with (proxy.folder / "output").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=proxy.folder, env=environ)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(_STOP_S)
