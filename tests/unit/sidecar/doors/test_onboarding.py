"""Registration goes by the files as they are now, and says so when they cannot be used."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sidecar.doors.errors import OfficeClosed
from sidecar.doors.onboarding import OnboardingFiles
from tests.support.sidecar_running import SETTINGS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration of our own to change."""
    return Path(shutil.copytree(SETTINGS["AIKOM_CONFIG"], tmp_path / "realm-config"))


def test_what_was_read_stays_until_a_file_changes(folder: Path) -> None:
    files = OnboardingFiles(folder)
    first = files.current()
    assert files.current() is first
    requirements = folder / "requirements.yaml"
    requirements.write_text(requirements.read_text(encoding="utf-8") + "\n# A remark.\n", encoding="utf-8")
    assert files.current() is not first and files.current() == first


@pytest.mark.parametrize("name", ["rights.yaml", "requirements.yaml"])
def test_a_file_that_is_not_there_closes_the_office_until_it_is_back(folder: Path, name: str) -> None:
    files, file = OnboardingFiles(folder), folder / name
    first, kept = files.current(), file.read_bytes()
    file.unlink()
    for _ in range(2):
        with pytest.raises(OfficeClosed, match="cannot be used"):
            files.current()
    file.write_bytes(kept)
    assert files.current() == first


def test_an_agreement_that_is_taken_away_is_missed(folder: Path) -> None:
    files = OnboardingFiles(folder)
    (only,) = (folder / "agreement").glob("*.yaml")
    assert len(files.current().agreements) == 1
    only.unlink()
    with pytest.raises(OfficeClosed):
        files.current()
