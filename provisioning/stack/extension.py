"""Our Keycloak extension: built with Maven when its sources or the themes are newer than the jar."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from provisioning.stack.errors import BuildFailed, StackError
from provisioning.stack.locking import wait_for_lock
from provisioning.stack.maven import run_maven
from provisioning.stack.progress import Progress


def ensure_extension(project: Path, progress: Progress) -> Path | None:
    """Return the jar of `project`/keycloak-extension, built when needed; None when the project has no extension.

    Raises ToolMissing, BuildFailed.
    """
    folder = project / "keycloak-extension"
    if not (folder / "pom.xml").is_file():
        return None
    jar = folder / "target" / "aikom-keycloak-extension.jar"
    if _is_current(jar, project):
        return jar
    log = folder / "target" / "build.log"
    with wait_for_lock(folder / "target" / "build.lock"):
        if not _is_current(jar, project):
            began = time.time()
            with progress.step("Building the Keycloak extension with Maven"):
                run_maven(
                    ["-q", "package"],
                    cwd=folder,
                    log=log,
                    failure=lambda words: _failed(words, log),
                    tick=lambda elapsed: progress.detail(f"{elapsed:.0f} s"),
                )
            # Maven leaves an unchanged jar alone, and what was edited during the build is not in it: hence this time.
            os.utime(jar, (began, began))
    return jar


def _is_current(jar: Path, project: Path) -> bool:
    if not jar.is_file():
        return False
    built = jar.stat().st_mtime
    return all(path.stat().st_mtime <= built for path in _sources(project))


def _sources(project: Path) -> Iterator[Path]:
    extension = project / "keycloak-extension"
    yield extension / "pom.xml"
    for folder in (extension / "src", project / "realm-config" / "themes"):
        if folder.is_dir():
            # Folders count too: a file that was taken away changes only its folder's time.
            yield folder
            yield from folder.rglob("*")


def _failed(words: str, log: Path) -> StackError:
    return BuildFailed(f"the Keycloak extension could not be built: {words}", remedy=f"the whole output is in {log}")
