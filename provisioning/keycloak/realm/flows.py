"""Authentication flows of people and of clients.

`aikom-browser`: user name and password, then always a one-time code. A user without one must enrol it.
`aikom-clients`: signed JWT, or a secret compared by digest (decision 5). Readable secrets open nothing. Its
last step is Keycloak's for public clients, which in our realms lets in the administration console alone
(decision 27).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.handler import RealmContext
from provisioning.keycloak.realm.settings import BROWSER_FLOW, CLIENT_FLOW, GUARDED
from provisioning.planning.objects import FieldPath, ObjectType, RealmObject, UpdateObject, Value

_FORMS: Final = f"{BROWSER_FLOW} forms"
_STEPS: Final[FieldPath] = ("executions",)
_KIND: Final[FieldPath] = ("providerId",)


@dataclass(frozen=True, slots=True)
class _Step:
    """One execution: of which flow, what, and how necessary. `is_flow` when `what` is the alias of a subflow."""

    flow: str
    what: str
    requirement: str
    is_flow: bool = False

    def __str__(self) -> str:
        return f"{self.flow}: {self.what} {self.requirement}"


_FLOWS: Final[Mapping[str, tuple[str, tuple[_Step, ...]]]] = {
    BROWSER_FLOW: (
        "basic-flow",
        (
            _Step(BROWSER_FLOW, "auth-cookie", "ALTERNATIVE"),
            _Step(BROWSER_FLOW, _FORMS, "ALTERNATIVE", is_flow=True),
            _Step(_FORMS, "aikom-password-form", "REQUIRED"),
            _Step(_FORMS, "auth-otp-form", "REQUIRED"),
        ),
    ),
    CLIENT_FLOW: (
        "client-flow",
        (
            _Step(CLIENT_FLOW, "client-jwt", "ALTERNATIVE"),
            _Step(CLIENT_FLOW, "aikom-api-key", "ALTERNATIVE"),
            _Step(CLIENT_FLOW, "client-secret", "ALTERNATIVE"),
        ),
    ),
}


class Flows:
    """`/authentication/flows`. A flow is compared and written as its ordered list of steps."""

    type = ObjectType.FLOW

    def desired(self, context: RealmContext) -> Iterator[RealmObject]:
        """Yield the two flows of this system; Keycloak's built-in ones are left as they are, unused."""
        for alias, (kind, steps) in _FLOWS.items():
            fields: dict[FieldPath, Value] = {_KIND: kind, _STEPS: tuple(map(str, steps))}
            yield RealmObject(self.type, alias, fields)

    def read(self, connection: KeycloakConnection, names: Collection[str]) -> Iterator[RealmObject]:
        """Read flows with their executions in order."""
        for flow in connection.get("/authentication/flows") or []:
            if flow["alias"] in names:
                steps = tuple(str(step) for step, _ in _read_steps(connection, flow["alias"]))
                fields: dict[FieldPath, Value] = {_KIND: flow["providerId"], _STEPS: steps}
                yield RealmObject(self.type, flow["alias"], fields)

    def create(self, connection: KeycloakConnection, wanted: RealmObject, context: RealmContext) -> None:
        """Make the empty flow, then its steps. Each step is looked up first, so a repeated run goes on."""
        _create(connection, wanted.name)
        _write_steps(connection, wanted.name)

    def update(self, connection: KeycloakConnection, change: UpdateObject, context: RealmContext) -> None:
        """Bring the steps back to what they should be: missing ones made, foreign ones removed, order restored."""
        _write_steps(connection, change.object.name)


def bind_client_flow(connection: KeycloakConnection) -> None:
    """Mark the realm as guarded, then make `aikom-clients` the way clients authenticate.

    For the bootstrap; safe to repeat.
    """
    realm = connection.get("")
    if realm["clientAuthenticationFlow"] == CLIENT_FLOW:
        return
    realm["attributes"] = {**realm.get("attributes", {}), GUARDED: "true"}
    connection.put("", realm)
    if CLIENT_FLOW not in {flow["alias"] for flow in connection.get("/authentication/flows") or []}:
        _create(connection, CLIENT_FLOW)
    _write_steps(connection, CLIENT_FLOW)
    connection.put("", {**realm, "clientAuthenticationFlow": CLIENT_FLOW})


def _create(connection: KeycloakConnection, alias: str) -> None:
    kind, _ = _FLOWS[alias]
    body = {"alias": alias, "providerId": kind, "topLevel": True, "builtIn": False, "description": ""}
    connection.post("/authentication/flows", body)


def _read_steps(connection: KeycloakConnection, alias: str) -> list[tuple[_Step, dict[str, Any]]]:
    steps: list[tuple[_Step, dict[str, Any]]] = []
    parents = [alias]
    for execution in connection.get(f"/authentication/flows/{quote(alias, safe='')}/executions") or []:
        level = execution["level"]
        is_flow = bool(execution.get("authenticationFlow"))
        what = execution["displayName"] if is_flow else execution["providerId"]
        steps.append((_Step(parents[level], what, execution["requirement"], is_flow), execution))
        if is_flow:
            parents = [*parents[: level + 1], what]
    return steps


def _write_steps(connection: KeycloakConnection, alias: str) -> None:
    kind, wanted = _FLOWS[alias]
    present = {(step.flow, step.what): execution for step, execution in _read_steps(connection, alias)}
    for step in wanted:
        if (step.flow, step.what) not in present:
            _add_step(connection, step, kind)
    missing = {(step.flow, step.what) for step in wanted}
    for step, execution in _read_steps(connection, alias):
        if (step.flow, step.what) in missing:
            missing.remove((step.flow, step.what))
        else:  # Foreign, or there a second time.
            connection.delete(f"/authentication/executions/{execution['id']}")
    present = {(step.flow, step.what): execution for step, execution in _read_steps(connection, alias)}
    for position, step in enumerate(wanted):
        body = {**present[step.flow, step.what], "requirement": step.requirement, "priority": 10 * (position + 1)}
        connection.put(f"/authentication/flows/{quote(alias, safe='')}/executions", body)


def _add_step(connection: KeycloakConnection, step: _Step, kind: str) -> None:
    path = f"/authentication/flows/{quote(step.flow, safe='')}/executions"
    if step.is_flow:
        connection.post(f"{path}/flow", {"alias": step.what, "type": kind, "description": "", "provider": ""})
    else:
        connection.post(f"{path}/execution", {"provider": step.what})
