"""Keycloak homes: the distribution with our extension built in, kept in the cache, and one hard-linked copy per stack.

Keycloak's own build takes 20 s of processor time; its result depends only on the version, the build options and the
extension, so it is kept under a digest of them. `start --optimized` writes to `data/` alone: measured, hard links are
safe. Source: decision 1.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from provisioning.stack.distribution import KEYCLOAK_VERSION, ensure_distribution
from provisioning.stack.errors import BuildFailed
from provisioning.stack.locking import wait_for_lock
from provisioning.stack.progress import Progress

BUILD_OPTIONS: Final = ("--db=dev-file", "--health-enabled=true")

_KEPT_HOMES: Final = 3
"""Built homes left in the cache; each is about 4 MB beside the shared files."""


def ensure_built_home(
    cache: Path, extension: Path | None, progress: Progress, options: Sequence[str] = BUILD_OPTIONS
) -> Path:
    """Return a home in the cache with the extension and Keycloak's build `options` built in.

    Raises ToolMissing, DownloadFailed, BuildFailed.
    """
    cache.mkdir(parents=True, exist_ok=True)
    distribution = ensure_distribution(cache, progress)
    home = cache / f"keycloak-{KEYCLOAK_VERSION}-built-{_digest(extension, options)}"
    if not home.is_dir():
        with wait_for_lock(cache / "build.lock"):
            if not home.is_dir():
                with progress.step("Building the extension into Keycloak (20-40 s, once per change)"):
                    _build(distribution, home, extension, options)
                _prune(cache, keep=home)
    os.utime(home)
    return home


def instance_home(built: Path, folder: Path) -> Path:
    """Return the home of one stack in `folder`, hard-linked to `built`; `folder`/data outlives the homes. Safe to
    repeat.
    """
    home = folder / built.name
    data = folder / "data"
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not home.is_dir():
        temporary = folder / f".{built.name}.{os.getpid()}"
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.copytree(built, temporary, copy_function=_link_or_copy)
        (temporary / "data").symlink_to(data, target_is_directory=True)
        temporary.rename(home)
    for old in folder.glob("keycloak-*"):
        if old != home:
            shutil.rmtree(old)
    return home


def _build(distribution: Path, home: Path, extension: Path | None, options: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory(prefix=".build-", dir=home.parent) as temporary:
        work = Path(temporary) / "home"
        shutil.copytree(distribution, work, copy_function=_link_or_copy)
        if extension is not None:
            shutil.copy2(extension, work / "providers" / extension.name)
        answer = subprocess.run(
            [str(work / "bin" / "kc.sh"), "build", *options],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if not name.startswith("KC_")},
        )
        if answer.returncode != 0:
            log = home.parent / "keycloak-build.log"
            log.write_text(answer.stdout + answer.stderr, encoding="utf-8")
            raise BuildFailed(
                "Keycloak could not be built with the extension", remedy=f"see the last lines of {log} for the cause"
            )
        shutil.rmtree(work / "data", ignore_errors=True)
        work.rename(home)


def _digest(extension: Path | None, options: Sequence[str]) -> str:
    """What the build depends on. The jar counts by its content: archives of the same files may differ in bytes."""
    digest = hashlib.sha256("\0".join((KEYCLOAK_VERSION, *options)).encode())
    if extension is not None:
        with zipfile.ZipFile(extension) as jar:
            for member in sorted(jar.infolist(), key=lambda item: item.filename):
                digest.update(f"{member.filename}\0{member.CRC}\0{member.file_size}\0".encode())
    return digest.hexdigest()[:12]


def _prune(cache: Path, *, keep: Path) -> None:
    homes = sorted(cache.glob(f"keycloak-{KEYCLOAK_VERSION}-built-*"), key=lambda home: home.stat().st_mtime)
    hour_ago = time.time() - 3600
    for home in homes[:-_KEPT_HOMES]:
        # Another process may be copying a recent one at this moment.
        if home != keep and home.stat().st_mtime < hour_ago:
            shutil.rmtree(home, ignore_errors=True)


def _link_or_copy(source: str, target: str) -> None:
    """Hard link; copy where the cache lies on another file system."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
