"""The settings of the realm: languages, lifetimes, passwords, second factor, brute force, events, mail, themes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.fields import flatten, merged
from provisioning.keycloak.realm.handler import RealmContext, RealmReading
from provisioning.model.configuration import RealmPolicy
from provisioning.planning.objects import FieldChange, FieldPath, ObjectType, RealmObject, UpdateObject
from provisioning.settings import Settings

THEME: Final = "aikom"
BROWSER_FLOW: Final = "aikom-browser"
CLIENT_FLOW: Final = "aikom-clients"
GUARDED: Final = "aikom.guarded"
"""Realm attribute, `true`: what our extension replaces in Keycloak acts in this realm (decision 27)."""

_UNORDERED: Final = (("supportedLocales",), ("eventsListeners",), ("enabledEventTypes",), ("defaultGroups",))
_SCOPES: Final = {
    "defaultDefaultClientScopes": "/default-default-client-scopes",
    "defaultOptionalClientScopes": "/default-optional-client-scopes",
}
"""Scopes that every new client would get: there are none, each client names its own."""

_CLIENT_RULES: Final[Mapping[str, tuple[str, dict[str, list[object]]]]] = {
    "clientPolicies": ("/client-policies/policies", {"policies": []}),
    "clientProfiles": ("/client-policies/profiles", {"profiles": []}),
}
_APART: Final = frozenset({*_SCOPES, *_CLIENT_RULES, "defaultGroups"})


class RealmSettings:
    """`GET /` and `PUT /` of the realm."""

    type = ObjectType.REALM

    def desired(self, context: RealmContext) -> Iterator[RealmObject]:
        """Yield one object named after the realm."""
        policy = context.configuration.realm
        fields = flatten(
            {**_logins(policy), **_lifetimes(policy), **_protection(policy), **_presentation(policy)}
            | {"smtpServer": _mail_server(policy, context.settings)}
        )
        # The address in tokens and mailed links is the one that browsers use, whichever way Keycloak was asked.
        fields["attributes", "frontendUrl"] = context.settings.keycloak_public_url
        fields["attributes", GUARDED] = "true"
        yield RealmObject(self.type, context.settings.realm, fields)

    def read(self, reading: RealmReading, names: Collection[str]) -> Iterator[RealmObject]:
        """Yield the realm's representation, flat, with what of it has calls of its own."""
        connection = reading.connection
        if connection.realm in names:
            exported = {name: reading.export.get(name) for name in (*_SCOPES, *_CLIENT_RULES)}
            rules = {path: tuple(map(_canonical, found)) for path, found in _client_rules(exported)}
            fields = {**flatten(connection.get("") or {}), **rules}
            for name in _SCOPES:
                fields[name,] = tuple(sorted(exported[name] or ()))
            for path in _UNORDERED:
                fields[path] = tuple(sorted(fields.get(path) or ()))  # type: ignore[arg-type]  # a tuple of texts
            yield RealmObject(self.type, connection.realm, fields)

    def create(self, connection: KeycloakConnection, wanted: RealmObject, context: RealmContext) -> None:
        """Refuse: the bootstrap makes the realm, and the connection needs it."""
        raise LookupError(f"realm {wanted.name} is made by `provision bootstrap`")

    def update(self, connection: KeycloakConnection, change: UpdateObject, context: RealmContext) -> None:
        """Send the whole representation with the changed fields; the mail password comes from the settings.

        Default scopes, groups, and rules for clients have calls of their own.
        """
        apart = {field.path[0] for field in change.changes if field.path[0] in _APART}
        body = merged(connection.get(""), (_emptied(field) for field in change.changes if field.path[0] not in _APART))
        password = context.settings.get("AIKOM_SMTP_PASSWORD")
        if password and body.get("smtpServer", {}).get("auth") == "true":
            body["smtpServer"]["password"] = password
        connection.put("", body)
        for name in sorted(apart & _SCOPES.keys()):
            for scope in connection.get(_SCOPES[name]) or []:
                connection.delete(f"{_SCOPES[name]}/{scope['id']}")
        if "defaultGroups" in apart:
            for group in connection.get("/default-groups") or []:
                connection.delete(f"/default-groups/{group['id']}")
        for name in sorted(apart & _CLIENT_RULES.keys()):
            connection.put(*_CLIENT_RULES[name])


def _client_rules(exported: dict[str, Any]) -> Iterator[tuple[FieldPath, list[Any]]]:
    for name, (_, empty) in _CLIENT_RULES.items():
        for kind in empty:
            yield (name, kind), (exported[name] or {}).get(kind) or []


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _emptied(change: FieldChange) -> FieldChange:
    """What nobody wants is sent empty: Keycloak leaves a setting that is not sent as it is."""
    if change.after is not None or len(change.path) > 1:
        return change
    return FieldChange(change.path, change.before, () if isinstance(change.before, tuple) else "")


def _logins(policy: RealmPolicy) -> dict[str, Any]:
    """Who may log in and how. E-mails are no login names: institutions share them (order glossary)."""
    return {
        "enabled": True,
        "sslRequired": "external",
        "registrationAllowed": False,
        "loginWithEmailAllowed": False,
        "duplicateEmailsAllowed": True,
        "editUsernameAllowed": False,
        "rememberMe": False,
        "verifyEmail": False,
        # NOTE: a lost password is answered by a new base key (order cl. 4): Keycloak's own reset would let the mailbox
        # alone replace the second factor.
        "resetPasswordAllowed": False,
        "browserFlow": BROWSER_FLOW,
        "clientAuthenticationFlow": CLIENT_FLOW,
        "organizationsEnabled": False,
        "userManagedAccessAllowed": False,
        "passwordPolicy": _password_policy(policy),
        "otpPolicyType": "totp",
        "otpPolicyAlgorithm": f"Hmac{policy.second_factor.algorithm}",
        "otpPolicyDigits": policy.second_factor.digits,
        "otpPolicyPeriod": policy.second_factor.period_s,
        "otpPolicyLookAheadWindow": 1,
        "otpPolicyCodeReusable": False,
    }


def _lifetimes(policy: RealmPolicy) -> dict[str, Any]:
    lifetimes = policy.lifetimes
    return {
        "accessTokenLifespan": lifetimes.access_token_s,
        "accessCodeLifespanLogin": lifetimes.login_s,
        "ssoSessionIdleTimeout": lifetimes.session_idle_s,
        "ssoSessionMaxLifespan": lifetimes.session_max_s,
        "revokeRefreshToken": True,
        "refreshTokenMaxReuse": 0,
        "offlineSessionMaxLifespanEnabled": True,
    }


def _protection(policy: RealmPolicy) -> dict[str, Any]:
    force, day_s = policy.brute_force, 86_400
    return {
        "bruteForceProtected": True,
        "permanentLockout": False,
        "maxTemporaryLockouts": 0,
        "bruteForceStrategy": "MULTIPLE",
        # Otherwise the second wrong password within this time would shut a name for a minute.
        "quickLoginCheckMilliSeconds": 0,
        # Otherwise so many wrong codes would disable an account for good.
        "maxSecondaryAuthFailures": 0,
        "failureFactor": force.max_failures,
        "waitIncrementSeconds": force.wait_increment_s,
        "maxFailureWaitSeconds": force.max_wait_s,
        "maxDeltaTimeSeconds": force.failure_reset_s,
        "eventsEnabled": True,
        "eventsExpiration": policy.events.keep_days * day_s,
        "adminEventsEnabled": True,
        # NOTE: details would copy whole representations into the event store.
        "adminEventsDetailsEnabled": False,
        "attributes": {"adminEventsExpiration": str(policy.events.keep_days * day_s)},
    }


def _presentation(policy: RealmPolicy) -> dict[str, Any]:
    return {
        "displayName": policy.display_name.uk,
        "internationalizationEnabled": True,
        "supportedLocales": ("en", "uk"),
        "defaultLocale": "uk",
        "loginTheme": THEME,
        "accountTheme": THEME,
        "emailTheme": THEME,
    }


def _password_policy(policy: RealmPolicy) -> str:
    rules = [f"length({policy.password.min_length})", f"passwordHistory({policy.password.history})"]
    if policy.password.not_username:
        rules.append("notUsername(undefined)")
    if policy.password.not_email:
        rules.append("notEmail(undefined)")
    # Of our extension: no common password, nor what people make of one.
    return " and ".join([*rules, "aikomCommon(undefined)"])


def _mail_server(policy: RealmPolicy, settings: Settings) -> dict[str, Any]:
    """Keycloak's own mails go the same way as ours; values are texts, as Keycloak keeps them."""
    mail = settings.mail_server
    server = {
        "host": mail.host,
        "port": str(mail.port),
        "from": policy.mail.sender,
        "fromDisplayName": policy.mail.sender_name.uk,
        "ssl": str(mail.tls).lower(),
        "starttls": str(mail.starttls).lower(),
        "auth": str(mail.user is not None).lower(),
    }
    if mail.user is not None:
        server["user"] = mail.user
    if policy.mail.reply_to:
        server["replyTo"] = policy.mail.reply_to
    return server
