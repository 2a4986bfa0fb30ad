"""docker-compose.yml and Dockerfile as values, for tests that hold them to the code without a container engine."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.support.documents import ROOT

FOLDER_OF_APP = "/app"


@dataclass(frozen=True)
class Service:
    """One service, with merge keys resolved."""

    name: str
    spec: dict[str, Any]

    @property
    def environment(self) -> dict[str, str]:
        return {name: str(value) for name, value in self.spec.get("environment", {}).items()}

    @property
    def is_ours(self) -> bool:
        """Whether it runs this project's programs."""
        return bool(self.spec.get("build", {}).get("target") == "app")

    @property
    def mounts(self) -> dict[str, str]:
        """Place in the container → what is mounted there: a volume's name or a path that begins with a dot."""
        parts = (entry.split(":") for entry in self.spec.get("volumes", []))
        return {target: source for source, target, *_ in parts}

    @property
    def secret_folders(self) -> set[str]:
        """Folders with secrets of `make_secrets.py` that it sees, as they are called in containers."""
        before = "/secrets/before"
        return {target for target in self.mounts if target.startswith("/secrets/") and not target.startswith(before)}

    @property
    def scripts(self) -> list[str]:
        """Scripts of deploy/ that it runs, and those that these run."""
        words = [word.replace("/opt/aikom/", "deploy/") for command in self.commands for word in command]
        if self.name == "keycloak":
            words.append("deploy/keycloak.sh")  # The image's entry point.
        return [word for word in words if re.fullmatch(r"deploy/[a-z-]+\.sh", word)]

    @property
    def commands(self) -> list[list[str]]:
        """What it runs: its command and its health check, each as a list of words."""
        check = [str(word) for word in self.spec.get("healthcheck", {}).get("test", [])]
        words = [str(word) for word in [*self.spec.get("entrypoint", []), *self.spec.get("command", [])]]
        return [command for command in (words, check[1:]) if command]


def made_secrets(folder: Path) -> Path:
    """The secrets of the composed installation, made in this folder."""
    for target in services()["secrets"].mounts:
        (folder / target.removeprefix("/secrets/")).mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, str(ROOT / "deploy/make_secrets.py"), str(folder)], check=True, timeout=60)
    return folder


@cache
def compose() -> dict[str, Any]:
    """The whole file."""
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8")))


def services() -> dict[str, Service]:
    """By name."""
    return {name: Service(name, spec) for name, spec in compose()["services"].items()}


def dockerfile() -> list[str]:
    """The instructions, continued lines joined, comments left out."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [re.sub(r"\s+", " ", line).strip() for line in text.splitlines() if line.strip() and line[0] != "#"]
