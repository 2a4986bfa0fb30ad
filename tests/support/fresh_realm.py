"""What a realm has besides what is asked for: read from one that was just made, as `fresh_realm.json` has it.

    python -m tests.support.fresh_realm FOLDER

starts a Keycloak with its data in the folder and writes the file anew, after an upgrade of Keycloak.
"""

from __future__ import annotations

import json
import secrets
import sys
from pathlib import Path
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.baseline import FRESH
from provisioning.keycloak.realm.catalogue import asked_objects, carry_out, read_objects
from provisioning.keycloak.realm.components import exported_components
from provisioning.keycloak.realm.handler import RealmContext, RealmReading
from provisioning.planning.objects import ObjectType, RealmObject, diff_objects
from provisioning.registry.loading import load_configuration
from tests.support.keycloak_server import start_server
from tests.support.realm import Realm, new_realm

_BY_CONFIGURATION: Final = (ObjectType.RIGHT, ObjectType.ROLE)
"""Types whose objects are named by the configuration: what a fresh one has is the same for all."""


def baseline(realm: Realm) -> dict[str, dict[str, list[Any]]]:
    """Bring a bare realm to the configuration without its staff, and return what else it has."""
    context = RealmContext(load_configuration(realm.settings.config_dir).require(), realm.settings)
    objects = [thing for thing in asked_objects(context) if thing.type is not ObjectType.STAFF]
    # As born: of a client that asks for some fields, writing them would take away the others.
    before = _read_all(realm.connection, [])
    born = {(thing.type, thing.name): thing for thing in before if thing.type is ObjectType.CLIENT}
    for change in diff_objects(objects, read_objects(RealmReading(realm.connection), objects)):
        carry_out(realm.connection, change, context)
    asked = {(thing.type, thing.name): thing.fields for thing in objects}
    rows: dict[str, dict[str, list[Any]]] = {}
    for found in _read_all(realm.connection, list(asked)):
        thing = born.get((found.type, found.name), found)
        wanted = asked.get((thing.type, thing.name))
        name = "" if wanted is not None and thing.type in _BY_CONFIGURATION else thing.name
        extra = [[list(path), value] for path, value in sorted(thing.fields.items()) if path not in (wanted or {})]
        kept = [[path, value] for path, value in extra if value not in (None, "", ())]
        if kept:
            rows.setdefault(thing.type.value, {})[name] = kept
    return dict(json.loads(json.dumps(rows, ensure_ascii=False).replace(realm.name, "{realm}")))


def _read_all(connection: KeycloakConnection, asked: list[tuple[ObjectType, str]]) -> list[RealmObject]:
    reading = RealmReading(connection)
    export = reading.export
    born = {
        ObjectType.FLOW: [flow["alias"] for flow in export["authenticationFlows"] if flow["topLevel"]],
        ObjectType.REQUIRED_ACTION: [action["alias"] for action in export["requiredActions"]],
        ObjectType.ROLE: [role["name"] for role in export["roles"]["realm"]],
        ObjectType.CLIENT_SCOPE: [scope["name"] for scope in export["clientScopes"]],
        ObjectType.CLIENT: [client["clientId"] for client in connection.get("/clients")],
        ObjectType.COMPONENT: [name for name, _ in exported_components(export)],
    }
    names = {*asked, *((kind, name) for kind, found in born.items() for name in found)}
    names -= {(ObjectType.CLIENT, name) for kind, name in asked if kind is ObjectType.RESOURCE_SERVER}
    return read_objects(reading, [RealmObject(kind, name, {}) for kind, name in sorted(names)])


def main() -> None:
    """Write the file."""
    folder = Path(sys.argv[1])
    server = start_server(folder)
    try:
        found = baseline(new_realm(server, folder / secrets.token_hex(4), "smtp://127.0.0.1:25", bare=True))
    finally:
        server.stop()
    FRESH.write_text(json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
