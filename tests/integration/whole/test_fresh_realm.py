"""What a realm has besides what the configuration asks for is known, of the Keycloak that runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from provisioning.keycloak.realm.baseline import FRESH
from provisioning.keycloak.realm.catalogue import desired_objects, read_objects
from provisioning.keycloak.realm.handler import RealmContext, RealmReading
from provisioning.planning.objects import ObjectType, diff_objects
from provisioning.registry.loading import load_configuration
from tests.support.fresh_realm import baseline
from tests.support.keycloak_server import KeycloakServer
from tests.support.realm import new_realm

pytestmark = pytest.mark.assure


def test_a_fresh_realm_is_as_written_down_and_needs_nothing_more(
    keycloak_server: KeycloakServer, tmp_path: Path
) -> None:
    realm = new_realm(keycloak_server, tmp_path, "smtp://127.0.0.1:25", bare=True)
    assert baseline(realm) == json.loads(FRESH.read_text(encoding="utf-8"))
    context = RealmContext(load_configuration(realm.settings.config_dir).require(), realm.settings)
    wanted = [thing for thing in desired_objects(context) if thing.type is not ObjectType.STAFF]
    # The reading above wrote some clients in part; everything else is as wanted.
    changes = diff_objects(wanted, read_objects(RealmReading(realm.connection), wanted))
    assert {change.object.type for change in changes} <= {ObjectType.CLIENT}
