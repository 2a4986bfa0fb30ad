"""An exported realm is the configuration it was made from."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from provisioning.cli.configuration.export import export
from provisioning.keycloak.lookups import require_user
from provisioning.model.institution import Institution
from provisioning.registry import load_configuration
from provisioning.settings import Settings
from tests.support.configuration import EXAMPLE
from tests.support.office import Office

pytestmark = pytest.mark.keycloak


@pytest.fixture(scope="module")
def provisioned(office: Office) -> Office:
    """The whole example, in Keycloak."""
    shutil.copytree(EXAMPLE / "institutions", office.folder.path / "institutions", dirs_exist_ok=True)
    office.apply()
    return office


@pytest.fixture(autouse=True)
def environment(provisioned: Office, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in provisioned.realm.settings.values.items():
        monkeypatch.setenv(name, value)
    return provisioned.realm.settings


def exported(folder: Path, office: Office) -> tuple[int, str, dict[str, Institution]]:
    """Exit code, what was printed, and the institutions, after the policy files were put beside them."""
    done = CliRunner().invoke(export, [str(folder)])
    for name in ("realm.yaml", "rights.yaml", "protocol.yaml", "staff.yaml", "requirements.yaml"):
        shutil.copy(office.folder.path / name, folder)
    shutil.copytree(office.folder.path / "agreement", folder / "agreement", dirs_exist_ok=True)
    configuration = load_configuration(folder).configuration
    return done.exit_code, done.output, {i.id: i for i in configuration.institutions} if configuration else {}


def test_the_export_of_the_example_is_the_example(provisioned: Office, tmp_path: Path) -> None:
    code, output, institutions = exported(tmp_path / "out", provisioned)
    assert code == 0, output
    assert institutions == {i.id: i for i in provisioned.folder.load().institutions}


def test_a_folder_with_records_is_not_overwritten(provisioned: Office) -> None:
    done = CliRunner().invoke(export, [str(provisioned.folder.path)])
    assert done.exit_code != 0
    assert "is not empty" in str(done.exception)


def test_an_account_that_somebody_disabled_by_hand_is_a_gap_and_not_a_deactivation(
    provisioned: Office, tmp_path: Path
) -> None:
    admin = provisioned.realm.admin
    user = require_user(admin, "46-0001001")
    admin.put(f"/users/{user['id']}", {**user, "enabled": False})
    code, output, _ = exported(tmp_path / "out", provisioned)
    admin.put(f"/users/{user['id']}", user)
    assert code == 2
    assert "46-0001001: why it is disabled is not known" in output
