"""Fixtures `portal`, the sidecar beside a real Keycloak, and `born_key`, an API key in it: one per test module.

A test module asks for it with `pytest_plugins = ("tests.support.sidecar_keycloak_fixtures",)`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from provisioning.keycloak.accounts.representations import key_client, service_account
from provisioning.model.identifiers import ClientId
from provisioning.planning.changes import KeyImage
from tests.support.realm import Realm
from tests.support.sidecar_names import SECOND_GENERATION
from tests.support.sidecar_with_keycloak import SidecarWithKeycloak, sidecar_with_keycloak


@pytest.fixture(scope="module")
def portal(realm: Realm, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SidecarWithKeycloak]:
    """A sidecar that people can sign in to."""
    with sidecar_with_keycloak(realm, tmp_path_factory.mktemp("sidecar")) as running:
        yield running


@pytest.fixture(scope="module")
def born_key(portal: SidecarWithKeycloak) -> ClientId:
    """The API key of the second generation, as it is born: Keycloak has it with its rights, nobody knows its secret."""
    client_id = ClientId(f"api-{SECOND_GENERATION}-k1")
    attributes = {"institution_id": "46-0001235", "kind": "school", "sphere": "/00-0000001/46-0001235"}
    born = KeyImage(client_id, True, True, attributes, frozenset({"kind-school"}))
    batch = {"ifResourceExists": "FAIL", "clients": [key_client(born)], "users": [service_account(born)]}
    portal.realm.connection.post("/partialImport", batch)
    return client_id
