"""Every field of the realm itself changed by hand: numbers one more, booleans turned over, texts others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import scope_ids
from provisioning.planning.objects import ObjectType
from tests.support.by_hand.change import NEVER, Act, Change
from tests.support.representation_fields import types_of

REALM: Final = "RealmRepresentation"

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
    "browserSecurityHeaders": {"xFrameOptions": "DENY", NEVER: "x"},
    "smtpServer": {"host": "else.example", NEVER: "x"},
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
    "attributes": {"adminEventsExpiration": "1", NEVER: "x"},
}
"""Another valid value of a realm's field that is neither a number nor yes or no."""

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


def realm_changes(realm: str) -> Iterator[Change]:
    """Yield a change of each of the realm's own fields."""
    place, types = (ObjectType.REALM, realm), types_of(REALM)
    # With other addresses for two accounts Keycloak takes no login by address: that goes first.
    for field, kind in sorted(types.items(), key=lambda row: row[0] != "duplicateEmailsAllowed"):
        if field in REALM_LEFT or field in _BY_CALL:
            continue
        if isinstance(entries := REALM_OTHER.get(field), dict):
            for entry, value in entries.items():
                yield Change(REALM, field, place, f"{field}.{entry}", _entry(field, entry, value), entry)
        else:
            yield Change(REALM, field, place, field, _of_realm(field, kind))
    for field, act in _BY_CALL.items():
        yield Change(REALM, field, place, field, act)
    for of, fields in _IN_RULES.items():
        for field in fields:
            # One policy and one profile with a value in every field: each is foreign as a whole.
            rules = "clientPolicies" if "Polic" in of else "clientProfiles"
            yield Change(of, field, place, rules, lambda admin: None)


def _of_realm(field: str, kind: str) -> Act:
    def act(admin: KeycloakConnection) -> None:
        found = admin.get("")
        before = found.get(field)
        if kind == "Boolean":
            value: Any = not before
        else:
            value = REALM_OTHER[field] if field in REALM_OTHER else (before or 0) + 1
        admin.put("", {**found, field: value})

    return act


def _entry(field: str, entry: str, value: str) -> Act:
    def act(admin: KeycloakConnection) -> None:
        found = admin.get("")
        admin.put("", {**found, field: {**(found.get(field) or {}), entry: value}})

    return act


def _default_group(admin: KeycloakConnection) -> None:
    admin.post("/groups", {"name": "default-group"})
    (group,) = admin.get("/groups", search="default-group")
    admin.put(f"/default-groups/{group['id']}")


def _default_scope(path: str, name: str) -> Act:
    return lambda admin: admin.put(f"{path}/{scope_ids(admin)[name]}")


def _put_rules(kind: str, one: Mapping[str, Any]) -> Act:
    return lambda admin: admin.put(f"/client-policies/{kind}", {kind: [one]})


_PROFILE: Final[Mapping[str, Any]] = {
    "name": "foreign",
    "description": "foreign",
    "executors": [{"executor": "pkce-enforcer", "configuration": {"auto-configure": True}}],
}
_POLICY: Final[Mapping[str, Any]] = {
    "name": "foreign",
    "description": "foreign",
    "enabled": True,
    "mode": "STRICT",
    "conditions": [{"condition": "any-client", "configuration": {"is-negative-logic": False}}],
    "profiles": ["foreign"],
}

_BY_CALL: Final[Mapping[str, Act]] = {
    "defaultGroups": _default_group,
    "defaultDefaultClientScopes": _default_scope("/default-default-client-scopes", "staff"),
    "defaultOptionalClientScopes": _default_scope("/default-optional-client-scopes", "institution"),
    "clientProfiles": _put_rules("profiles", _PROFILE),
    "clientPolicies": _put_rules("policies", _POLICY),
}
"""Fields with calls of their own."""

_IN_RULES: Final[Mapping[str, tuple[str, ...]]] = {
    "ClientProfilesRepresentation": ("profiles",),
    "ClientProfileRepresentation": tuple(_PROFILE),
    "ClientPolicyExecutorRepresentation": ("executor", "configuration"),
    "ClientPoliciesRepresentation": ("policies",),
    "ClientPolicyRepresentation": tuple(_POLICY),
    "ClientPolicyConditionRepresentation": ("condition", "configuration"),
}
"""Fields of the foreign policy and profile."""

_KEYCLOAKS: Final = "Keycloak's own, no call changes them"
RULES_LEFT: Final[Mapping[str, Mapping[str, str]]] = {
    **{name: {} for name in _IN_RULES},
    "ClientProfilesRepresentation": {"globalProfiles": _KEYCLOAKS},
    "ClientPoliciesRepresentation": {"globalPolicies": _KEYCLOAKS},
}
"""Fields of policies and profiles that are not changed, with the reason."""
