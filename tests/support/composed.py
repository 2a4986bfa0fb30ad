"""The composed installation as processes of this computer: same scripts, commands, settings and proxy, no containers.

What a container engine adds - names, volumes, users - is replaced by words: `Composed.place` puts an address or folder
of this computer wherever docker-compose.yml names one of a container.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import requests

from provisioning.stack.extension import ensure_extension
from provisioning.stack.keycloak_home import ensure_built_home, instance_home
from provisioning.stack.paths import cache_folder
from provisioning.stack.ports import free_port
from provisioning.stack.process import RunningProcess, start_detached, stop
from provisioning.stack.progress import Silence
from tests.support.compose import made_secrets, services
from tests.support.documents import ROOT
from tests.support.postgres import PostgresServer

_READY_S = 180.0

PARTS = ("public", "portal", "desk", "gate", "sandbox")
"""Services that run the sidecar's code."""


@dataclass(frozen=True)
class Composed:
    """Everything that runs. `folder` holds what the volumes would; `words` replaces places of containers."""

    folder: Path
    words: Mapping[str, str]
    ports: Mapping[str, int]

    @property
    def portal(self) -> str:
        """Public part and portal, as browsers reach them."""
        return f"http://localhost:{self.ports['portal-outside']}"

    @property
    def desk(self) -> str:
        return f"http://localhost:{self.ports['desk-outside']}"

    @property
    def keycloak(self) -> str:
        return f"http://localhost:{self.ports['login']}"

    def place(self, text: str) -> str:
        """`text` with this computer's addresses and folders in it."""
        for word, here in self.words.items():
            text = text.replace(word, here)
        return text

    def environment(self, service: str, **more: str) -> dict[str, str]:
        """A service's environment on this computer."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("KC_", "AIKOM_"))}
        own = {name: self.place(value) for name, value in services()[service].environment.items()}
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        return {**kept, "PATH": path, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **own, **more}

    def run(self, service: str, *command: str) -> str:
        """A command in a service's environment; what it prints. `command` defaults to the service's own."""
        words = list(command) or [self.place(word) for word in services()[service].commands[0]]
        done = subprocess.run(
            words,
            env=self.environment(service),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, service: str, command: list[str], **more: str) -> RunningProcess:
        """Start a service in the background."""
        log = self.folder / f"{service}.log"
        return start_detached(command, log=log, cwd=self.folder, environ=self.environment(service, **more))


@contextmanager
def running_composed(folder: Path, configuration: Path) -> Iterator[Composed]:
    """Start everything in the order of docker-compose.yml; `configuration` is mounted as realm-config."""
    with ExitStack() as stack:
        database = stack.enter_context(PostgresServer(durable=False))
        composed = placed(folder, configuration, database)
        make_secrets(composed, database)
        make_roles(composed, database)
        for start in (start_keycloak, _start_mail):
            stack.callback(stop, start(composed), grace_s=2.0)
        wait_for_keycloak(composed)
        composed.run("setup")
        for part in PARTS:
            stack.callback(stop, _start_part(composed, part), grace_s=2.0)
        stack.callback(stop, _start_proxy(composed), grace_s=2.0)
        for part in PARTS:
            place = "/authz/health" if part == "gate" else "/health/ready"
            _wait(partial(_answers, f"http://127.0.0.1:{composed.ports[part]}{place}"))
        _wait(lambda: _answers(f"{composed.portal}/health/ready"))
        yield composed


def make_secrets(composed: Composed, database: PostgresServer) -> None:
    """Make the secrets, with this computer's addresses in them; the superuser of the test's server keeps its own."""
    root = made_secrets(composed.folder / "secrets")
    for file in (root / "roles" / "database-superuser", root / "database" / "database-superuser"):
        _overwrite(file, database.password)
    for file in root.rglob("*-url"):
        _overwrite(file, composed.place(file.read_text(encoding="utf-8")))


def placed(folder: Path, configuration: Path, database: PostgresServer) -> Composed:
    """The folders and free ports of an installation, of which nothing runs yet."""
    for name in ("account", "account-sandbox", "checkpoints"):
        (folder / "secrets" / name).mkdir(parents=True)
    (folder / ".aikom" / "mail").mkdir(parents=True)
    (folder / "checkpoints").mkdir()
    ports: dict[str, int] = {}
    for name in ("keycloak", "health", "mail", *PARTS, "portal-outside", "desk-outside", "login"):
        ports[name] = free_port(set(ports.values()))
    words = {
        "/app/realm-config": str(configuration),
        "/app/": f"{folder}/",
        "/secrets": str(folder / "secrets"),
        "deploy/": f"{ROOT}/deploy/",
        "postgresql://database/": f"postgresql://127.0.0.1:{database.port}/",
        "@database/": f"@127.0.0.1:{database.port}/",
        "keycloak:8080": f"127.0.0.1:{ports['keycloak']}",
        **{f"{part}:8000": f"127.0.0.1:{ports[part]}" for part in PARTS},
        "mail:1025": f"127.0.0.1:{ports['mail']}",
        "localhost:8000": f"localhost:{ports['portal-outside']}",
        "localhost:8001": f"localhost:{ports['desk-outside']}",
        "localhost:8080": f"localhost:{ports['login']}",
        "listen 8000": f"listen 127.0.0.1:{ports['portal-outside']}",
        "listen 8001": f"listen 127.0.0.1:{ports['desk-outside']}",
        "listen 8080": f"listen 127.0.0.1:{ports['login']}",
        "0.0.0.0": "127.0.0.1",  # noqa: S104 - what the containers listen on, which this computer must not
    }
    return Composed(folder, words, ports)


def as_superuser(database: PostgresServer) -> dict[str, str]:
    """What tells PostgreSQL's programs to work as the superuser of the test's server."""
    server = {"PGHOST": "127.0.0.1", "PGPORT": str(database.port)}
    return {**server, "PGUSER": "aikom", "PGPASSWORD": database.password}


def make_roles(composed: Composed, database: PostgresServer) -> None:
    """Run the service `roles`."""
    environ = composed.environment("roles", **as_superuser(database))
    subprocess.run([str(ROOT / "deploy/database.sh")], env=environ, check=True, timeout=60)


def start_keycloak(composed: Composed) -> RunningProcess:
    """Start Keycloak on the password of its file."""
    extension = ensure_extension(ROOT, Silence())
    built = ensure_built_home(cache_folder(), extension, Silence(), ("--db=postgres", "--health-enabled=true"))
    return composed.start(
        "keycloak",
        [str(ROOT / "deploy/keycloak.sh")],
        KEYCLOAK_HOME=str(instance_home(built, composed.folder / "keycloak")),
        KC_HTTP_HOST="127.0.0.1",
        KC_HTTP_PORT=str(composed.ports["keycloak"]),
        KC_HTTP_MANAGEMENT_HOST="127.0.0.1",
        KC_HTTP_MANAGEMENT_PORT=str(composed.ports["health"]),
    )


def wait_for_keycloak(composed: Composed) -> None:
    """Wait until Keycloak says that it is ready."""
    _wait(lambda: _keycloak_is_ready(composed))


def _keycloak_is_ready(composed: Composed) -> bool:
    environ = {**os.environ, "KC_HTTP_MANAGEMENT_PORT": str(composed.ports["health"])}
    script = [str(ROOT / "deploy/keycloak-ready.sh")]
    return subprocess.run(script, env=environ, capture_output=True, check=False, timeout=30).returncode == 0


def _start_mail(composed: Composed) -> RunningProcess:
    words = [composed.place(word) for word in services()["mail"].commands[0]]
    words = [str(composed.ports["mail"]) if word == "1025" else word for word in words]
    return composed.start("mail", [sys.executable, *words[1:]])


def _start_part(composed: Composed, part: str) -> RunningProcess:
    words = [composed.place(word) for word in services()[part].commands[0]]
    words = [str(composed.ports[part]) if word == "8000" else word for word in words]
    # One worker each: this computer has not as many cores as an installation.
    words[words.index("--workers") + 1] = "1"
    return composed.start(part, [sys.executable, "-m", *words])


def _start_proxy(composed: Composed) -> RunningProcess:
    own = composed.folder / "nginx"
    own.mkdir()
    text = composed.place((ROOT / "deploy/nginx.conf").read_text(encoding="utf-8"))
    configuration = own / "nginx.conf"
    configuration.write_text(text.replace("/tmp/", f"{own}/"), encoding="utf-8")
    # Workers of root's would become somebody who may not look into root's folders.
    user = " user root;" if os.geteuid() == 0 else ""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    return composed.start("proxy", [program, "-c", str(configuration), "-g", f"daemon off;{user}"])


def _overwrite(file: Path, text: str) -> None:
    file.chmod(0o600)
    file.write_text(text, encoding="utf-8")


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=10).status_code == requests.codes.ok
    except requests.RequestException:
        return False


def _wait(ready: Callable[[], bool]) -> None:
    until = time.monotonic() + _READY_S
    while not ready():
        assert time.monotonic() < until
        time.sleep(0.3)
