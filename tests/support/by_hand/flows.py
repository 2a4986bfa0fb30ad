"""Every field of authentication flows, their steps and settings, and of required actions changed by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final
from urllib.parse import quote

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.planning.objects import ObjectType
from tests.support.by_hand.change import NEVER, Act, Change, Place, merge

FLOW: Final = "AuthenticationFlowRepresentation"
STEP: Final = "AuthenticationExecutionExportRepresentation"
CONFIG: Final = "AuthenticatorConfigRepresentation"
ACTION: Final = "RequiredActionProviderRepresentation"

_OWN: Final = "Keycloak's own, no call changes it"
FLOW_LEFT: Final[Mapping[str, str]] = {
    "id": _OWN,
    **dict.fromkeys(("providerId", "topLevel", "builtIn"), "no call changes it; made otherwise it is another flow"),
    "alias": "the name itself: a renamed flow is a lost one and a foreign one",
}
STEP_LEFT: Final[Mapping[str, str]] = {
    "authenticatorFlow": "follows from flowAlias",
    "autheticatorFlow": "of older versions, the same misspelt",
    "userSetupAllowed": "computed",
}
CONFIG_LEFT: Final[Mapping[str, str]] = {"id": _OWN}
ACTION_LEFT: Final[Mapping[str, str]] = {
    "alias": "the name itself: a renamed action is a lost one and a foreign one",
    "providerId": "no call changes it; made otherwise it is another action",
}

_BROWSER, _CLIENTS, _BORN, _RESET = "aikom-browser", "aikom-clients", "first broker login", "reset credentials"
_CONFIGURED: Final = "idp-review-profile"
"""A step that is born with a configuration."""


def flow_changes() -> Iterator[Change]:
    """Yield a change of every field of flows of ours and of Keycloak's, and of their steps."""
    for alias in (_BROWSER, _CLIENTS, _BORN, "browser"):
        named = f"flows.{alias}.description"
        yield Change(FLOW, "description", _flow(alias), named, partial(_describe, alias))
    steps = partial(Change, STEP, named="executions")
    for alias, what in ((_BROWSER, "auth-otp-form"), (_RESET, "reset-otp"), (_CLIENTS, "client-jwt")):
        yield steps("requirement", _flow(alias), act=_of_step(alias, what, requirement="DISABLED"))
    yield steps("priority", _flow(_CLIENTS), act=_of_step(_CLIENTS, "client-secret", priority=1))
    yield steps("authenticator", _flow(_BROWSER), act=_with_step(_BROWSER, "auth-spnego"))
    yield steps("flowAlias", _flow(_CLIENTS), act=_with_flow(_CLIENTS))
    yield Change(FLOW, "authenticationExecutions", _flow(_CLIENTS), "executions", _with_step(_CLIENTS, "client-x509"))
    yield steps("authenticatorConfig", _flow(_BROWSER), act=_with_config(_BROWSER, "auth-otp-form", {NEVER: "x"}))
    for entry, value in (("update.profile.on.first.login", "off"), (NEVER, "x")):
        act = _with_config(_BORN, _CONFIGURED, {entry: value})
        yield Change(CONFIG, "config", _flow(_BORN), "executions", act, entry)
    yield Change(CONFIG, "alias", _flow(_BORN), "executions", partial(_rename_config, _BORN, _CONFIGURED))


def action_changes() -> Iterator[Change]:
    """Yield a change of every field of required actions."""
    action = partial(Change, ACTION)
    for alias in ("VERIFY_EMAIL", "aikom-activate"):
        place = (ObjectType.REQUIRED_ACTION, alias)
        yield action("name", place, "name", _of_action(alias, name="foreign"))
        yield action("defaultAction", place, "defaultAction", _of_action(alias, defaultAction=True))
        yield action("priority", place, "priority", _of_action(alias, priority=77))
    for alias, enabled in (("UPDATE_PROFILE", True), ("CONFIGURE_TOTP", False)):
        place = (ObjectType.REQUIRED_ACTION, alias)
        yield action("enabled", place, "enabled", _of_action(alias, enabled=enabled))
    place = (ObjectType.REQUIRED_ACTION, "UPDATE_PASSWORD")
    for entry, value in (("max_auth_age", "900"), (NEVER, "x")):
        act = partial(_configure_action, "UPDATE_PASSWORD", {entry: value})
        yield action("config", place, f"config.{entry}", act, entry)


def _flow(alias: str) -> Place:
    return ObjectType.FLOW, alias


def _steps(admin: KeycloakConnection, flow: str) -> list[dict[str, Any]]:
    return list(admin.get(f"/authentication/flows/{quote(flow)}/executions"))


def _step(admin: KeycloakConnection, flow: str, what: str) -> dict[str, Any]:
    return next(one for one in _steps(admin, flow) if what in (one.get("providerId"), one["displayName"]))


def _of_step(flow: str, what: str, **fields: Any) -> Act:
    return lambda admin: admin.put(
        f"/authentication/flows/{quote(flow)}/executions", {**_step(admin, flow, what), **fields}
    )


def _with_step(flow: str, provider: str) -> Act:
    def act(admin: KeycloakConnection) -> None:
        admin.post(f"/authentication/flows/{quote(flow)}/executions/execution", {"provider": provider})

    return act


def _with_flow(flow: str) -> Act:
    def act(admin: KeycloakConnection) -> None:
        body = {"alias": "foreign part", "type": "client-flow", "description": "", "provider": ""}
        admin.post(f"/authentication/flows/{quote(flow)}/executions/flow", body)

    return act


def _with_config(flow: str, what: str, config: Mapping[str, str]) -> Act:
    """Give a step settings, or add to those that it has."""

    def act(admin: KeycloakConnection) -> None:
        step = _step(admin, flow, what)
        if (identifier := step.get("authenticationConfig")) is None:
            body = {"alias": f"of {what}", "config": config}
            admin.post(f"/authentication/executions/{step['id']}/config", body)
            return
        path = f"/authentication/config/{identifier}"
        found = admin.get(path)
        admin.put(path, {**found, "config": {**found.get("config", {}), **config}})

    return act


def _rename_config(flow: str, what: str, admin: KeycloakConnection) -> None:
    merge(admin, f"/authentication/config/{_step(admin, flow, what)['authenticationConfig']}", {"alias": "foreign"})


def _describe(alias: str, admin: KeycloakConnection) -> None:
    found = next(flow for flow in admin.get("/authentication/flows") if flow["alias"] == alias)
    admin.put(f"/authentication/flows/{found['id']}", {**found, "description": "foreign"})


def _of_action(alias: str, **fields: Any) -> Act:
    return lambda admin: merge(admin, f"/authentication/required-actions/{alias}", fields)


def _configure_action(alias: str, config: Mapping[str, str], admin: KeycloakConnection) -> None:
    path = f"/authentication/required-actions/{alias}"
    found = admin.get(path)
    admin.put(path, {**found, "config": {**found.get("config", {}), **config}})
