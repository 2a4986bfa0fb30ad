"""Name and contact on every page are those of `realm.yaml`, as it is now. Source: order cl. 9."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from provisioning.settings import Settings
from tests.support.sidecar_running import SETTINGS, Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

PAGE = {"Accept": "text/html"}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A copy of the example that a test may edit."""
    return Path(copytree(SETTINGS["AIKOM_CONFIG"], tmp_path / "realm-config"))


@pytest.fixture
def sidecar_settings(tmp_path: Path, config: Path) -> Settings:
    database = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    return Settings({**SETTINGS, "AIKOM_DATABASE_URL": database, "AIKOM_CONFIG": str(config)})


def test_every_page_names_the_house_and_whom_to_ask_in_both_languages(sidecar: Sidecar) -> None:
    client = sidecar.client()
    for language, name, hours in (
        ("uk", "Доступ до центральної бази даних АІКОМ", "у робочі дні з 9:00 до 18:00"),
        ("en", "Access to the AIKOM central database", "on working days, 9:00 to 18:00"),
    ):
        for path in ("/", "/ois", "/nothing-here"):
            page = client.get(f"{path}?lang={language}", headers=PAGE).text
            for words in (f"{name}</title>", "mailto:support@iea.example", "tel:+380440000000", hours):
                assert words in page


def test_a_change_of_the_file_shows_at_once(sidecar: Sidecar, config: Path) -> None:
    assert "help@iea.example" not in sidecar.client().get("/", headers=PAGE).text
    realm = config / "realm.yaml"
    realm.write_text(realm.read_text(encoding="utf-8").replace("support@iea", "help@iea"), encoding="utf-8")
    assert "mailto:help@iea.example" in sidecar.client().get("/", headers=PAGE).text


def test_a_file_that_cannot_be_read_takes_no_page_away(sidecar: Sidecar, config: Path) -> None:
    (config / "realm.yaml").write_text("display_name: [", encoding="utf-8")
    page = sidecar.client().get("/", headers=PAGE)
    assert (page.status_code, "Доступ до АІКОМ</title>" in page.text) == (200, True)
