"""Fixture `portal`: the sidecar beside a real Keycloak, one per test module.

A test module asks for it with `pytest_plugins = ("tests.support.sidecar_keycloak_fixtures",)`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .realm import Realm
from .sidecar_with_keycloak import SidecarWithKeycloak, sidecar_with_keycloak


@pytest.fixture(scope="module")
def portal(realm: Realm, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SidecarWithKeycloak]:
    """A sidecar that people can sign in to."""
    with sidecar_with_keycloak(realm, tmp_path_factory.mktemp("sidecar")) as running:
        yield running
