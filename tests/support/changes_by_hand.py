"""Changes by hand of every field of an account's objects: a key's client, its service account, a person's user."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import require_client

Change = Callable[[KeycloakConnection, str], None]
"""Changes one object, named by its internal id."""


def of_client(**fields: Any) -> Change:
    """Change fields of a client."""

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
    of_client(authenticationFlowBindingOverrides={"browser": flow})(admin, identifier)


def attached(kind: str, name: str = "staff") -> Change:
    """Give a client a client scope; `kind` is `default-client-scopes` or `optional-client-scopes`."""

    def change(admin: KeycloakConnection, identifier: str) -> None:
        scope = next(one["id"] for one in admin.get("/client-scopes") if one["name"] == name)
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
    **{name: of_client(**{name: "something else"}) for name in ("name", "description")},
    **{name: of_client(**{name: "https://else.example"}) for name in ("rootUrl", "adminUrl", "baseUrl")},
    **{
        name: of_client(**{name: True})
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
    "clientAuthenticatorType": of_client(clientAuthenticatorType="client-secret"),
    "serviceAccountsEnabled": of_client(serviceAccountsEnabled=False),
    "protocol": of_client(protocol="saml"),
    "redirectUris": of_client(redirectUris=["https://else.example/*"]),
    "webOrigins": of_client(webOrigins=["https://else.example"]),
    "attributes": of_client(attributes={"access.token.lifespan": "31536000"}),
    "attributes (never written)": of_client(attributes={"never.written": "x"}),
    "authenticationFlowBindingOverrides": _flow_binding,
    "nodeReRegistrationTimeout": of_client(nodeReRegistrationTimeout=77),
    "registeredNodes": _post("/clients/{}/nodes", {"node": "node.example"}),
    "protocolMappers": _post("/clients/{}/protocol-mappers/models", _MAPPER),
    "defaultClientScopes": attached("default-client-scopes"),
    "optionalClientScopes": attached("optional-client-scopes"),
    "scopeMappings": _realm_role("/clients/{}/scope-mappings/realm"),
    "roles": _post("/clients/{}/roles", {"name": "foreign"}),
}
"""Field of a key's client → a change to another valid value. The last two are in no representation."""
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
