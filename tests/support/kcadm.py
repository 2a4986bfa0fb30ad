"""Keycloak's own command line, `kcadm.sh` of the distribution: what an administrator of Keycloak has at hand."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from provisioning.stack.distribution import ensure_distribution
from provisioning.stack.java import find_java
from provisioning.stack.keycloak_process import BOOTSTRAP_CLIENT
from provisioning.stack.paths import cache_folder
from provisioning.stack.progress import Silence
from tests.support.keycloak_server import KeycloakServer

PATIENCE_S = 120


@dataclass(frozen=True)
class Kcadm:
    """Signed in with all rights; works on `realm`. Secrets travel in the environment and on standard input."""

    program: Path
    config: Path
    realm: str

    def update(self, path: str, body: Mapping[str, object]) -> None:
        """Merge `body` into what stands at `path` of the realm, such as `users/<id>`."""
        self._run("update", path, "--target-realm", self.realm, "--merge", "--file", "-", stdin=json.dumps(body))

    def sign_in(self, server: KeycloakServer) -> None:
        """Get a token of the all-powerful client and keep it in `config`."""
        where = ("--server", server.url, "--realm", "master", "--client", BOOTSTRAP_CLIENT)
        self._run("config", "credentials", *where, environ={"KC_CLI_CLIENT_SECRET": server.secret.reveal()})

    def _run(self, *arguments: str, stdin: str = "", environ: Mapping[str, str] | None = None) -> None:
        done = subprocess.run(
            [str(self.program), *arguments, "--config", str(self.config)],
            env={**os.environ, "JAVA": str(find_java()), **(environ or {})},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"


def signed_in_kcadm(server: KeycloakServer, folder: Path, realm: str) -> Kcadm:
    """`kcadm.sh` of the distribution that the stack provides, with its token in `folder`."""
    program = ensure_distribution(cache_folder(), Silence()) / "bin" / "kcadm.sh"
    kcadm = Kcadm(program, folder / "kcadm.config", realm)
    kcadm.sign_in(server)
    return kcadm
