"""The client and the scope of an OIS: brought to what the ledger says, and compared with it.

Both are safe to repeat. An OIS that is suspended or terminated is a disabled client; none is ever deleted, so its
name stays taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import KeycloakConflict
from provisioning.keycloak.lookups import find_client, require_client, scope_ids
from provisioning.keycloak.names import CENTRAL_DB, KEY_DIGEST
from provisioning.keycloak.ois.representations import (
    SCOPE_MAPPINGS,
    SCOPES,
    mandate_scope,
    mandate_scope_differences,
    ois_client,
    wanted_ois,
    wanted_service_of,
)
from provisioning.keycloak.realm.handler import RealmReading
from provisioning.keycloak.realm.role_mappings import assign_roles
from provisioning.keycloak.whole.canonical import diff_wholes, without
from provisioning.keycloak.whole.holdings import whole_clients, whole_users
from provisioning.keycloak.whole.left import LEFT_OF_OIS, LEFT_OF_OIS_SERVICE
from provisioning.keycloak.whole.restoring import restore_client, restore_scope_mappings, restore_user
from provisioning.model.identifiers import ClientId, service_account_of
from provisioning.model.ois import OIS_CLIENT_PREFIX, OisRecord, OisState

_ENABLED: Final = "enabled"
_DECIDED: Final = {_ENABLED: "set last, and by a decision alone"}
_SERVICE: Final = "service account"
_SCOPE: Final = "mandate scope"
_RIGHT: Final = f"{CENTRAL_DB}:"


def bring_ois(connection: KeycloakConnection, record: OisRecord, *, opens: bool) -> None:
    """Make the client and the mandates' scope, or bring them to the record. The client opens last, when all is right.

    Whatever of the client is not ours to decide (a secret's digest) is left as it is. Without `opens` a client that
    was shut stays so.
    """
    client = find_client(connection, record.client_id)
    if client is None:
        connection.post("/clients", {**ois_client(record), "enabled": False, "defaultClientScopes": list(SCOPES)})
        client, opens = require_client(connection, record.client_id), True
    elif record.state is not OisState.CONNECTED and client[_ENABLED]:
        # First of all: what must be shut does not wait for the rest.
        _put(connection, client, {_ENABLED: False})
    ensure_mandate_scope(connection, record.client_id)
    _bring_rights(connection, client["id"], record)
    wanted, differing = wanted_ois(record), _differing(connection, record) or set()
    if any(not field.startswith(_SERVICE) for field in differing):
        restore_client(connection, record.client_id, without(wanted, _DECIDED), [*LEFT_OF_OIS, *_DECIDED])
    if _SERVICE in differing:
        connection.get(f"/clients/{client['id']}/service-account-user")
    if any(field.startswith(_SERVICE) for field in differing):
        name = service_account_of(record.client_id)
        restore_user(connection, name, wanted_service_of(record), _left_of_service(connection))
    if opens and _ENABLED in differing:
        restore_client(connection, record.client_id, wanted, LEFT_OF_OIS)


def ensure_mandate_scope(connection: KeycloakConnection, client_id: ClientId) -> str:
    """Make an OIS's mandate scope when there is none, mend one that was altered; return its internal id."""
    known = client_scopes(RealmReading(connection)).get(client_id)
    if known is None:
        # Whoever was faster made the same scope.
        with suppress(KeycloakConflict):
            connection.post("/client-scopes", mandate_scope(client_id))
        return scope_ids(connection)[client_id]
    if mandate_scope_differences(client_id, known):
        _mend_scope(connection, known, mandate_scope(client_id))
    return str(known["id"])


def _mend_scope(connection: KeycloakConnection, known: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    base, mappers = f"/client-scopes/{known['id']}", wanted["protocolMappers"]
    foreign = dict.fromkeys(known.get("attributes", {}), "")
    plain = {name: value for name, value in wanted.items() if name != "protocolMappers"}
    connection.put(base, {**plain, "attributes": {**foreign, **wanted["attributes"]}})
    for mapper in known.get("protocolMappers", []):
        connection.delete(f"{base}/protocol-mappers/models/{mapper['id']}")
    for mapper in mappers:
        connection.post(f"{base}/protocol-mappers/models", mapper)
    if known[SCOPE_MAPPINGS]:
        restore_scope_mappings(connection, base, ())


def client_scopes(reading: RealmReading) -> dict[str, dict[str, Any]]:
    """Return all client scopes with their mappers and the roles that they let through, by name; there are tens."""
    export = reading.export
    mapped = [export.get("scopeMappings", []), *export.get("clientScopeMappings", {}).values()]
    roles: defaultdict[str, list[str]] = defaultdict(list)
    for entry in (entry for entries in mapped for entry in entries if "clientScope" in entry):
        roles[entry["clientScope"]] += entry["roles"]
    return {scope["name"]: {**scope, SCOPE_MAPPINGS: roles[scope["name"]]} for scope in export.get("clientScopes", [])}


def set_ois_digest(connection: KeycloakConnection, client_id: ClientId, digest: str) -> None:
    """Set the digest of the OIS's secret; any other secret is refused at once."""
    _put(connection, require_client(connection, client_id), {"attributes": {KEY_DIGEST: digest}})


def ois_differences(
    connection: KeycloakConnection, record: OisRecord, scopes: Mapping[str, Mapping[str, Any]]
) -> tuple[str, ...] | None:
    """Return the names of fields that Keycloak has otherwise than the record, sorted; None when it has no such client.

    `scopes` are all client scopes.
    """
    names = _differing(connection, record)
    if names is None:
        return None
    scope = scopes.get(record.client_id)
    if scope is None:
        names.add(_SCOPE)
    else:
        names |= {f"{_SCOPE}.{field}" for field in mandate_scope_differences(record.client_id, scope)}
    return tuple(sorted(names))


def ois_clients(connection: KeycloakConnection) -> Iterator[ClientId]:
    """Return the client ids of all clients that carry the name of an OIS. Paged."""
    for page in connection.pages("/clients", clientId=OIS_CLIENT_PREFIX, search=True):
        yield from (ClientId(row["clientId"]) for row in page if row["clientId"].startswith(OIS_CLIENT_PREFIX))


def _differing(connection: KeycloakConnection, record: OisRecord) -> set[str] | None:
    """Return the fields of the client and of its service account that are not as the record has them; None when there
    is no client.
    """
    found = whole_clients(connection, [record.client_id], LEFT_OF_OIS).get(record.client_id)
    if found is None:
        return None
    fields = {change.field for change in diff_wholes(wanted_ois(record), found)}
    name = service_account_of(record.client_id)
    service = whole_users(connection, [name], _left_of_service(connection)).get(name)
    if service is None:
        return {*fields, _SERVICE}
    return fields | {f"{_SERVICE}.{change.field}" for change in diff_wholes(wanted_service_of(record), service)}


def _left_of_service(connection: KeycloakConnection) -> list[str]:
    return [*LEFT_OF_OIS_SERVICE, f"roles/realm:default-roles-{connection.realm}"]


def _let_through(connection: KeycloakConnection, identifier: str) -> set[str]:
    """Every role that the client's scope mappings let through, as `client:role` or `realm:role`."""
    mapped = connection.get(f"/clients/{identifier}/scope-mappings") or {}
    roles = {f"realm:{role['name']}" for role in mapped.get("realmMappings", [])}
    for client_id, of_client in mapped.get("clientMappings", {}).items():
        roles |= {f"{client_id}:{role['name']}" for role in of_client.get("mappings", [])}
    return roles


def _bring_rights(connection: KeycloakConnection, identifier: str, record: OisRecord) -> None:
    """Let exactly the granted rights through: a composite realm role put there by hand would let all its parts."""
    base = f"/clients/{identifier}/scope-mappings"
    if any(not name.startswith(_RIGHT) for name in _let_through(connection, identifier)):
        mapped = connection.get(base) or {}
        connection.delete(f"{base}/realm", mapped.get("realmMappings", []))
        for client_id, of_client in mapped.get("clientMappings", {}).items():
            if client_id != CENTRAL_DB:
                connection.delete(f"{base}/clients/{of_client['id']}", of_client["mappings"])
    database = require_client(connection, CENTRAL_DB)["id"]
    assign_roles(connection, f"{base}/clients/{database}", f"/clients/{database}/roles", record.rights)


def _put(connection: KeycloakConnection, client: Mapping[str, Any], fields: Mapping[str, Any]) -> None:
    """Only these fields; Keycloak merges them, so what somebody else writes at the same time is not undone. Origins
    alone it makes anew of the redirect addresses when they are not sent.
    """
    kept = {"clientId": client["clientId"], "webOrigins": client.get("webOrigins", [])}
    connection.put(f"/clients/{client['id']}", {**kept, **fields})
