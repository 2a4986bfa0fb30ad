"""Cheap marks by which a change in Keycloak by another hand shows, and the accounts that it touched.

Admin events are a hint: Keycloak can lose them when it is killed, and an administrator can delete them. A plan that
relies on a mark says what it cannot show (decision 13).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.model.identifiers import (
    SERVICE_ACCOUNT_PREFIX,
    ClientId,
    Username,
    parse_key_client_id,
    parse_username,
    service_account_of,
)

MOST_TOUCHED: Final = 500
"""Objects that are looked up one by one; beyond that reading everything is quicker."""

_MOST_EVENTS: Final = 5_000
_ROLES: Final = "roles-by-id"
_WATCHED: Final[tuple[Mapping[str, str], ...]] = (
    {"operationTypes": "UPDATE"},
    {"operationTypes": "DELETE"},
    {"operationTypes": "ACTION"},
    {"operationTypes": "CREATE", "resourcePath": "users/*/*"},
    {"operationTypes": "CREATE", "resourcePath": "clients/*/*"},
    {"operationTypes": "CREATE", "resourcePath": "roles-by-id/*"},
)
"""Events that touch what exists. What is created under a user or client, such as a role, a mapper or an identity
link, is a change of it. Births are left out: ours are thousands, and a stranger's shows in the count.
"""


@dataclass(frozen=True, slots=True)
class ChangeMarks:
    """State of the realm as marks. `realm` is Keycloak's own id of the realm, `users` counts users without service
    accounts, `latest` is the time of the newest admin event, in milliseconds since 1970 by Keycloak's clock; 0 when
    there is none.
    """

    realm: str
    users: int
    latest: int


@dataclass(frozen=True, slots=True)
class Touched:
    """Accounts that admin events speak of. `unclear` when there were too many, or one of something deleted."""

    usernames: frozenset[Username]
    unclear: bool
    others: frozenset[str] = frozenset()
    """Users, and service accounts of clients, that are no account's."""


def read_change_marks(connection: KeycloakConnection) -> ChangeMarks:
    """Read the marks: three small calls."""
    newest = connection.get("/admin-events", first=0, max=1) or []
    realm, users = connection.get("") or {}, connection.get("/users/count")
    return ChangeMarks(
        str(realm.get("id", "")), int(users or 0), max((int(event["time"]) for event in newest), default=0)
    )


def touched_since(connection: KeycloakConnection, moment: int) -> Touched:
    """Return the accounts changed at `moment` or later, in milliseconds since 1970 by Keycloak's clock."""
    objects: set[tuple[str, str]] = set()
    events = 0
    for page in chain.from_iterable(connection.pages("/admin-events", **w, dateFrom=moment) for w in _WATCHED):
        events += len(page)
        objects.update(place for event in page if (place := _object(event)) is not None)
        if events > _MOST_EVENTS or len(objects) > MOST_TOUCHED:
            return Touched(frozenset(), unclear=True)
    names = [_name(connection, resource, identifier) for resource, identifier in sorted(objects)]
    known = {name for name in names if name}
    accounts = frozenset(account for name in known if (account := _account_of(name)) is not None)
    others = frozenset(name for name in known if _account_of(name) is None)
    return Touched(accounts, None in names, others)


def _object(event: Mapping[str, Any]) -> tuple[str, str] | None:
    """The user, client or role that an event is about: `users/<id>/role-mappings/realm` → ("users", "<id>")."""
    steps = str(event.get("resourcePath", "")).split("/")
    identified = len(steps) > 1 and steps[0] in ("users", "clients", _ROLES) and steps[1].count("-") == 4
    return (steps[0], steps[1]) if identified else None


def _name(connection: KeycloakConnection, resource: str, identifier: str) -> str | None:
    """Its name, of a client's role that of the client; nothing for a role of the realm; None when it is gone."""
    found = connection.get(f"/{resource}/{identifier}")
    if found is None:
        return None
    if resource == _ROLES:
        return _name(connection, "clients", found["containerId"]) if found["clientRole"] else ""
    return str(found["username"]) if resource == "users" else service_account_of(ClientId(found["clientId"]))


def _account_of(name: str) -> Username | None:
    """The account that a user's or a client's name belongs to; None when it is not one of ours."""
    key = parse_key_client_id(name.removeprefix(SERVICE_ACCOUNT_PREFIX))
    if key is not None:
        return key[0]
    return Username(name) if parse_username(name) is not None else None
