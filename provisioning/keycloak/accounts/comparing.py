"""Compares accounts as wholes: digests first; only what differs is read in full and known field by field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from provisioning.keycloak.accounts.wanted import wanted_key, wanted_person, wanted_service
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.names import CENTRAL_DB
from provisioning.keycloak.whole.canonical import Whole, diff_wholes, digest_of_whole
from provisioning.keycloak.whole.holdings import whole_clients, whole_users
from provisioning.model.identifiers import ClientId, Username, service_account_of
from provisioning.model.key_scopes import KeyScopes
from provisioning.planning.changes import AccountImage, KeyImage
from provisioning.planning.objects import FieldChange, FieldPath

CLIENT: Final = "client"
SERVICE: Final = "service account"

Pair = tuple[AccountImage, AccountImage]
"""An account as it should be and as it was found, with digests."""


@dataclass(frozen=True, slots=True)
class _Altered:
    """One object whose digest differs: where its fields stand in a plan, and what it should be.

    `known` are paths of the object that comparing images finds already.
    """

    username: Username
    name: str
    is_client: bool
    prefix: FieldPath
    wanted: Whole
    known: frozenset[FieldPath]


def altered_fields(connection: KeycloakConnection, pairs: Iterable[Pair]) -> dict[Username, tuple[FieldChange, ...]]:
    """Find the fields that differ beyond those of images, by account; nothing of an account that is as wanted.

    Asks Keycloak only about objects whose digest differs.
    """
    altered = [one for wanted, found in pairs for one in _altered(wanted, found)]
    clients = whole_clients(connection, [one.name for one in altered if one.is_client])
    users = whole_users(connection, [one.name for one in altered if not one.is_client])
    changes: dict[Username, tuple[FieldChange, ...]] = {}
    for one in altered:
        whole = (clients if one.is_client else users).get(one.name)
        if whole is not None and (fields := tuple(_changes(one, whole))):
            changes[one.username] = (*changes.get(one.username, ()), *fields)
    return changes


def altered_client(connection: KeycloakConnection, client_id: ClientId, opens: KeyScopes) -> tuple[str, ...]:
    """Return the fields of a key's client that are not as they should be when it opens `opens`; none without client."""
    whole = whole_clients(connection, [client_id]).get(client_id)
    wanted = wanted_key(KeyImage(client_id, True, True, {}, frozenset()), opens)
    return () if whole is None else tuple(sorted({change.field for change in diff_wholes(wanted, whole)}))


def _changes(one: _Altered, found: Mapping[str, Any]) -> Iterator[FieldChange]:
    for change in diff_wholes(one.wanted, found):
        if change.path not in one.known:
            yield FieldChange((*one.prefix, *change.path), change.before, change.after)


def _altered(wanted: AccountImage, found: AccountImage) -> Iterator[_Altered]:
    username = wanted.username
    person = wanted_person(wanted)
    if found.whole and digest_of_whole(person) != found.whole:
        known = frozenset({("email",), *_attributes(wanted.attributes, found.attributes)})
        yield _Altered(username, username, False, (), person, known)
    existing = {key.client_id: key for key in found.keys}
    for key in wanted.keys:
        held = existing.get(key.client_id)
        if held is None or held.wholes is None:
            continue
        client = wanted_key(key, held.opens)
        if digest_of_whole(client) != held.wholes.client:
            yield _Altered(username, key.client_id, True, (key.client_id, CLIENT), client, frozenset())
        service = wanted_service(key)
        if held.has_service and digest_of_whole(service) != held.wholes.service:
            name = service_account_of(key.client_id)
            yield _Altered(username, name, False, (key.client_id, SERVICE), service, _known_of_service(key, held))


def _known_of_service(wanted: KeyImage, found: KeyImage) -> frozenset[FieldPath]:
    roles = [f"realm:{name}" for name in wanted.roles ^ found.roles]
    rights = [f"{CENTRAL_DB}:{name}" for name in wanted.rights ^ found.rights]
    return frozenset({*_attributes(wanted.attributes, found.attributes), *(("roles", n) for n in [*roles, *rights])})


def _attributes(wanted: Mapping[str, str], found: Mapping[str, str]) -> Sequence[FieldPath]:
    return [("attributes", n) for n in {*wanted, *found} if wanted.get(n) != found.get(n)]
