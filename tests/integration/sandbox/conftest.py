"""A sandbox of its own for each module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.configuration import school
from tests.support.keycloak_server import KeycloakServer
from tests.support.office import Office, office
from tests.support.sandbox_running import SandboxWorld, sandbox_world

__all__ = ["office"]


@pytest.fixture(scope="module")
def world(
    keycloak_server: KeycloakServer, office: Office, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SandboxWorld]:
    """The real installation has one school; the sandbox is beside it."""
    office.folder.write(school(1))
    office.apply()
    with sandbox_world(keycloak_server, office, tmp_path_factory.mktemp("sandbox")) as made:
        yield made
