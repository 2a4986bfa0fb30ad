"""Every field of an account's objects: changed by hand in a live realm, named by a full plan, put right by an apply.

The fields are those of Keycloak's own classes, so that one which a newer Keycloak adds fails here until it is decided.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.lookups import require_client, require_user
from provisioning.keycloak.whole.left import LEFT_OF_KEY, LEFT_OF_PERSON
from provisioning.lifecycle.applying.apply import apply
from provisioning.lifecycle.applying.planning import Survey, survey
from provisioning.lifecycle.workshop import Workshop
from provisioning.planning.changes import UpdateAccount
from provisioning.planning.guards import Guard
from tests.support.configuration import school
from tests.support.office import Office
from tests.support.representation_fields import fields_of

pytestmark = pytest.mark.assure

Change = Callable[[KeycloakConnection, str], None]
"""Changes one object, named by its internal id."""


def _client(**fields: Any) -> Change:
    def change(admin: KeycloakConnection, identifier: str) -> None:
        admin.put(f"/clients/{identifier}", {"clientId": admin.get(f"/clients/{identifier}")["clientId"], **fields})

    return change


def _user(**fields: Any) -> Change:
    def change(admin: KeycloakConnection, identifier: str) -> None:
        admin.put(f"/users/{identifier}", {**admin.get(f"/users/{identifier}"), **fields})

    return change


def _post(path: str, body: Any) -> Change:
    def change(admin: KeycloakConnection, identifier: str) -> None:
        admin.post(path.format(identifier), body)

    return change


def _flow_binding(admin: KeycloakConnection, identifier: str) -> None:
    flow = next(flow["id"] for flow in admin.get("/authentication/flows") if flow["alias"] == "browser")
    _client(authenticationFlowBindingOverrides={"browser": flow})(admin, identifier)


def _scope(kind: str) -> Change:
    def change(admin: KeycloakConnection, identifier: str) -> None:
        scope = next(one["id"] for one in admin.get("/client-scopes") if one["name"] == "staff")
        admin.put(f"/clients/{identifier}/{kind}/{scope}")

    return change


def _realm_role(path: str) -> Change:
    def change(admin: KeycloakConnection, identifier: str) -> None:
        admin.post(path.format(identifier), [admin.get("/roles/auditor")])

    return change


def _client_role(admin: KeycloakConnection, identifier: str) -> None:
    client = require_client(admin, "realm-management")["id"]
    role = admin.get(f"/clients/{client}/roles/manage-users")
    admin.post(f"/users/{identifier}/role-mappings/clients/{client}", [role])


def _group(admin: KeycloakConnection, identifier: str) -> None:
    admin.post("/groups", {"name": f"group-{identifier}"})
    (group,) = admin.get("/groups", search=f"group-{identifier}")
    admin.put(f"/users/{identifier}/groups/{group['id']}")


def _identity(admin: KeycloakConnection, identifier: str) -> None:
    alias = f"other-{identifier[:8]}"
    config = {"clientId": "x", "authorizationUrl": "https://x.example/a", "tokenUrl": "https://x.example/t"}
    admin.post("/identity-provider/instances", {"alias": alias, "providerId": "oidc", "config": config})
    admin.post(f"/users/{identifier}/federated-identity/{alias}", {"userId": "1", "userName": "somebody"})


def _attribute(admin: KeycloakConnection, identifier: str) -> None:
    user = admin.get(f"/users/{identifier}")
    admin.put(f"/users/{identifier}", {**user, "attributes": {**user["attributes"], "ois": ["foreign"]}})


_MAPPER: Final = {
    "name": "claim",
    "protocol": "openid-connect",
    "protocolMapper": "oidc-hardcoded-claim-mapper",
    "config": {"claim.name": "sphere", "claim.value": "/", "access.token.claim": "true"},
}

CLIENT: Final[Mapping[str, Change]] = {
    **{name: _client(**{name: "something else"}) for name in ("name", "description")},
    **{name: _client(**{name: "https://else.example"}) for name in ("rootUrl", "adminUrl", "baseUrl")},
    **{
        name: _client(**{name: True})
        for name in (
            "surrogateAuthRequired",
            "alwaysDisplayInConsole",
            "bearerOnly",
            "consentRequired",
            "standardFlowEnabled",
            "implicitFlowEnabled",
            "directAccessGrantsEnabled",
            "authorizationServicesEnabled",
            "publicClient",
            "frontchannelLogout",
            "fullScopeAllowed",
        )
    },
    "clientAuthenticatorType": _client(clientAuthenticatorType="client-secret"),
    "serviceAccountsEnabled": _client(serviceAccountsEnabled=False),
    "protocol": _client(protocol="saml"),
    "redirectUris": _client(redirectUris=["https://else.example/*"]),
    "webOrigins": _client(webOrigins=["https://else.example"]),
    "attributes": _client(attributes={"access.token.lifespan": "31536000"}),
    "attributes (never written)": _client(attributes={"never.written": "x"}),
    "authenticationFlowBindingOverrides": _flow_binding,
    "nodeReRegistrationTimeout": _client(nodeReRegistrationTimeout=77),
    "registeredNodes": _post("/clients/{}/nodes", {"node": "node.example"}),
    "protocolMappers": _post("/clients/{}/protocol-mappers/models", _MAPPER),
    "defaultClientScopes": _scope("default-client-scopes"),
    "optionalClientScopes": _scope("optional-client-scopes"),
    "scopeMappings": _realm_role("/clients/{}/scope-mappings/realm"),
    "roles": _post("/clients/{}/roles", {"name": "foreign"}),
}
"""Field of a key's client → a change to another valid value. The last two are in no representation."""

CLIENT_LEFT: Final[Mapping[str, str]] = {
    **{path: reason for path, reason in LEFT_OF_KEY.items() if "/" not in path},
    "id": "Keycloak's own, no call changes it",
    "clientId": "the name itself: a renamed client is a lost one and a foreign one",
    "secret": "read by no authenticator of this realm",
    "registrationAccessToken": "no call takes it away; what it would change is seen",
    "access": "computed for the reader",
    "authorizationSettings": "part of authorizationServicesEnabled, which is off",
    **dict.fromkeys(("type", "origin"), "of other stores of clients, which there are none of"),
    **dict.fromkeys(
        (
            "defaultRoles",
            "directGrantsOnly",
            "clientTemplate",
            "useTemplateConfig",
            "useTemplateScope",
            "useTemplateMappers",
        ),
        "of older versions; Keycloak neither keeps nor answers it",
    ),
}
"""Fields without another valid value, or left to Keycloak."""

PERSON: Final[Mapping[str, Change]] = {
    "firstName": _user(firstName="Somebody"),
    "lastName": _user(lastName="Else"),
    "email": _user(email="else@schools.example"),
    "attributes": _attribute,
    "requiredActions": _user(requiredActions=["TERMS_AND_CONDITIONS"]),
    "federatedIdentities": _identity,
    "realmRoles": _realm_role("/users/{}/role-mappings/realm"),
    "clientRoles": _client_role,
    "groups": _group,
}
"""Field of a user → a change."""

SERVICE: Final[Mapping[str, Change]] = {
    **{name: change for name, change in PERSON.items() if name != "federatedIdentities"},
    "emailVerified": _user(emailVerified=True),
}

USER_LEFT: Final[Mapping[str, str]] = {
    **{path: reason for path, reason in LEFT_OF_PERSON.items() if "/" not in path},
    "credentials": "a person's own, set at activation; compared of a service account, where Keycloak takes none",
    "id": "Keycloak's own, no call changes it",
    "username": "the name itself: a renamed user is a lost one and a foreign one",
    "createdTimestamp": "Keycloak's own note",
    "federationLink": "compared; no call of the Admin API sets it",
    "serviceAccountClientId": "compared; no call of the Admin API sets it",
    "clientConsents": "compared; only the person can give one, and no client here asks",
    **dict.fromkeys(("totp", "disableableCredentialTypes", "access", "self", "userProfileMetadata"), "computed"),
    **dict.fromkeys(("origin", "applicationRoles", "socialLinks"), "of older versions or other stores"),
    **dict.fromkeys(("verifiableCredentials", "issuedVerifiableCredentials"), "of a feature that is off"),
}


_NAMES: Final = {"realmRoles": "roles", "clientRoles": "roles", "attributes (never written)": "attributes"}
"""Fields of a representation that the canonical form has under another name."""


@pytest.mark.parametrize(
    ("representation", "changed"),
    [
        ("ClientRepresentation", {*CLIENT, *CLIENT_LEFT} - {"attributes (never written)", "scopeMappings", "roles"}),
        ("UserRepresentation", {*PERSON, *USER_LEFT}),
    ],
)
def test_every_field_that_keycloak_knows_is_in_the_matrix(representation: str, changed: set[str]) -> None:
    assert fields_of(representation) == changed


def test_every_change_by_hand_is_named_and_put_right(office: Office) -> None:
    cases = [
        *(("key", number, name, change) for number, (name, change) in enumerate(CLIENT.items(), 1)),
        *(("service", number, name, change) for number, (name, change) in enumerate(SERVICE.items(), 101)),
        *(("person", number, name, change) for number, (name, change) in enumerate(PERSON.items(), 201)),
    ]
    office.folder.write(*(school(number) for _, number, _, _ in cases))
    office.apply(allowed={Guard.CREATES: len(cases) + 1})
    assert _look(office).plan.is_in_sync
    admin = office.realm.admin
    for kind, number, _, change in cases:
        change(admin, _identifier(admin, kind, f"46-{number:07d}"))
    found = _look(office, {Guard.UPDATES: len(cases)})
    seen = {update.desired.image.username: update.changes for update in found.plan.accounts.changes}  # type: ignore[union-attr]
    unseen = []
    for kind, number, name, _ in cases:
        username = f"46-{number:07d}"
        prefix = {"key": f"api-{username}-k1.client.", "service": f"api-{username}-k1.", "person": ""}[kind]
        told = {change.field.removeprefix("service account.") for change in seen.get(username, ())}  # type: ignore[call-overload]
        told = {field.removeprefix(prefix).removeprefix("service account.") for field in told}
        if not any(field.split(".")[0] == _NAMES.get(name, name) for field in told):
            unseen.append((kind, name, sorted(told)))
    counts = f"{len(CLIENT)} fields of key clients, {len(SERVICE)} of service accounts, {len(PERSON)} of users"
    print(f"{counts}: {len(unseen)} unseen")  # noqa: T201
    assert unseen == []
    apply(Workshop(office.actor, found.context), found)
    after = _look(office)
    left = [(c.desired.image.username, c.changes) for c in after.plan.accounts.changes if isinstance(c, UpdateAccount)]
    assert left == []
    assert after.plan.is_in_sync


def _look(office: Office, allowed: Mapping[Guard, int] | None = None) -> Survey:
    settings, connection = office.realm.settings, office.realm.connection
    return survey(office.folder.load(), settings, connection, office.ledger, allowed=allowed, full=True)


def _identifier(admin: KeycloakConnection, kind: str, username: str) -> str:
    if kind == "key":
        return str(require_client(admin, f"api-{username}-k1")["id"])
    name = username if kind == "person" else f"service-account-api-{username}-k1"
    return str(require_user(admin, name)["id"])
