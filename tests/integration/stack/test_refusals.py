"""What the stack says when it cannot start: one sentence with the culprit, a remedy, and no process left."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

from provisioning.stack.ports import LOOPBACK
from tests.support.provision_program import PROVISION


def _up(folder: Path, *arguments: str, environ: Mapping[str, str] | None = None) -> tuple[int, str]:
    answer = subprocess.run(
        [*PROVISION, "stack", "up", *arguments],
        cwd=folder,
        env={**os.environ, **(environ or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return answer.returncode, " ".join(answer.stderr.split())


def test_a_busy_port_is_named_with_who_holds_it_and_who_asked_for_it(tmp_path: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as busy:
        port = busy.getsockname()[1]
        code, output = _up(tmp_path, "--keycloak-port", str(port))
        by_variable = _up(tmp_path, environ={"AIKOM_STACK_SMTP_PORT": str(port)})
    assert code == 3
    assert f"port {port} for keycloak (asked for by --keycloak-port) is taken by" in output
    assert f"(process {os.getpid()})" in output
    assert by_variable[0] == 3
    assert f"port {port} for smtp (asked for by AIKOM_STACK_SMTP_PORT) is taken by" in by_variable[1]


def test_a_missing_java_is_one_sentence(tmp_path: Path) -> None:
    code, output = _up(tmp_path, environ={"PATH": str(tmp_path), "JAVA_HOME": ""})
    assert code == 3
    assert "Keycloak needs Java, and there is no `java` on PATH" in output
    assert "openjdk-17-jdk-headless" in output
    assert "Traceback" not in output


def test_an_old_java_is_one_sentence(tmp_path: Path) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n")
    java.chmod(0o755)
    code, output = _up(tmp_path, environ={"JAVA_HOME": str(tmp_path)})
    assert code == 3
    assert f"Keycloak needs Java 17 or newer; {java} is Java 11" in output


def test_a_missing_maven_is_one_sentence_when_there_is_something_to_fetch(tmp_path: Path) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"17.0.2\"' >&2\n")
    java.chmod(0o755)
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    code, output = _up(tmp_path, environ={"JAVA_HOME": str(tmp_path), "PATH": str(tmp_path), **cache})
    assert code == 3
    assert "there is no `mvn` on PATH" in output
    assert not list((tmp_path / "cache" / "aikom").glob(".fetch-*"))
