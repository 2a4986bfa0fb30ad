"""Every field of the realm and of its objects: changed by hand in a live realm, named by a plan, put right by an apply.

The fields are those of Keycloak's own classes, so that one which a newer Keycloak adds fails here until it is decided.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from provisioning.keycloak.lookups import require_client, require_user
from provisioning.lifecycle.applying.apply import apply
from provisioning.lifecycle.applying.planning import Survey, survey
from provisioning.lifecycle.workshop import Workshop
from provisioning.planning.objects import CreateObject, ObjectType
from tests.support.changes_by_hand import CLIENT, SERVICE, attached, of_client
from tests.support.changes_of_realm import (
    REALM_BY_CALL,
    REALM_LEFT,
    REALM_OTHER,
    Change,
    composed,
    let_through,
    of_action,
    of_component,
    of_flow,
    of_mapper,
    of_profile,
    of_scope,
    of_step,
    realm_changes,
    role_at,
    with_config,
)
from tests.support.office import Office
from tests.support.representation_fields import fields_of, types_of

pytestmark = pytest.mark.assure

PERSON = "o.koval"
STAFF = f"""\
- username: {PERSON}
  first_name: Олена
  last_name: Коваль
  email: o@iea.example
  roles: [administrator]
"""
SERVER = ObjectType.RESOURCE_SERVER
ELSEWHERE = {"protocol", "publicClient", "bearerOnly", "standardFlowEnabled", "clientAuthenticatorType"}
"""Fields that exclude others, or that the portal's client has so already: changed of the resource server."""

_SCOPES = {
    "defaultClientScopes": attached("default-client-scopes", "central-db"),
    "optionalClientScopes": attached("optional-client-scopes", "direct-use"),
}
_NAMES = {"realmRoles": "roles", "clientRoles": "roles", "attributes (never written)": "attributes"}


def roles() -> Iterator[Change]:
    """Roles of the realm and of clients, with what they are composed of."""
    for name in ("kind-school", "auditor", "offline_access"):
        yield Change(ObjectType.ROLE, name, "description", "description", role_at(name))
        yield Change(ObjectType.ROLE, name, "attributes", "attributes.x", lambda admin: None)
        yield Change(ObjectType.ROLE, name, "composites", "composites", composed(name))
    yield Change(
        ObjectType.RIGHT, "students.read", "description", "description", role_at("central-db", "students.read")
    )
    yield Change(ObjectType.RIGHT, "students.read", "attributes", "attributes.x", lambda admin: None)
    yield Change(ObjectType.RIGHT, "grades.write", "composites", "composites", composed("central-db", "grades.write"))
    account, name = "account", "view-profile"
    yield Change(ObjectType.CLIENT, account, "role", f"role.{name}.description", role_at(account, name))
    yield Change(ObjectType.CLIENT, account, "role", f"role.{name}.composites", composed(account, name))


def scopes() -> Iterator[Change]:
    """Client scopes and their mappers."""
    scope = partial(Change, ObjectType.CLIENT_SCOPE)
    yield scope("institution", "description", "description", of_scope("institution", description="foreign"))
    yield scope("profile-min", "protocol", "protocol", of_scope("profile-min", protocol="saml"))
    yield scope("staff", "attributes", "attributes", of_scope("staff", attributes={"include.in.token.scope": "true"}))
    never = of_scope("operator", attributes={"never.written": "x"})
    yield scope("operator", "attributes", "attributes.never.written", never)
    for name in ("institution", "basic"):
        yield scope(name, "scopeMappings", "scope", let_through(name))
    kind = of_mapper("institution", "kind", protocolMapper="oidc-hardcoded-claim-mapper")
    yield scope("institution", "protocolMapper", "mappers.kind.protocolMapper", kind)
    value = of_mapper("institution", "sphere", config={"user.attribute": "username"})
    yield scope("institution", "config", "mappers.sphere.config.user.attribute", value)
    extra = of_mapper("institution", "sub", config={"never.written": "x"})
    yield scope("institution", "config", "mappers.sub.config.never.written", extra)


def flows() -> Iterator[Change]:
    """Flows of ours and Keycloak's, their steps and configurations, and required actions."""
    flow = partial(Change, ObjectType.FLOW)
    ours, built_in = "aikom-browser", "reset credentials"
    yield flow(ours, "requirement", "executions", of_step(ours, "auth-otp-form", requirement="DISABLED"))
    yield flow("aikom-clients", "priority", "executions", of_step("aikom-clients", "client-secret", priority=1))
    yield flow(ours, "authenticatorConfig", "executions", with_config(ours, "auth-otp-form"))
    yield flow(built_in, "requirement", "executions", of_step(built_in, "reset-otp", requirement="DISABLED"))
    yield flow("first broker login", "config", "executions", with_config("first broker login", "idp-review-profile"))
    yield flow("browser", "description", "flows.browser.description", of_flow("browser", description="foreign"))
    action = partial(Change, ObjectType.REQUIRED_ACTION)
    yield action("VERIFY_EMAIL", "name", "name", of_action("VERIFY_EMAIL", name="foreign"))
    yield action("UPDATE_PROFILE", "enabled", "enabled", of_action("UPDATE_PROFILE", enabled=True))
    yield action("delete_account", "defaultAction", "defaultAction", of_action("delete_account", defaultAction=True))
    yield action("CONFIGURE_TOTP", "priority", "priority", of_action("CONFIGURE_TOTP", priority=77))
    yield action("UPDATE_PASSWORD", "config", "config", of_action("UPDATE_PASSWORD", config={"max_auth_age": "900"}))


def others() -> Iterator[Change]:
    """Components and the user profile."""
    rsa, limit = "KeyProvider rsa-generated", "ClientRegistrationPolicy Max Clients Limit (anonymous)"
    yield Change(ObjectType.COMPONENT, rsa, "config", "config.priority", of_component("rsa-generated", priority="1"))
    # Another algorithm or size would make another key, and end every token that the program holds.
    aes = of_component("aes-generated", active="false")
    yield Change(ObjectType.COMPONENT, "KeyProvider aes-generated", "config", "config.active", aes)
    many = of_component("Max Clients Limit", "anonymous", **{"max-clients": "100000"})
    yield Change(ObjectType.COMPONENT, limit, "config", "config.max-clients", many)
    for field, value in _ATTRIBUTE.items():
        change = of_profile(partial(_set_attribute, field, value))
        yield Change(ObjectType.USER_PROFILE, "user profile", field, f"attributes.edrpou.{field}", change)
    policy = of_profile(lambda profile: profile.update(unmanagedAttributePolicy="ENABLED"))
    yield Change(ObjectType.USER_PROFILE, "user profile", "policy", "unmanagedAttributePolicy", policy)
    group = of_profile(lambda profile: profile["groups"].append({"name": "foreign", "displayHeader": "x"}))
    yield Change(ObjectType.USER_PROFILE, "user profile", "groups", "groups.foreign", group)
    yield Change(
        ObjectType.TEXTS, "uk", "text", "loginTitle", lambda a: a.post("/localization/uk", {"loginTitle": "x"})
    )
    foreign = {"never.written": "x"}
    yield Change(ObjectType.TEXTS, "en", "text", "never.written", lambda a: a.post("/localization/en", foreign))


_ATTRIBUTE: dict[str, Any] = {
    "displayName": "foreign",
    "validations": {"length": {"max": "9000"}},
    "annotations": {"inputType": "textarea"},
    "required": {"roles": ["user"]},
    "permissions": {"view": ["admin", "user"], "edit": ["admin", "user"]},
    "multivalued": True,
    "defaultValue": "00000000",
    "group": None,
}


def _set_attribute(field: str, value: Any, profile: dict[str, Any]) -> None:
    next(one for one in profile["attributes"] if one["name"] == "edrpou")[field] = value


def clients(office: Office) -> Iterator[Change]:
    """The portal's client, the resource server, and a person of the staff, by the changes of keys and people."""
    # With authorization services a client must have a service account, and any other change of it ends them.
    own = {"serviceAccountsEnabled": of_client(serviceAccountsEnabled=True), **_SCOPES}
    last = "authorizationServicesEnabled"
    others = {name: act for name, act in CLIENT.items() if name not in (*own, last)}
    for field, change in {**own, **others, last: CLIENT[last]}.items():
        kind, name = (SERVER, "central-db") if field in ELSEWHERE else (ObjectType.CLIENT, "sidecar")
        act = partial(change, identifier=require_client(office.realm.admin, name)["id"])
        yield Change(kind, name, field, _NAMES.get(field, field), act)
    person = require_user(office.realm.admin, PERSON)["id"]
    for field, change in SERVICE.items():
        if field != "emailVerified":
            act = partial(change, identifier=person)
            yield Change(ObjectType.STAFF, PERSON, field, _NAMES.get(field, field), act)


@pytest.fixture(scope="module", autouse=True)
def applied(office: Office) -> None:
    """A realm with one person of the staff, and a client flow by hand that lets the program in."""
    office.folder.write()
    (office.folder.path / "staff.yaml").write_text(STAFF, encoding="utf-8")
    office.apply()
    assert look(office).plan.is_in_sync
    admin = office.realm.admin
    admin.post("/authentication/flows", {"alias": "other-clients", "providerId": "client-flow", "topLevel": True})
    admin.post("/authentication/flows/other-clients/executions/execution", {"provider": "aikom-api-key"})
    of_step("other-clients", "aikom-api-key", requirement="ALTERNATIVE")(admin)


def test_every_field_that_keycloak_knows_is_in_the_matrix() -> None:
    plain = {name for name, kind in types_of("RealmRepresentation").items() if kind in ("Boolean", "Integer", "Long")}
    assert fields_of("RealmRepresentation") == plain | REALM_OTHER.keys() | REALM_BY_CALL.keys() | REALM_LEFT.keys()
    for representation, known in KNOWN.items():
        assert fields_of(representation) == known, representation


KNOWN = {
    "ClientScopeRepresentation": {"id", "name", "description", "protocol", "attributes", "protocolMappers"},
    "ProtocolMapperRepresentation": {
        *("id", "name", "protocol", "protocolMapper", "consentRequired", "consentText", "config"),
    },
    "RoleRepresentation": {
        *("id", "name", "description", "composite", "composites", "clientRole", "containerId", "attributes"),
        "scopeParamRequired",
    },
    "AuthenticationFlowRepresentation": {
        *("id", "alias", "description", "providerId", "topLevel", "builtIn", "authenticationExecutions"),
    },
    "AuthenticationExecutionExportRepresentation": {
        *("authenticatorConfig", "authenticator", "authenticatorFlow", "autheticatorFlow", "requirement", "priority"),
        *("flowAlias", "userSetupAllowed"),
    },
    "AuthenticatorConfigRepresentation": {"id", "alias", "config"},
    "RequiredActionProviderRepresentation": {
        *("alias", "name", "providerId", "enabled", "defaultAction", "priority", "config"),
    },
    "ComponentExportRepresentation": {"id", "name", "providerId", "subType", "subComponents", "config"},
}
"""Fields that `realm_changes` and the functions above change, or that name the object itself."""


def test_every_change_by_hand_is_named_and_put_right(office: Office) -> None:
    admin, types = office.realm.admin, types_of("RealmRepresentation")
    objects = [*roles(), *scopes(), *flows(), *others(), *clients(office)]
    # The realm last: what it allows decides what else can be changed.
    changes = [*objects, *realm_changes(office.realm.name, types)]
    for change in changes:
        change.act(admin)
    found = look(office)
    seen: dict[tuple[ObjectType, str], set[str]] = {}
    for one in found.plan.objects:
        fields = {"lost"} if isinstance(one, CreateObject) else {field.field for field in one.changes}
        seen.setdefault((one.object.type, one.object.name), set()).update(fields)
    unseen = [
        (c.kind.value, c.name, c.field)
        for c in changes
        if not any(field.startswith(c.named) for field in seen.get((c.kind, c.name), ()))
    ]
    kinds = {change.kind for change in changes}
    print(f"{len(changes)} fields of {len(kinds)} kinds of realm objects: {len(unseen)} unseen")  # noqa: T201
    assert unseen == []
    apply(Workshop(office.actor, found.context), found)
    left = [(c.object.name, [f.field for f in c.changes]) for c in look(office).plan.objects]
    assert left == []


def test_what_is_foreign_is_named(office: Office) -> None:
    drift = office.drift()
    named = {(thing.type, thing.name) for thing in drift.foreign}
    assert {("authentication flow", "other-clients"), ("group", "default-group")} <= named


def look(office: Office) -> Survey:
    """A full plan."""
    return survey(office.folder.load(), office.realm.settings, office.realm.connection, office.ledger, full=True)
