"""Authentication flows of people and of clients.

`aikom-browser`: user name and password, then always a one-time code. A user without one must enrol it.
`aikom-clients`: signed JWT, or a secret compared by digest (decision 5). Readable secrets open nothing. Its
last step is Keycloak's for public clients, which in our realms lets in the administration console alone
(decision 27).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.flow_steps import Step, describe, exported_steps, parse_step, write_steps
from provisioning.keycloak.realm.handler import RealmContext, RealmReading
from provisioning.keycloak.realm.settings import BROWSER_FLOW, CLIENT_FLOW, GUARDED
from provisioning.planning.objects import FieldPath, ObjectType, RealmObject, UpdateObject, Value

_FORMS: Final = f"{BROWSER_FLOW} forms"
_STEPS: Final[FieldPath] = ("executions",)


_FLOWS: Final[Mapping[str, tuple[str, tuple[Step, ...]]]] = {
    BROWSER_FLOW: (
        "basic-flow",
        (
            Step(BROWSER_FLOW, "auth-cookie", "ALTERNATIVE"),
            Step(BROWSER_FLOW, _FORMS, "ALTERNATIVE", is_flow=True),
            Step(_FORMS, "aikom-password-form", "REQUIRED"),
            Step(_FORMS, "auth-otp-form", "REQUIRED"),
        ),
    ),
    CLIENT_FLOW: (
        "client-flow",
        (
            Step(CLIENT_FLOW, "client-jwt", "ALTERNATIVE"),
            Step(CLIENT_FLOW, "aikom-api-key", "ALTERNATIVE"),
            Step(CLIENT_FLOW, "client-secret", "ALTERNATIVE"),
        ),
    ),
}


class Flows:
    """`/authentication/flows`. A flow is compared and written as its ordered steps with their configuration."""

    type = ObjectType.FLOW

    def desired(self, context: RealmContext) -> Iterator[RealmObject]:
        """Yield the two flows of this system; Keycloak's built-in ones, unused, must be as they were born."""
        for alias, (kind, steps) in _FLOWS.items():
            flows = {alias, *(step.flow for step in steps)}
            fields: dict[FieldPath, Value] = {("flows", flow, "providerId"): kind for flow in flows}
            yield RealmObject(self.type, alias, {**fields, _STEPS: tuple(map(str, steps))})

    def read(self, reading: RealmReading, names: Collection[str]) -> Iterator[RealmObject]:
        """Read flows with their steps in order, subflows in place."""
        flows = {flow["alias"]: flow for flow in reading.export["authenticationFlows"]}
        configs = {config["alias"]: config.get("config", {}) for config in reading.export["authenticatorConfig"]}
        for alias in names:
            if alias in flows:
                steps = list(exported_steps(flows, configs, alias))
                fields: dict[FieldPath, Value] = {_STEPS: tuple(map(str, steps))}
                for flow in {alias, *(step.flow for step in steps)}:
                    for field in ("providerId", "description"):
                        fields["flows", flow, field] = flows[flow].get(field)
                yield RealmObject(self.type, alias, fields)

    def create(self, connection: KeycloakConnection, wanted: RealmObject, context: RealmContext) -> None:
        """Make the empty flow, then its steps. Each step is looked up first, so a repeated run goes on."""
        _create(connection, wanted.name, str(wanted.fields["flows", wanted.name, "providerId"]))
        self._write(connection, wanted)

    def update(self, connection: KeycloakConnection, change: UpdateObject, context: RealmContext) -> None:
        """Bring the steps back to what they should be: missing ones made, foreign ones removed, order restored."""
        self._write(connection, change.object)
        described = [field for field in change.changes if field.path[-1] == "description"]
        for field in described:
            describe(connection, change.object.name, field.path[1], str(field.after or ""))

    def _write(self, connection: KeycloakConnection, wanted: RealmObject) -> None:
        flows = {path[1] for path in wanted.fields if path[0] == "flows"}
        steps = wanted.fields.get(_STEPS)
        parsed = [parse_step(text, flows) for text in steps] if isinstance(steps, tuple) else []
        write_steps(connection, wanted.name, parsed, str(wanted.fields["flows", wanted.name, "providerId"]))


def bind_client_flow(connection: KeycloakConnection) -> None:
    """Mark the realm as guarded, then make `aikom-clients` the way clients authenticate.

    For the bootstrap; safe to repeat.
    """
    realm = connection.get("")
    if realm["clientAuthenticationFlow"] == CLIENT_FLOW:
        return
    realm["attributes"] = {**realm.get("attributes", {}), GUARDED: "true"}
    connection.put("", realm)
    kind, steps = _FLOWS[CLIENT_FLOW]
    if CLIENT_FLOW not in {flow["alias"] for flow in connection.get("/authentication/flows") or []}:
        _create(connection, CLIENT_FLOW, kind)
    write_steps(connection, CLIENT_FLOW, steps, kind)
    connection.put("", {**realm, "clientAuthenticationFlow": CLIENT_FLOW})


def _create(connection: KeycloakConnection, alias: str, kind: str) -> None:
    body = {"alias": alias, "providerId": kind, "topLevel": True, "builtIn": False, "description": ""}
    connection.post("/authentication/flows", body)
