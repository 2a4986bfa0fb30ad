"""Steps of an authentication flow: read from an export of the realm, and written one by one."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from provisioning.keycloak.connection import KeycloakConnection

_TEXT: Final = re.compile(r"(.+?): (.+) (REQUIRED|ALTERNATIVE|CONDITIONAL|DISABLED)(?: (\{.*\}))?")


@dataclass(frozen=True, slots=True)
class Step:
    """One execution: of which flow, what, and how necessary. `is_flow` when `what` is the alias of a subflow.

    `config` is its configuration as JSON, under the configuration's alias; empty when it has none.
    """

    flow: str
    what: str
    requirement: str
    is_flow: bool = False
    config: str = ""

    def __str__(self) -> str:
        return f"{self.flow}: {self.what} {self.requirement} {self.config}".rstrip()


def parse_step(text: str, flows: Collection[str]) -> Step:
    """Return the step that `str` made `text` of; `flows` are the aliases of all subflows."""
    found = _TEXT.fullmatch(text)
    if found is None:
        raise ValueError(f"not a step of a flow: {text}")
    return Step(found[1], found[2], found[3], found[2] in flows, found[4] or "")


def exported_steps(
    flows: Mapping[str, Mapping[str, Any]], configs: Mapping[str, Mapping[str, str]], alias: str
) -> Iterator[Step]:
    """Yield the steps of a flow of an export, those of a subflow right after it."""
    for execution in sorted(flows[alias].get("authenticationExecutions", []), key=lambda one: int(one["priority"])):
        config = execution.get("authenticatorConfig")
        text = "" if config is None else json.dumps({config: configs.get(config, {})}, sort_keys=True)
        is_flow = "flowAlias" in execution
        what = execution["flowAlias"] if is_flow else execution["authenticator"]
        yield Step(alias, what, execution["requirement"], is_flow, text)
        if is_flow:
            yield from exported_steps(flows, configs, what)


def write_steps(connection: KeycloakConnection, alias: str, wanted: Sequence[Step], kind: str) -> None:
    """Bring the live steps of a flow to `wanted`: missing ones made, foreign ones removed, order and settings restored.

    Keycloak takes neither new steps for its built-in flows nor any away. Safe to repeat.
    """
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
        execution = present[step.flow, step.what]
        body = {**execution, "requirement": step.requirement, "priority": 10 * (position + 1)}
        connection.put(f"/authentication/flows/{quote(alias, safe='')}/executions", body)
        _configure(connection, execution, step)


def describe(connection: KeycloakConnection, alias: str, flow: str, description: str) -> None:
    """Set the description of a flow, or of a subflow of `alias`."""
    if flow == alias:
        found = next(one for one in connection.get("/authentication/flows") if one["alias"] == alias)
        connection.put(f"/authentication/flows/{found['id']}", {**found, "description": description})
        return
    for step, execution in _read_steps(connection, alias):
        if step.is_flow and step.what == flow:
            body = {**execution, "description": description}
            connection.put(f"/authentication/flows/{quote(alias, safe='')}/executions", body)


def _read_steps(connection: KeycloakConnection, alias: str) -> list[tuple[Step, dict[str, Any]]]:
    steps: list[tuple[Step, dict[str, Any]]] = []
    parents = [alias]
    for execution in connection.get(f"/authentication/flows/{quote(alias, safe='')}/executions") or []:
        level = execution["level"]
        is_flow = bool(execution.get("authenticationFlow"))
        what = execution["displayName"] if is_flow else execution["providerId"]
        steps.append((Step(parents[level], what, execution["requirement"], is_flow), execution))
        if is_flow:
            parents = [*parents[: level + 1], what]
    return steps


def _add_step(connection: KeycloakConnection, step: Step, kind: str) -> None:
    path = f"/authentication/flows/{quote(step.flow, safe='')}/executions"
    if step.is_flow:
        connection.post(f"{path}/flow", {"alias": step.what, "type": kind, "description": "", "provider": ""})
    else:
        connection.post(f"{path}/execution", {"provider": step.what})


def _configure(connection: KeycloakConnection, execution: Mapping[str, Any], step: Step) -> None:
    identifier = execution.get("authenticationConfig")
    if not step.config:
        if identifier is not None:
            connection.delete(f"/authentication/config/{identifier}")
        return
    ((alias, config),) = json.loads(step.config).items()
    if identifier is None:
        connection.post(f"/authentication/executions/{execution['id']}/config", {"alias": alias, "config": config})
    else:
        connection.put(f"/authentication/config/{identifier}", {"id": identifier, "alias": alias, "config": config})
