"""The distribution is the pinned one or none, and appears whole or not at all."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from provisioning.stack.distribution import unpack, verify
from provisioning.stack.errors import DownloadFailed


def _archive(folder: Path) -> Path:
    path = folder / "keycloak.zip"
    with zipfile.ZipFile(path, "w") as archive:
        script = zipfile.ZipInfo("keycloak-x/bin/kc.sh")
        script.external_attr = 0o100755 << 16
        archive.writestr(script, "#!/bin/sh\n")
        archive.writestr("keycloak-x/version.txt", "x")
    return path


def test_the_pinned_digest_is_accepted_and_any_other_refused_with_both(tmp_path: Path) -> None:
    archive = _archive(tmp_path)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    verify(archive, digest)
    with archive.open("ab") as file:
        file.write(b"!")
    with pytest.raises(DownloadFailed) as refused:
        verify(archive, digest)
    assert digest in refused.value.message
    assert hashlib.sha256(archive.read_bytes()).hexdigest() in refused.value.message


def test_unpacking_keeps_programs_executable(tmp_path: Path) -> None:
    home = unpack(_archive(tmp_path), tmp_path / "unpacked")
    assert home.name == "keycloak-x"
    assert (home / "bin" / "kc.sh").stat().st_mode & 0o111
    assert not (home / "version.txt").stat().st_mode & 0o111


def test_a_broken_archive_is_refused_in_words(tmp_path: Path) -> None:
    broken = tmp_path / "keycloak.zip"
    broken.write_bytes(_archive(tmp_path).read_bytes()[:40])
    with pytest.raises(DownloadFailed, match="not a whole distribution"):
        unpack(broken, tmp_path / "unpacked")
