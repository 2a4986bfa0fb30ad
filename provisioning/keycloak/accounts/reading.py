"""All accounts and API keys of the realm, read as two lists from our Keycloak extension: users and clients.

The lists come by key and not by offset, with roles and scopes in them, so the work grows with the realm and nothing is
asked account by account (decision 17).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from provisioning.keycloak.accounts.representations import ACCOUNT_ATTRIBUTE
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.key_scopes import scopes_of_client
from provisioning.keycloak.names import CENTRAL_DB
from provisioning.keycloak.whole.holdings import client_pages, user_pages
from provisioning.model.identifiers import (
    API_KEY_CLIENT_PREFIX,
    ClientId,
    Username,
    parse_key_client_id,
    parse_username,
    service_account_of,
)
from provisioning.model.key_scopes import KeyScopes
from provisioning.planning.changes import AccountImage, KeyImage, KeyWholes
from provisioning.planning.desired import MANAGED_BY, MANAGED_BY_US
from provisioning.planning.foreign import Names

READERS: Final = 2
"""Parallel readers; more do not help on the two cores that were measured (docs/decisions)."""

COMPARED: Final = frozenset(
    {"institution_id", "institution_name", "kind", "sphere", "generation", "edrpou", "edebo_id", "katottg", MANAGED_BY}
)
"""User attributes that YAML decides; others (`locale`, `base_key_id`, …) live their own life."""

ACTIVATED_AT: Final = "activated_at"
"""Set by our Keycloak extension at the end of an activation."""

BASE_KEY_ID: Final = "base_key_id"
"""Set by our Keycloak extension: the name of the outstanding base key, or `WITHDRAWN`."""

WITHDRAWN: Final = "withdrawn"
"""Stands in the place of a base key that was withdrawn."""

READ: Final = (*sorted(COMPARED), ACTIVATED_AT, BASE_KEY_ID)
"""User attributes that are asked for."""

_NOTHING: Final[KeyScopes] = {}
"""What most keys open, once for all of them."""

Tick = Callable[[int], None]
"""Called with the number of objects that were just read."""


@dataclass(frozen=True, slots=True)
class _User:
    """What counts of a user, an account's own or a key's service account."""

    enabled: bool
    email: str
    attributes: dict[str, str]
    activated_at: str | None
    whole: bytes
    base_key_id: str


@dataclass(frozen=True, slots=True)
class _Service:
    """What counts of a key's service account."""

    user: _User
    roles: frozenset[str]
    rights: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Client:
    """What counts of an API key's client."""

    enabled: bool
    account: str | None
    opens: KeyScopes
    whole: bytes
    fingerprint: str


@dataclass(slots=True)
class Snapshot:
    """Users and clients as read, by name: only compared fields, since whole rows of 100,000 institutions would fill
    gigabytes.

    Of roles and rights only those that `compared_roles` and `compared_rights` name.
    """

    compared_roles: frozenset[str]
    compared_rights: frozenset[str]
    users: dict[str, _User] = field(default_factory=dict)
    services: dict[str, _Service] = field(default_factory=dict)
    clients: dict[str, _Client] = field(default_factory=dict)
    other_users: set[str] = field(default_factory=set)
    holders: set[str] = field(default_factory=set)
    other_clients: set[str] = field(default_factory=set)
    _sets: dict[frozenset[str], frozenset[str]] = field(default_factory=dict)

    digests: bool = False
    """Whether digests of wholes are asked for."""

    def keep_user(self, row: Mapping[str, Any]) -> None:
        """Keep a user that may be an account's own, or a service account."""
        name = row["username"]
        of_account = name.startswith(_SERVICE_OF_A_KEY) or parse_username(name) is not None
        if not of_account and (row.get("clientRoles") or self.compared_roles.intersection(row.get("realmRoles", ()))):
            self.holders.add(name)
        if row.get("serviceAccountClientId") is not None:
            if name.startswith(_SERVICE_OF_A_KEY):
                rights = row.get("clientRoles", {}).get(CENTRAL_DB, ())
                held = self._once(row.get("realmRoles", ()), self.compared_roles)
                self.services[name] = _Service(_user(row), held, self._once(rights, self.compared_rights))
        elif parse_username(name) is None:
            self.other_users.add(name)
        else:
            self.users[name] = _user(row)

    def _once(self, names: Iterable[str], compared: frozenset[str]) -> frozenset[str]:
        """Those that count; one set for all who hold the same."""
        found = compared.intersection(names)
        return self._sets.setdefault(found, found)

    def keep_client(self, row: Mapping[str, Any]) -> None:
        """Keep a client that may be an API key."""
        if parse_key_client_id(row["clientId"]) is None:
            self.other_clients.add(row["clientId"])
            return
        self.clients[row["clientId"]] = _Client(
            bool(row.get("enabled")),
            row.get("attributes", {}).get(ACCOUNT_ATTRIBUTE),
            scopes_of_client(row) or _NOTHING,
            _whole(row),
            row.get("keyFingerprint") or "",
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """All accounts, and the names of all users (without service accounts) and clients, foreign ones included.

    `holders` are users, service accounts too, that are no account's and hold any role of a client, or of a kind.
    """

    images: Mapping[Username, AccountImage]
    names: tuple[Names, ...]
    holders: frozenset[str] = frozenset()


def read_accounts(
    connection: KeycloakConnection, roles: Collection[str], rights: Collection[str], tick: Tick = lambda _: None
) -> Mapping[Username, AccountImage]:
    """Read every user whose name is an account's, with its API keys. `roles` and `rights` are the ones to look for."""
    return read_everything(connection, roles, rights, tick).images


def read_everything(
    connection: KeycloakConnection,
    roles: Collection[str],
    rights: Collection[str],
    tick: Tick = lambda _: None,
    *,
    digests: bool = False,
) -> Reading:
    """Read all accounts, the names of foreign users and clients, and with `digests` what each whole comes to."""
    snapshot = Snapshot(frozenset(roles), frozenset(rights), digests=digests)
    with ThreadPoolExecutor(READERS) as pool:
        jobs = [pool.submit(job) for job in _jobs(connection, snapshot, tick)]
        for job in jobs:
            job.result()
    users, clients = {*snapshot.users, *snapshot.other_users}, {*snapshot.clients, *snapshot.other_clients}
    names = (Names("client", frozenset(clients)), Names("user", frozenset(users)))
    return Reading(images_of(snapshot), names, frozenset(snapshot.holders))


def images_of(snapshot: Snapshot) -> dict[Username, AccountImage]:
    """Join the lists into account images. Pure."""
    keys: defaultdict[Username, list[KeyImage]] = defaultdict(list)
    for client_id, client in sorted(snapshot.clients.items()):
        parsed = parse_key_client_id(client_id)
        if parsed is not None and client.account == parsed[0]:
            keys[parsed[0]].append(_key(ClientId(client_id), parsed[0], client, snapshot))
    images: dict[Username, AccountImage] = {}
    for name, user in snapshot.users.items():
        username = Username(name)
        images[username] = _account(username, user, keys.pop(username, []))
    for username, orphans in keys.items():
        # A key without its account's user: shown as an account that exists and is not alive.
        images[username] = AccountImage(username, False, "", {}, tuple(orphans), ours=True, has_user=False)
    return images


def _account(username: Username, user: _User, keys: Iterable[KeyImage]) -> AccountImage:
    ours = user.attributes.get(MANAGED_BY) == MANAGED_BY_US
    return AccountImage(
        username,
        user.enabled,
        user.email,
        user.attributes,
        tuple(keys),
        ours,
        user.activated_at,
        user.whole,
        base_key_id=user.base_key_id,
    )


def _key(client_id: ClientId, username: Username, client: _Client, snapshot: Snapshot) -> KeyImage:
    service = service_account_of(client_id)
    held, account = snapshot.services.get(service, _NO_SERVICE), snapshot.users.get(username, _NO_USER)
    wholes = KeyWholes(client.whole, held.user.whole) if snapshot.digests else None
    # One copy for both: they are nearly always the same.
    attributes = account.attributes if held.user.attributes == account.attributes else held.user.attributes
    return KeyImage(
        client_id,
        client.enabled,
        held.user.enabled,
        attributes,
        held.roles,
        held.rights,
        client.opens,
        held is not _NO_SERVICE,
        wholes,
        client.fingerprint,
    )


def _user(row: Mapping[str, Any]) -> _User:
    raw = row.get("attributes", {})
    attributes = {name: raw[name][0] for name in COMPARED if raw.get(name)}
    activated, base_key = (next(iter(raw.get(name, [])), None) for name in (ACTIVATED_AT, BASE_KEY_ID))
    outstanding = "" if base_key in (None, WITHDRAWN) else str(base_key)
    return _User(bool(row.get("enabled")), row.get("email") or "", attributes, activated, _whole(row), outstanding)


def _whole(row: Mapping[str, Any]) -> bytes:
    """The digest of the object's whole; empty when it was not asked for."""
    return bytes.fromhex(row.get("whole", ""))


_NO_USER: Final = _User(False, "", {}, None, b"", "")
_NO_SERVICE: Final = _Service(_NO_USER, frozenset(), frozenset())
_SERVICE_OF_A_KEY: Final = service_account_of(API_KEY_CLIENT_PREFIX)


def _jobs(connection: KeycloakConnection, into: Snapshot, tick: Tick) -> list[Callable[[], None]]:
    def job(pages: Callable[[KeycloakConnection], Iterator[list[Any]]], keep: Callable[[Any], None]) -> None:
        # A connection belongs to one thread.
        for page in pages(connection.clone()):
            for row in page:
                keep(row)
            tick(len(page))

    return [
        # Users are twice as many as clients, so their list is read from its middle too.
        partial(job, partial(user_pages, attributes=READ, before=_MIDDLE, digests=into.digests), into.keep_user),
        partial(job, partial(client_pages, digests=into.digests), into.keep_client),
        partial(job, partial(user_pages, attributes=READ, after=_MIDDLE, digests=into.digests), into.keep_user),
    ]


_MIDDLE: Final = "8"
"""Between the lower and the upper half of all ids: they start with a random hexadecimal digit."""
