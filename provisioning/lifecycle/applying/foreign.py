"""Takes from foreign users, groups, roles and sources of users what they open, with an alarm for each (decision 31).

Nothing foreign is removed, and what `foreign` in realm.yaml names is left alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from provisioning.keycloak.errors import KeycloakError
from provisioning.keycloak.realm.catalogue import desired_objects
from provisioning.keycloak.realm.handler import RealmReading
from provisioning.keycloak.realm.holders import (
    CLIENT_ROLE,
    USER,
    Holder,
    holder_named,
    holders,
    passing_on,
    roles_of_client,
    take_roles,
)
from provisioning.keycloak.realm.narrow import NARROW_SERVICE_ACCOUNTS
from provisioning.keycloak.realm.sources import sources_on, switch_off
from provisioning.ledger import LedgerReader
from provisioning.ledger.queries.staff import staff_on_record
from provisioning.lifecycle.alarms import raise_alarms
from provisioning.lifecycle.applying.closing import REALM, Closed
from provisioning.lifecycle.failing import concerns_one_object, failure_of
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.configuration import Configuration
from provisioning.model.identifiers import SERVICE_ACCOUNT_PREFIX
from provisioning.model.ois import Slug, parse_ois_client_id, parse_operator_username
from provisioning.planning.objects import ObjectType

HELD: Final = "somebody who is not on record as staff held a role of ours in Keycloak, and holds it no more"
SWITCHED_OFF: Final = "another source of users, keys or clients was opened in Keycloak by hand, and is closed again"

_OURS: Final = NARROW_SERVICE_ACCOUNTS | {f"{SERVICE_ACCOUNT_PREFIX}provisioning", f"{SERVICE_ACCOUNT_PREFIX}sidecar"}
"""Service accounts whose roles the bootstrap gives, or the realm's clients."""


def take_from_foreign(
    workshop: Workshop, reading: RealmReading, users: Collection[str] = (), clients: Collection[str] = ()
) -> Closed:
    """Take roles of ours from users, groups and roles that are not ours, and switch foreign sources off.

    `users` and `clients` are to be looked at besides those that are known to hold something. Safe to repeat. Raises
    KeycloakError or LedgerError.
    """
    connection, closed = workshop.actor.connection, Closed()
    with workshop.actor.ledger.reader() as reader:
        # The record and not the file: it has the last administrators, whom the file may not remove.
        recorded = staff_on_record(reader)
        found = list(_holders(workshop, reading, reader, users, clients))
    staff = workshop.context.configuration.staff_roles() if recorded is None else recorded
    for holder in found:
        try:
            taken = take_roles(connection, holder, staff.get(holder.name, ()) if holder.type == USER else ())
        except KeycloakError as error:
            if not concerns_one_object(error, connection):
                raise
            closed.refused.append(failure_of(f"{holder.type} {holder.name}", error))
            continue
        if taken:
            closed.things.append(f"{holder.type} {holder.name}: {', '.join(taken)}")
            raise_alarms(workshop.actor, HELD, {holder.name: [f"{holder.type}: {', '.join(taken)}"]})
    _switch_off(workshop, reading, closed)
    return closed


def foreign_clients(workshop: Workshop, names: Collection[str]) -> frozenset[str]:
    """Return those of the names of clients that are no API key's, no OIS's and none of the realm's."""
    types = (ObjectType.CLIENT, ObjectType.RESOURCE_SERVER)
    ours = {thing.name for thing in desired_objects(workshop.context) if thing.type in types}
    others = frozenset(names) - ours
    if not others:
        return others
    with workshop.actor.ledger.reader() as reader:
        return others - reader.all_api_keys().keys() - {record.client_id for record in reader.all_ois().values()}


def _holders(
    workshop: Workshop,
    reading: RealmReading,
    reader: LedgerReader,
    users: Collection[str],
    clients: Collection[str],
) -> Iterator[Holder]:
    connection, configuration = workshop.actor.connection, workshop.context.configuration
    known = {thing.name for thing in desired_objects(workshop.context) if thing.type is ObjectType.ROLE}
    for name in sorted(holders(connection) | {*users}):
        holder = holder_named(connection, name)
        if holder is not None and not _is_left_alone(holder, configuration, reader):
            yield holder
    others = [*passing_on(reading, known)]
    for client in sorted(clients):
        others += roles_of_client(connection, client)
    yield from (holder for holder in others if not _is_left_alone(holder, configuration, reader))


def _switch_off(workshop: Workshop, reading: RealmReading, closed: Closed) -> None:
    connection, configuration = workshop.actor.connection, workshop.context.configuration
    ours = {thing.name for thing in desired_objects(workshop.context) if thing.type is ObjectType.COMPONENT}
    for source in sources_on(reading, ours):
        if configuration.realm.stays(source.type, source.name):
            continue
        thing = f"{source.type} {source.name}"
        try:
            switch_off(connection, source)
        except KeycloakError as error:
            if not concerns_one_object(error, connection):
                raise
            closed.refused.append(failure_of(thing, error))
            continue
        closed.things.append(thing)
        raise_alarms(workshop.actor, SWITCHED_OFF, {REALM: [thing]})


def _is_left_alone(holder: Holder, configuration: Configuration, reader: LedgerReader) -> bool:
    """Ours on record, not by its name alone, and compared elsewhere; or foreign and to stay by realm.yaml."""
    name = holder.name
    if holder.type == CLIENT_ROLE:
        return configuration.realm.stays("client", name.partition(":")[0])
    return (holder.type == USER and _is_ours(name, reader)) or configuration.realm.stays(holder.type, name)


def _is_ours(name: str, reader: LedgerReader) -> bool:
    client = name.removeprefix(SERVICE_ACCOUNT_PREFIX)
    if client != name:
        ois = parse_ois_client_id(client)
        return name in _OURS or reader.api_key(client) is not None or (ois is not None and _has_ois(ois, reader))
    slug = parse_operator_username(name)
    return reader.account(name) is not None or (slug is not None and _has_ois(slug, reader))


def _has_ois(slug: Slug, reader: LedgerReader) -> bool:
    return reader.ois(slug) is not None
