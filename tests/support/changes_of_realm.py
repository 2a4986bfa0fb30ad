"""Changes by hand of every field of the realm itself and of its objects; users and API keys are `changes_by_hand`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import require_client, scope_ids
from provisioning.planning.objects import ObjectType

Act = Callable[[KeycloakConnection], None]


@dataclass(frozen=True, slots=True)
class Change:
    """One change by hand: of which object, which field, and how a plan names that field (its first steps)."""

    kind: ObjectType
    name: str
    field: str
    named: str
    act: Act


REALM_OTHER: Final[Mapping[str, Any]] = {
    "displayName": "x",
    "displayNameHtml": "<b>x</b>",
    "defaultSignatureAlgorithm": "RS512",
    "sslRequired": "none",
    "bruteForceStrategy": "LINEAR",
    "passwordPolicy": "length(3)",
    "otpPolicyType": "hotp",
    "otpPolicyAlgorithm": "HmacSHA512",
    "otpPolicyDigits": 8,
    "requiredCredentials": ["password", "secret"],
    "webAuthnPolicyRpEntityName": "x",
    "webAuthnPolicySignatureAlgorithms": ["RS512"],
    "webAuthnPolicyRpId": "else.example",
    "webAuthnPolicyAttestationConveyancePreference": "direct",
    "webAuthnPolicyAuthenticatorAttachment": "platform",
    "webAuthnPolicyRequireResidentKey": "Yes",
    "webAuthnPolicyResidentKey": "discouraged",
    "webAuthnPolicyUserVerificationRequirement": "discouraged",
    "webAuthnPolicyAcceptableAaguids": ["00000000-0000-0000-0000-000000000000"],
    "webAuthnPolicyExtraOrigins": ["https://else.example"],
    "webAuthnPolicyPasswordlessRpEntityName": "x",
    "webAuthnPolicyPasswordlessSignatureAlgorithms": ["RS512"],
    "webAuthnPolicyPasswordlessRpId": "else.example",
    "webAuthnPolicyPasswordlessAttestationConveyancePreference": "direct",
    "webAuthnPolicyPasswordlessAuthenticatorAttachment": "platform",
    "webAuthnPolicyPasswordlessRequireResidentKey": "Yes",
    "webAuthnPolicyPasswordlessResidentKey": "discouraged",
    "webAuthnPolicyPasswordlessUserVerificationRequirement": "discouraged",
    "webAuthnPolicyPasswordlessAcceptableAaguids": ["00000000-0000-0000-0000-000000000000"],
    "webAuthnPolicyPasswordlessExtraOrigins": ["https://else.example"],
    "webAuthnPolicyPasswordlessMediation": "optional",
    "browserSecurityHeaders": {"xFrameOptions": "DENY"},
    "smtpServer": {"host": "else.example", "never.written": "x"},
    "loginTheme": "keycloak",
    "accountTheme": "keycloak.v3",
    "adminTheme": "keycloak.v2",
    "emailTheme": "keycloak",
    "eventsListeners": ["jboss-logging", "email"],
    "enabledEventTypes": ["LOGIN"],
    "supportedLocales": ["en", "uk", "de"],
    "defaultLocale": "en",
    "browserFlow": "browser",
    "registrationFlow": "browser",
    "directGrantFlow": "browser",
    "resetCredentialsFlow": "browser",
    "clientAuthenticationFlow": "other-clients",
    "dockerAuthenticationFlow": "browser",
    "firstBrokerLoginFlow": "browser",
    "attributes": {"never.written": "x"},
}
"""Another valid value of a realm's field that is neither a number nor yes or no."""

REALM_BY_CALL: Final[Mapping[str, str]] = {
    "defaultGroups": "defaultGroups",
    "defaultDefaultClientScopes": "defaultDefaultClientScopes",
    "defaultOptionalClientScopes": "defaultOptionalClientScopes",
    "clientProfiles": "clientProfiles",
    "clientPolicies": "clientPolicies",
}
"""Fields with calls of their own."""

REALM_LEFT: Final[Mapping[str, str]] = {
    "id": "Keycloak's own",
    "realm": "the name itself: a realm under another name is gone",
    "notBefore": "refuses older tokens and sessions; it only ever closes",
    "keycloakVersion": "of the server",
    "enabled": "in a realm that is off nothing can sign in, and every command says so",
    "otpSupportedApplications": "computed",
    "defaultRole": "no call of the Admin API sets another one",
    **dict.fromkeys(
        ("verifiableCredentialsEnabled", "scimApiEnabled"), "of a feature that is off; Keycloak keeps no other value"
    ),
    "adminPermissionsClient": "made by Keycloak with adminPermissionsEnabled",
    **dict.fromkeys(
        ("roles", "groups", "users", "clients", "clientScopes", "components", "authenticationFlows"),
        "objects of their own, in this matrix or foreign",
    ),
    **dict.fromkeys(
        ("authenticatorConfig", "requiredActions", "identityProviders", "identityProviderMappers", "localizationTexts"),
        "objects of their own, in this matrix or foreign",
    ),
    **dict.fromkeys(("scopeMappings", "clientScopeMappings"), "parts of scopes and clients"),
    **dict.fromkeys(("organizations", "federatedUsers", "protocolMappers"), "only of a whole import"),
    **dict.fromkeys(
        (
            *("passwordCredentialGrantAllowed", "privateKey", "publicKey", "certificate", "codeSecret", "defaultRoles"),
            *("userFederationProviders", "userFederationMappers", "social", "updateProfileOnInitialSocialLogin"),
            *("socialProviders", "applicationScopeMappings", "applications", "oauthClients", "clientTemplates"),
        ),
        "of older versions; Keycloak neither keeps nor answers it",
    ),
}
"""Fields without another valid value, or left to Keycloak."""


def realm_changes(realm: str, types: Mapping[str, str]) -> Iterator[Change]:
    """Yield a change of each of the realm's own fields."""
    # With other addresses for two accounts Keycloak takes no login by address: that goes first.
    for field, kind in sorted(types.items(), key=lambda row: row[0] != "duplicateEmailsAllowed"):
        if field in REALM_LEFT or field in REALM_BY_CALL:
            continue
        yield Change(ObjectType.REALM, realm, field, field, _of_realm(field, kind))
    yield Change(ObjectType.REALM, realm, "defaultGroups", "defaultGroups", _default_group)
    for field, path in (("defaultDefaultClientScopes", "default"), ("defaultOptionalClientScopes", "optional")):
        yield Change(ObjectType.REALM, realm, field, field, _default_scope(f"/default-{path}-client-scopes"))
    profile = {"name": "p", "description": "", "executors": []}
    policy = {"name": "p", "enabled": True, "conditions": [], "profiles": []}
    yield Change(ObjectType.REALM, realm, "clientProfiles", "clientProfiles", _put_rules("profiles", profile))
    yield Change(ObjectType.REALM, realm, "clientPolicies", "clientPolicies", _put_rules("policies", policy))


def _of_realm(field: str, kind: str) -> Act:
    def act(admin: KeycloakConnection) -> None:
        found = admin.get("")
        before = found.get(field)
        if kind == "Boolean":
            value: Any = not before
        elif field in REALM_OTHER:
            other = REALM_OTHER[field]
            value = {**(before or {}), **other} if isinstance(other, dict) else other
        else:
            value = (before or 0) + 1
        admin.put("", {**found, field: value})

    return act


def _default_group(admin: KeycloakConnection) -> None:
    admin.post("/groups", {"name": "default-group"})
    (group,) = admin.get("/groups", search="default-group")
    admin.put(f"/default-groups/{group['id']}")


def _default_scope(path: str) -> Act:
    name = "staff" if "default-default" in path else "institution"
    return lambda admin: admin.put(f"{path}/{scope_ids(admin)[name]}")


def _put_rules(kind: str, one: Mapping[str, Any]) -> Act:
    return lambda admin: admin.put(f"/client-policies/{kind}", {kind: [one]})


def role_at(*path: str) -> Act:
    """Change description and attributes of the role at a path below `/roles` or of a client's."""
    return lambda admin: _merge(admin, _role_path(admin, *path), {"description": "foreign", "attributes": {"x": ["y"]}})


def composed(*path: str) -> Act:
    """Let the role contain another client's right over the realm."""

    def act(admin: KeycloakConnection) -> None:
        client = require_client(admin, "realm-management")["id"]
        part = admin.get(f"/clients/{client}/roles/manage-users")
        admin.post(f"/roles-by-id/{admin.get(_role_path(admin, *path))['id']}/composites", [part])

    return act


def _role_path(admin: KeycloakConnection, *path: str) -> str:
    if len(path) == 1:
        return f"/roles/{path[0]}"
    return f"/clients/{require_client(admin, path[0])['id']}/roles/{path[1]}"


def of_scope(name: str, **fields: Any) -> Act:
    """Change fields of a client scope."""
    return lambda admin: _merge(admin, f"/client-scopes/{scope_ids(admin)[name]}", fields)


def of_mapper(scope: str, mapper: str, **fields: Any) -> Act:
    """Change fields of a scope's mapper."""

    def act(admin: KeycloakConnection) -> None:
        base = f"/client-scopes/{scope_ids(admin)[scope]}/protocol-mappers/models"
        found = next(one for one in admin.get(base) if one["name"] == mapper)
        config = {**found["config"], **fields.get("config", {})}
        admin.put(f"{base}/{found['id']}", {**found, **fields, "config": config})

    return act


def let_through(scope: str) -> Act:
    """Let a scope through a role of the realm and one of a client."""

    def act(admin: KeycloakConnection) -> None:
        base, client = (
            f"/client-scopes/{scope_ids(admin)[scope]}/scope-mappings",
            require_client(admin, "account")["id"],
        )
        admin.post(f"{base}/realm", [admin.get("/roles/administrator")])
        admin.post(f"{base}/clients/{client}", [admin.get(f"/clients/{client}/roles/view-profile")])

    return act


def of_step(flow: str, what: str, **fields: Any) -> Act:
    """Change an execution of a flow."""

    def act(admin: KeycloakConnection) -> None:
        path = f"/authentication/flows/{quote(flow)}/executions"
        step = next(one for one in admin.get(path) if what in (one.get("providerId"), one["displayName"]))
        admin.put(path, {**step, **fields})

    return act


def with_config(flow: str, what: str) -> Act:
    """Give an execution a configuration, or change the one that it has."""

    def act(admin: KeycloakConnection) -> None:
        path = f"/authentication/flows/{quote(flow)}/executions"
        step = next(one for one in admin.get(path) if one.get("providerId") == what)
        if (identifier := step.get("authenticationConfig")) is None:
            config = {"alias": f"of {what}", "config": {"never.written": "x"}}
            admin.post(f"/authentication/executions/{step['id']}/config", config)
        else:
            _merge(admin, f"/authentication/config/{identifier}", {"config": {"never.written": "x"}})

    return act


def of_flow(alias: str, **fields: Any) -> Act:
    """Change a flow itself."""

    def act(admin: KeycloakConnection) -> None:
        found = next(flow for flow in admin.get("/authentication/flows") if flow["alias"] == alias)
        admin.put(f"/authentication/flows/{found['id']}", {**found, **fields})

    return act


def of_action(alias: str, **fields: Any) -> Act:
    """Change a required action."""
    return lambda admin: _merge(admin, f"/authentication/required-actions/{alias}", fields)


def of_component(name: str, sub: str | None = None, **config: str) -> Act:
    """Change the configuration of a component."""

    def act(admin: KeycloakConnection) -> None:
        found = next(c for c in admin.get("/components") if (c.get("name"), c.get("subType")) == (name, sub))
        values = {key: [value] for key, value in config.items()}
        admin.put(f"/components/{found['id']}", {**found, "config": {**found["config"], **values}})

    return act


def of_profile(change: Callable[[dict[str, Any]], None]) -> Act:
    """Change the user profile."""

    def act(admin: KeycloakConnection) -> None:
        profile = admin.get("/users/profile")
        change(profile)
        admin.put("/users/profile", profile)

    return act


def _merge(admin: KeycloakConnection, path: str, fields: Mapping[str, Any]) -> None:
    admin.put(path, {**admin.get(path), **fields})
