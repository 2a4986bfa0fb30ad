"""Reads every account and API key of the realm, paged and in parallel, without a call per account.

Four kinds of lists: users, service accounts (found by their user name), clients of API keys, members of roles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

from provisioning.model.identifiers import (
    API_KEY_CLIENT_PREFIX,
    ClientId,
    Username,
    parse_key_client_id,
    parse_username,
    service_account_of,
)
from provisioning.model.openings import Openings
from provisioning.planning.changes import AccountImage, KeyImage
from provisioning.planning.desired import MANAGED_BY, MANAGED_BY_US

from ..connection import KeycloakConnection
from ..openings import openings_of
from ..realm.clients import CENTRAL_DB
from ..realm.lookups import find_client
from .representations import ACCOUNT_ATTRIBUTE

READERS: Final = 2
"""Parallel readers; more do not help on the two cores that were measured (docs/decisions)."""

COMPARED: Final = frozenset(
    {"institution_id", "institution_name", "kind", "sphere", "generation", "edrpou", "edebo_id", "katottg", MANAGED_BY}
)
"""User attributes that YAML decides; others (`locale`, `base_key_id`, …) live their own life."""

ACTIVATED_AT: Final = "activated_at"
"""Set by our Keycloak extension at the end of an activation."""

_NOTHING: Final[Openings] = {}
"""What most keys open, once for all of them."""

Tick = Callable[[int], None]
"""Called with the number of objects that were just read."""


@dataclass(slots=True)
class Snapshot:
    """Raw rows as Keycloak gave them, by name."""

    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    services: dict[str, dict[str, Any]] = field(default_factory=dict)
    clients: dict[str, dict[str, Any]] = field(default_factory=dict)
    roles: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    rights: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def read_accounts(
    connection: KeycloakConnection, roles: Collection[str], rights: Collection[str], tick: Tick = lambda _: None
) -> dict[Username, AccountImage]:
    """Every user whose name is an account's, with its API keys. `roles` and `rights` are the ones to look for."""
    snapshot = Snapshot()
    with ThreadPoolExecutor(READERS) as pool:
        jobs = [pool.submit(job) for job in _jobs(connection, snapshot, roles, rights, tick)]
        for job in jobs:
            job.result()
    return images_of(snapshot)


def images_of(snapshot: Snapshot) -> dict[Username, AccountImage]:
    """Put the lists together. Pure."""
    keys: defaultdict[Username, list[KeyImage]] = defaultdict(list)
    for client_id, client in sorted(snapshot.clients.items()):
        parsed = parse_key_client_id(client_id)
        if parsed is not None and client.get("attributes", {}).get(ACCOUNT_ATTRIBUTE) == parsed[0]:
            keys[parsed[0]].append(_key(ClientId(client_id), client, snapshot))
    images: dict[Username, AccountImage] = {}
    for name, user in snapshot.users.items():
        if parse_username(name) is not None:
            username = Username(name)
            images[username] = _account(username, user, keys.pop(username, []))
    for username, orphans in keys.items():
        # A key without its account's user: shown as an account that exists and is not alive.
        images[username] = AccountImage(username, False, "", {}, tuple(orphans), ours=True)
    return images


def _account(username: Username, user: Mapping[str, Any], keys: Iterable[KeyImage]) -> AccountImage:
    attributes = _attributes(user)
    ours = attributes.get(MANAGED_BY) == MANAGED_BY_US
    activated = next(iter(user.get("attributes", {}).get(ACTIVATED_AT, [])), None)
    return AccountImage(
        username, bool(user.get("enabled")), user.get("email") or "", attributes, tuple(keys), ours, activated
    )


def _key(client_id: ClientId, client: Mapping[str, Any], snapshot: Snapshot) -> KeyImage:
    service = service_account_of(client_id)
    user = snapshot.services.get(service, {})
    return KeyImage(
        client_id,
        bool(client.get("enabled")),
        bool(user.get("enabled")),
        _attributes(user),
        frozenset(snapshot.roles.get(service, ())),
        frozenset(snapshot.rights.get(service, ())),
        openings_of(client) or _NOTHING,
    )


def _attributes(user: Mapping[str, Any]) -> dict[str, str]:
    return {name: values[0] for name, values in user.get("attributes", {}).items() if name in COMPARED and values}


def _jobs(
    connection: KeycloakConnection, into: Snapshot, roles: Collection[str], rights: Collection[str], tick: Tick
) -> list[Callable[[], None]]:
    def rows(path: str, keep: Callable[[dict[str, Any]], None], **query: object) -> Callable[[], None]:
        def job() -> None:
            # A connection belongs to one thread.
            for page in connection.clone().pages(path, **query):
                for row in page:
                    keep(row)
                tick(len(page))

        return job

    def member(of: defaultdict[str, set[str]], name: str) -> Callable[[dict[str, Any]], None]:
        return lambda row: of[row["username"]].add(name)

    jobs = [
        rows("/users", lambda row: into.users.update({row["username"]: row}), briefRepresentation=False),
        rows(
            "/users",
            lambda row: into.services.update({row["username"]: row}),
            username=service_account_of(API_KEY_CLIENT_PREFIX),
            briefRepresentation=False,
        ),
        rows(
            "/clients",
            lambda row: into.clients.update({row["clientId"]: row}),
            clientId=API_KEY_CLIENT_PREFIX,
            search=True,
        ),
    ]
    jobs += [rows(f"/roles/{role}/users", member(into.roles, role)) for role in roles]
    database = find_client(connection, CENTRAL_DB) if rights else None
    if database is not None:
        base = f"/clients/{database['id']}/roles"
        jobs += [rows(f"{base}/{right}/users", member(into.rights, right)) for right in rights]
    return jobs
