"""Reading single accounts from Keycloak, two calls each; `reading` reads all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor

from provisioning.keycloak.accounts.reading import READ, READERS, Snapshot, Tick, images_of
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.whole.holdings import clients_starting, users_named
from provisioning.model.identifiers import Username, key_client_id, service_account_of
from provisioning.planning.changes import AccountImage


def ask_accounts(
    connection: KeycloakConnection,
    usernames: Iterable[Username],
    roles: Collection[str],
    rights: Collection[str],
    tick: Tick = lambda _: None,
) -> dict[Username, AccountImage]:
    """Read those of the accounts that exist, as `read_accounts` would have read them."""
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
    """Read one account with all its API keys, those too that the ledger does not know; None when it does not exist."""
    snapshot = Snapshot(frozenset(roles), frozenset(rights), digests=True)
    for client in clients_starting(connection, key_client_id(username, 1).removesuffix("1"), digests=True):
        snapshot.keep_client(client)
    names = [username, *(service_account_of(client_id) for client_id in snapshot.clients)]
    for user in users_named(connection, names, READ, digests=True):
        snapshot.keep_user(user)
    return images_of(snapshot).get(username)
