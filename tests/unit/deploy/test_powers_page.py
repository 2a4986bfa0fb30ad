"""docs/security.md says of every process what docker-compose.yml gives it: secrets, role, account, networks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.compose import Service, made_secrets, services
from tests.support.powers_page import processes

_ACCOUNTS = {
    "/secrets/account/provisioning": "provisioning",
    "/secrets/account-sandbox/sandbox": "sandbox",
    "account-public": "aikom-public",
    "account-portal": "aikom-portal",
    "account-desk": "aikom-desk",
    "sidecar-client": "sidecar",
    "keycloak-bootstrap": "aikom-bootstrap",
}
"""Secret → the account of Keycloak that it opens."""

_BY_HAND = {"roles": frozenset({"postgres"}), "database": frozenset({"postgres"}), "keycloak": frozenset({"keycloak"})}
"""Roles of services that are no programs of ours, by the files that they read."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_secrets(tmp_path_factory.mktemp("secrets"))


def test_every_process_has_a_row() -> None:
    assert set(processes()) == set(services()) - {"secrets"}


@pytest.mark.parametrize("name", sorted(set(services()) - {"secrets"}))
def test_the_row_is_what_the_compose_file_says(made: Path, name: str) -> None:
    service, said = services()[name], processes()[name]
    secrets = _secrets(service, made)
    assert said.secrets == secrets
    assert said.networks == frozenset(service.spec.get("networks", []))
    assert said.accounts == frozenset(_ACCOUNTS[key] for key in _ACCOUNTS if key.rpartition("/")[2] in secrets)
    roles = {_role(made, value) for value in service.environment.values() if value.endswith("-url")}
    assert said.roles == _BY_HAND.get(name, frozenset(roles))


def _secrets(service: Service, made: Path) -> frozenset[str]:
    """Names of the files in the folders that it mounts; what setup writes counts where it is mounted."""
    folders = [folder.removeprefix("/secrets/") for folder in service.secret_folders]
    names = {file.name for folder in folders for file in (made / folder).glob("*") if folder != "published"}
    names |= {place.rpartition("/")[2] for place in _ACCOUNTS if place.rpartition("/")[0] in service.secret_folders}
    names |= {"key"} if "/secrets/checkpoints" in service.secret_folders else set()
    before = {target for target in service.mounts if target.startswith("/secrets/before")}
    return frozenset(names | before)


def _role(made: Path, place: str) -> str:
    text = (made / place.removeprefix("/secrets/")).read_text(encoding="utf-8")
    found = re.match(r"postgresql\+psycopg://(\w+):", text)
    assert found is not None
    return found[1]
