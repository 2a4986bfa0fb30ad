"""The Keycloak distribution: fetched by its Maven coordinates, verified, unpacked once for all stacks of this user."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Final

from provisioning.stack.errors import DownloadFailed, StackError
from provisioning.stack.locking import wait_for_lock
from provisioning.stack.maven import run_maven
from provisioning.stack.progress import Progress

KEYCLOAK_VERSION: Final = "26.7.5"
"""The version floor of docs/security.md: older ones have known holes in password reset and client revocation."""

DISTRIBUTION_SHA256: Final = "30ef87fb7101c43d29688d1ae80c0588ff4a151b3330e9f664bf9692d398658a"

_COPY_GOAL: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
_ARTIFACT: Final = f"org.keycloak:keycloak-quarkus-dist:{KEYCLOAK_VERSION}:zip"
_ZIP_NAME: Final = f"keycloak-quarkus-dist-{KEYCLOAK_VERSION}.zip"
_MEGABYTE: Final = 1_000_000


def ensure_distribution(cache: Path, progress: Progress) -> Path:
    """Return the unpacked distribution, read-only by agreement, and fetch it when the cache lacks it.

    Safe to repeat and to kill. Raises ToolMissing, DownloadFailed.
    """
    home = cache / f"keycloak-{KEYCLOAK_VERSION}"
    if home.is_dir():
        return home
    with wait_for_lock(cache / "distribution.lock"):
        if home.is_dir():
            return home
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=cache) as temporary:
            archive = _fetch(Path(temporary), cache / "distribution-download.log", progress)
            with progress.step("Checking and unpacking Keycloak"):
                verify(archive, DISTRIBUTION_SHA256)
                unpacked = unpack(archive, Path(temporary) / "unpacked")
                # The rename is what makes it appear: a kill before leaves nothing half-made.
                unpacked.rename(home)
    return home


def verify(archive: Path, sha256: str) -> None:
    """Raise DownloadFailed unless the file has the pinned digest."""
    with archive.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise DownloadFailed(
            f"{archive.name} has SHA-256 {found}, but {sha256} is pinned",
            remedy=f"delete {_ZIP_NAME} from Maven's local repository and try again; if it stays, trust nothing of it",
        )


def unpack(archive: Path, target: Path) -> Path:
    """Unpack with the permissions in the archive; return the one folder at its top.

    Raises DownloadFailed for a broken archive.
    """
    try:
        with zipfile.ZipFile(archive) as source:
            for member in source.infolist():
                path = Path(source.extract(member, target))
                mode = member.external_attr >> 16
                if mode and path.is_file():
                    path.chmod(mode & 0o777)
        (top,) = target.iterdir()
    except (zipfile.BadZipFile, ValueError) as error:
        raise DownloadFailed(f"{archive.name} is not a whole distribution", remedy="delete it and try again") from error
    return top


def _fetch(folder: Path, log: Path, progress: Progress) -> Path:
    free = shutil.disk_usage(folder).free
    if free < 600 * _MEGABYTE:
        raise DownloadFailed(
            f"{folder.parent} has {free // _MEGABYTE} MB left; Keycloak needs about 600",
            remedy="free some space, or point XDG_CACHE_HOME elsewhere",
        )
    with progress.step(f"Fetching Keycloak {KEYCLOAK_VERSION} with Maven (180 MB, once)"):
        run_maven(
            [_COPY_GOAL, f"-Dartifact={_ARTIFACT}", f"-DoutputDirectory={folder}", "-Dmdep.useBaseVersion=true"],
            cwd=folder,
            log=log,
            failure=lambda words: _failed(words, log),
            tick=lambda elapsed: progress.detail(f"{elapsed:.0f} s"),
        )
    return folder / _ZIP_NAME


def _failed(words: str, log: Path) -> StackError:
    return DownloadFailed(
        f"Maven could not fetch {_ARTIFACT}: {words}",
        remedy=f"check the network and Maven's settings; the whole output is in {log}",
    )
