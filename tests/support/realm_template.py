"""A realm as a bootstrap and the first `apply` leave it, saved once per Keycloak and made again by one import.

Whatever names one realm only - its name, its ids, its keys, its secrets - is new in each copy. Accounts of staff and
institutions are in none of them: making those is what tests look at.
"""

from __future__ import annotations

import fcntl
import json
import re
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from provisioning.keycloak.bootstrap import PROVISIONING_CLIENT, PROVISIONING_ROLES, bootstrap_realm
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.catalogue import carry_out, desired_objects, read_objects
from provisioning.keycloak.realm.handler import RealmContext, RealmReading
from provisioning.keycloak.realm.narrow import ACCOUNT_SECRETS, DOOR_ROLES
from provisioning.model.identifiers import service_account_of
from provisioning.model.secret import Secret
from provisioning.planning.objects import ObjectType, diff_objects
from provisioning.registry.loading import load_configuration
from provisioning.settings import Settings

TEMPLATE: Final = "template-of-realms"
NONE_AFTER_LOGOUT: Final = ("post.logout.redirect.uris", "-")
_KEYS: Final = "org.keycloak.keys.KeyProvider"
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def import_realm(admin: KeycloakConnection, name: str, secret: Secret, settings: Settings, folder: Path) -> None:
    """Make realm `name` with `secret` for its provisioning account; the template is made in `folder`, if it is not."""
    text = _template(admin, settings, folder).replace(TEMPLATE, name)
    ids: dict[str, str] = {}
    text = _UUID.sub(lambda found: ids.setdefault(found[0], str(uuid.uuid4())), text)
    representation = json.loads(text)
    admin.create_realm(representation)
    # Keycloak gives offline_access to whatever it imports; a bootstrap takes it away, and sets the secret.
    bootstrap_realm(admin, name, secret)


def _template(admin: KeycloakConnection, settings: Settings, folder: Path) -> str:
    folder.mkdir(exist_ok=True)
    saved = folder / "realm.json"
    with (folder / "realm.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not saved.is_file():
            saved.write_text(json.dumps(_made(admin, settings)), encoding="utf-8")
    return saved.read_text(encoding="utf-8")


def _made(admin: KeycloakConnection, settings: Settings) -> Mapping[str, Any]:
    """Bootstrap a realm, bring its objects there, and take it down in words."""
    bootstrap_realm(admin, TEMPLATE)
    inside = admin.for_realm(TEMPLATE)
    apply_objects(inside, Settings({**settings.values, "AIKOM_REALM": TEMPLATE}), ObjectType.STAFF)
    exported = exported_realm(inside)
    for client in exported["clients"]:
        client.pop("secret", None)
        # "None", which an absent list means too; an import would set what is absent to "all redirect addresses".
        client["attributes"].setdefault(*NONE_AFTER_LOGOUT)
    exported["components"].pop(_KEYS)
    exported["users"] = [
        {
            "username": f"service-account-{PROVISIONING_CLIENT}",
            "enabled": True,
            "serviceAccountClientId": PROVISIONING_CLIENT,
            "realmRoles": [f"default-roles-{TEMPLATE}"],
            "clientRoles": {"realm-management": sorted(PROVISIONING_ROLES)},
        },
        *(_narrow_account(name) for name in ACCOUNT_SECRETS),
    ]
    return exported


def _narrow_account(name: str) -> dict[str, Any]:
    roles = sorted(role for role, (account, _) in DOOR_ROLES.items() if account == name)
    return {
        "username": service_account_of(name),
        "enabled": True,
        "serviceAccountClientId": name,
        "realmRoles": [f"default-roles-{TEMPLATE}", *roles],
    }


def exported_realm(inside: KeycloakConnection) -> dict[str, Any]:
    """Everything of a realm but its users."""
    exported: dict[str, Any] = inside.post("/partial-export?exportClients=true&exportGroupsAndRoles=true", {})
    return exported


def apply_objects(connection: KeycloakConnection, settings: Settings, *but: ObjectType) -> None:
    """Bring the realm's objects to what the configuration says, without those of types in `but`."""
    configuration = load_configuration(settings.config_dir).require()
    context = RealmContext(configuration, settings)
    wanted = [found for found in desired_objects(context) if found.type not in but]
    for change in diff_objects(wanted, read_objects(RealmReading(connection), wanted)):
        carry_out(connection, change, context)
