"""A realm with just what a sign-in to the sidecar needs: its client, its scopes, and people with passwords.

The claims are those that `provisioning.keycloak.realm.scopes` puts into tokens. Passwords are given instead of mailed
base keys, and no second factor is asked for, so that a test signs in with one form.
"""

from __future__ import annotations

from typing import Any

from provisioning.settings import Settings

PASSWORD = "Kalyna-na-luzi-2026"

SCHOOL = "46-0001234"
SECOND_GENERATION = "46-0001235-g2"
AUTHORITY = "46-0000012"
DEACTIVATED = "46-0009999"
UNKNOWN = "46-0008888"
ADMINISTRATOR = "o.koval"
AUDITOR = "i.bondar"
NOBODY = "stranger"

SCHOOL_NAME = "Ліцей № 1 імені Івана Франка Вигаданої міської ради"


def realm_of(settings: Settings) -> dict[str, Any]:
    """Representation of the realm that `settings` names, for `POST /admin/realms`."""
    return {
        "realm": settings.realm,
        "enabled": True,
        "internationalizationEnabled": True,
        "supportedLocales": ["uk", "en"],
        "defaultLocale": "uk",
        "roles": {"realm": [{"name": name} for name in ("administrator", "support", "auditor", "system-user")]},
        "clientScopes": [_scope("institution", _institution_mappers()), _scope("profile-min", _profile_mappers())],
        "clients": [_client(settings)],
        "components": {
            "org.keycloak.userprofile.UserProfileProvider": [
                {"providerId": "declarative-user-profile", "config": {"kc.user.profile.config": [_PROFILE]}}
            ]
        },
        "users": [
            _account(SCHOOL, "46-0001234", "school", "/00-0000001/46-0000012/46-0001234", SCHOOL_NAME),
            _account(SECOND_GENERATION, "46-0001235", "school", "/00-0000001/46-0000012/46-0001235", "Гімназія № 2"),
            _account(AUTHORITY, "46-0000012", "authority", "/00-0000001/46-0000012", "Відділ освіти"),
            _account(DEACTIVATED, "46-0009999", "preschool", "/00-0000001/46-0000012/46-0009999", "Садок «Ромашка»"),
            _account(UNKNOWN, "46-0008888", "school", "/00-0000001/46-0000012/46-0008888", "Школа, якої немає"),
            _person(ADMINISTRATOR, "Олена", "Коваль", ["administrator"]),
            _person(AUDITOR, "Іван", "Бондар", ["auditor"]),
            _person(NOBODY, "Хтось", "Інший", []),
        ],
    }


_PROFILE = (
    '{"unmanagedAttributePolicy": "ENABLED", "attributes": ['
    '{"name": "username"}, {"name": "email"}, {"name": "firstName"}, {"name": "lastName"}]}'
)


def _client(settings: Settings) -> dict[str, Any]:
    base = settings.sidecar_url
    return {
        "clientId": "sidecar",
        "secret": settings.secret("AIKOM_SIDECAR_SECRET").reveal(),
        "publicClient": False,
        "standardFlowEnabled": True,
        "directAccessGrantsEnabled": False,
        "fullScopeAllowed": True,
        "redirectUris": [f"{base}/*"],
        "defaultClientScopes": ["institution", "profile-min"],
        "optionalClientScopes": [],
        "attributes": {
            "pkce.code.challenge.method": "S256",
            "post.logout.redirect.uris": f"{base}/*",
            "use.refresh.tokens": "false",
        },
    }


def _scope(name: str, mappers: dict[str, tuple[str, dict[str, str]]]) -> dict[str, Any]:
    return {
        "name": name,
        "protocol": "openid-connect",
        "attributes": {"include.in.token.scope": "false"},
        "protocolMappers": [
            {
                "name": mapper,
                "protocol": "openid-connect",
                "protocolMapper": kind,
                "config": {"id.token.claim": "true", "jsonType.label": "String", **config},
            }
            for mapper, (kind, config) in mappers.items()
        ],
    }


def _attribute(attribute: str, claim: str) -> tuple[str, dict[str, str]]:
    return "oidc-usermodel-attribute-mapper", {"user.attribute": attribute, "claim.name": claim}


def _institution_mappers() -> dict[str, tuple[str, dict[str, str]]]:
    return {
        "sub": ("oidc-sub-mapper", {"access.token.claim": "true"}),
        "institution": _attribute("institution_id", "institution"),
        "kind": _attribute("kind", "kind"),
        "sphere": _attribute("sphere", "sphere"),
    }


def _profile_mappers() -> dict[str, tuple[str, dict[str, str]]]:
    return {
        "preferred_username": _attribute("username", "preferred_username"),
        "institution_name": _attribute("institution_name", "institution_name"),
        "given_name": _attribute("firstName", "given_name"),
        "family_name": _attribute("lastName", "family_name"),
        "email": _attribute("email", "email"),
        "roles": ("oidc-usermodel-realm-role-mapper", {"claim.name": "roles", "multivalued": "true"}),
    }


def _account(username: str, institution: str, kind: str, sphere: str, name: str) -> dict[str, Any]:
    attributes = {"institution_id": [institution], "kind": [kind], "sphere": [sphere], "institution_name": [name]}
    return {**_user(username), "attributes": attributes, "realmRoles": ["system-user"]}


def _person(username: str, first: str, last: str, roles: list[str]) -> dict[str, Any]:
    return {**_user(username), "firstName": first, "lastName": last, "realmRoles": roles}


def _user(username: str) -> dict[str, Any]:
    return {
        "username": username,
        "enabled": True,
        "email": f"{username}@school.example.ua",
        "emailVerified": True,
        "credentials": [{"type": "password", "value": PASSWORD}],
    }
