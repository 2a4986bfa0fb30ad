"""Java as Keycloak needs it. Says in one sentence when it is missing or too old."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from provisioning.stack.errors import ToolMissing

OLDEST_JAVA: Final = 17

_VERSION: Final = re.compile(r'version "(\d+)(?:\.(\d+))?')
_REMEDY: Final = (
    f"install a Java runtime {OLDEST_JAVA} or newer (package openjdk-{OLDEST_JAVA}-jdk-headless), or set JAVA_HOME"
)


def find_java(environ: Mapping[str, str] | None = None) -> Path:
    """Return the `java` that will run Keycloak: JAVA_HOME first, then PATH. Raises ToolMissing."""
    env = os.environ if environ is None else environ
    home = env.get("JAVA_HOME")
    found = str(Path(home) / "bin" / "java") if home else shutil.which("java", path=env.get("PATH", ""))
    if found is None:
        raise ToolMissing("Keycloak needs Java, and there is no `java` on PATH", remedy=_REMEDY)
    version = _version_of(Path(found))
    if version is None:
        raise ToolMissing(f"{found} does not run, so Keycloak cannot start", remedy=_REMEDY)
    if version < OLDEST_JAVA:
        raise ToolMissing(f"Keycloak needs Java {OLDEST_JAVA} or newer; {found} is Java {version}", remedy=_REMEDY)
    return Path(found)


def _version_of(java: Path) -> int | None:
    try:
        answer = subprocess.run([str(java), "-version"], capture_output=True, text=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return None
    return parse_java_version(answer.stderr + answer.stdout)


def parse_java_version(text: str) -> int | None:
    """Return the major version in the words of `java -version`; versions before 9 are written 1.8."""
    match = _VERSION.search(text)
    if match is None:
        return None
    major = int(match[1])
    return int(match[2]) if major == 1 and match[2] else major
