"""Required actions: what Keycloak asks of a person before letting them in, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.fields import flatten, merged
from provisioning.keycloak.realm.handler import RealmContext, RealmReading
from provisioning.planning.objects import ObjectType, RealmObject, UpdateObject, diff_fields

ACTIVATE: Final = "aikom-activate"

_PRIORITIES: Final[Mapping[str, int]] = {"UPDATE_PASSWORD": 10, "CONFIGURE_TOTP": 20, ACTIVATE: 900}
_NAMES: Final[Mapping[str, str]] = {ACTIVATE: "Record the activation of an account"}
_FRESH_LOGIN: Final = {"config": {"max_auth_age": "0"}}
"""A person who asks for the action by `kc_action` signs in again first; Keycloak's own limit is five minutes."""

_OFF: Final = (
    "CONFIGURE_RECOVERY_AUTHN_CODES",
    "TERMS_AND_CONDITIONS",
    "UPDATE_EMAIL",
    "UPDATE_PROFILE",
    "VERIFY_EMAIL",
    "VERIFY_PROFILE",
    "delete_account",
    "delete_credential",
    "idp_link",
    "webauthn-register",
    "webauthn-register-passwordless",
)
"""What the browser flow cannot use, or what would take an account's second factor away."""


class RequiredActions:
    """`/authentication/required-actions`."""

    type = ObjectType.REQUIRED_ACTION

    def desired(self, context: RealmContext) -> Iterator[RealmObject]:
        """Return password, then second factor, then the record that the base key was used (order cl. 4)."""
        for alias, priority in _PRIORITIES.items():
            own = {} if alias == ACTIVATE else _FRESH_LOGIN
            fields = flatten({"enabled": True, "defaultAction": False, "priority": priority, **own})
            yield RealmObject(self.type, alias, fields)
        for alias in _OFF:
            yield RealmObject(self.type, alias, flatten({"enabled": False, "defaultAction": False}))

    def read(self, reading: RealmReading, names: Collection[str]) -> Iterator[RealmObject]:
        """Read the registered actions."""
        for action in reading.export["requiredActions"]:
            if action["alias"] in names:
                yield RealmObject(self.type, action["alias"], flatten(action))

    def create(self, connection: KeycloakConnection, wanted: RealmObject, context: RealmContext) -> None:
        """Register an action of the extension, then set its fields."""
        name = _NAMES.get(wanted.name, wanted.fields.get(("name",)) or wanted.name)
        connection.post("/authentication/register-required-action", {"providerId": wanted.name, "name": name})
        found = {o.name: o for o in self.read(RealmReading(connection), [wanted.name])}[wanted.name]
        self.update(connection, UpdateObject(wanted, diff_fields(wanted.fields, found.fields)), context)

    def update(self, connection: KeycloakConnection, change: UpdateObject, context: RealmContext) -> None:
        """Update the changed fields by PUT."""
        path = f"/authentication/required-actions/{change.object.name}"
        connection.put(path, merged(connection.get(path), change.changes))
