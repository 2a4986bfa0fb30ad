"""A realm for the tests of the Keycloak extension, and a school without credentials."""

from __future__ import annotations

import itertools

import pytest

from tests.support.extension_realm import ExtensionRealm, new_extension_realm
from tests.support.keycloak_server import KeycloakServer

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def extension(keycloak_server: KeycloakServer) -> ExtensionRealm:
    """A realm with the extension's flow and required action."""
    return new_extension_realm(keycloak_server)


@pytest.fixture
def school(extension: ExtensionRealm) -> str:
    """Username of a new account."""
    name = f"46-{next(_numbers):07d}"
    extension.new_account(name)
    return name
