"""Asks Keycloak about single accounts, a handful of calls each; reading all of them is `reading`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor

from provisioning.model.identifiers import Username, key_client_id, service_account_of
from provisioning.planning.changes import AccountImage

from ..connection import KeycloakConnection
from ..realm.clients import CENTRAL_DB
from ..realm.lookups import find_client, find_user
from .reading import READERS, Snapshot, Tick, images_of


def ask_accounts(
    connection: KeycloakConnection,
    usernames: Iterable[Username],
    roles: Collection[str],
    rights: Collection[str],
    tick: Tick = lambda _: None,
) -> dict[Username, AccountImage]:
    """Those of the accounts that exist, as `read_accounts` would have read them."""
    names = sorted(usernames)
    shares = [names[start::READERS] for start in range(READERS) if names[start::READERS]]

    def ask(share: list[Username]) -> dict[Username, AccountImage]:
        # A connection belongs to one thread.
        own, found = connection.clone(), {}
        for username in share:
            image = ask_account(own, username, roles, rights)
            if image is not None:
                found[username] = image
            tick(1)
        return found

    with ThreadPoolExecutor(READERS) as pool:
        return {name: image for found in pool.map(ask, shares) for name, image in found.items()}


def ask_account(
    connection: KeycloakConnection, username: Username, roles: Collection[str], rights: Collection[str]
) -> AccountImage | None:
    """One account with all its API keys, those too that the ledger does not know; None when there is nothing of it."""
    snapshot = Snapshot()
    user = find_user(connection, username)
    if user is not None:
        snapshot.keep_user(user)
    every_key = key_client_id(username, 1).removesuffix("1")
    for page in connection.pages("/clients", clientId=every_key, search=True):
        for client in page:
            snapshot.keep_client(client)
    for client_id in snapshot.clients:
        _ask_service_account(connection, service_account_of(client_id), snapshot, roles, rights)
    return images_of(snapshot).get(username)


def _ask_service_account(
    connection: KeycloakConnection, name: str, into: Snapshot, roles: Collection[str], rights: Collection[str]
) -> None:
    service = find_user(connection, name)
    if service is None:
        return
    into.keep_service(service)
    # Not `/role-mappings` as a whole: Keycloak goes through all clients of the realm for it.
    base, database = f"/users/{service['id']}/role-mappings", find_client(connection, CENTRAL_DB)
    of_realm = _names(connection, f"{base}/realm")
    of_database = _names(connection, f"{base}/clients/{database['id']}") if database is not None else frozenset()
    into.roles[name] = of_realm.intersection(roles)
    into.rights[name] = of_database.intersection(rights)


def _names(connection: KeycloakConnection, path: str) -> frozenset[str]:
    return frozenset(role["name"] for role in connection.get(path) or [])
