"""Closes what gives or widens access in Keycloak and was made there by hand, with an alarm for each (decision 31).

It works with the configuration that was applied last, so that it decides nothing: what only a new configuration takes
away waits for its apply and the guards. Everything else that differs is drift, which an apply mends.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from provisioning.keycloak.errors import KeycloakError
from provisioning.keycloak.realm.catalogue import desired_objects
from provisioning.keycloak.realm.holders import Holder, holder_named, holders, passing_on, take_roles
from provisioning.keycloak.realm.narrow import NARROW_SERVICE_ACCOUNTS
from provisioning.ledger.queries.staff import staff_on_record
from provisioning.ledger.queries.summary import accounts_named
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.alarms import ALARM_FRESH, last_raised
from provisioning.lifecycle.applying.changes import change_realm, close_accounts
from provisioning.lifecycle.applying.planning import Survey
from provisioning.lifecycle.applying.updates import update_accounts
from provisioning.lifecycle.failing import Failure, concerns_one_object, failure_of
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.configuration import Configuration
from provisioning.model.events import NewEvent
from provisioning.model.events.alarms import AlarmRaised
from provisioning.model.identifiers import SERVICE_ACCOUNT_PREFIX, parse_username
from provisioning.model.ois import parse_ois_client_id, parse_operator_username
from provisioning.planning.objects import ObjectType
from provisioning.planning.widening import reopened_accounts, widened_accounts, widened_objects

WIDENED: Final = "access was widened in Keycloak by hand, and is closed again"
HELD: Final = "somebody who is not on record as staff held a role of ours in Keycloak, and holds it no more"
REALM: Final = "realm"

_OURS: Final = NARROW_SERVICE_ACCOUNTS | {f"{SERVICE_ACCOUNT_PREFIX}provisioning", f"{SERVICE_ACCOUNT_PREFIX}sidecar"}
"""Service accounts whose roles the bootstrap gives, or the realm's clients."""


@dataclass(slots=True)
class Closed:
    """What was closed, by name and field, and what Keycloak refuses to have closed."""

    things: list[str] = field(default_factory=list)
    refused: list[Failure] = field(default_factory=list)


def close_widened(workshop: Workshop, found: Survey) -> Closed:
    """Close what a survey found to be wider than wanted. Safe to repeat. Raises KeycloakError or LedgerError."""
    closed = Closed()
    with workshop.actor.ledger.reader() as reader:
        changes = reader.readable(found.plan.accounts.changes, lambda change: change.desired.image.username)
    objects, accounts = widened_objects(found.plan.objects), widened_accounts(changes)
    reopened = reopened_accounts(changes)
    said = {REALM: [f"{c.object.type} {c.object.name}: {_fields(c.changes)}" for c in objects]}
    for update in accounts:
        said[update.desired.image.username] = [_fields(update.changes)]
    raise_alarms(workshop.actor, WIDENED, said)
    with workshop.actor.ledger.reader() as reader:
        records = accounts_named(reader, [update.desired.image.username for update in accounts])
    for _, refused in (
        change_realm(workshop, objects),
        close_accounts(workshop, reopened),
        update_accounts(workshop, accounts, records),
    ):
        closed.refused += refused
    closed.things += [f"{subject}: {'; '.join(words)}" for subject, words in said.items() if words]
    closed.things += [ending.desired.image.username for ending in reopened]
    return closed


def take_from_foreign(workshop: Workshop, touched: Collection[str] = ()) -> Closed:
    """Take roles of ours from users, groups and roles that are not ours; `touched` are users to look at besides.

    Whom `foreign` in realm.yaml names is left alone. Safe to repeat. Raises KeycloakError or LedgerError.
    """
    connection, configuration = workshop.actor.connection, workshop.context.configuration
    known = {o.name for o in desired_objects(workshop.context) if o.type is ObjectType.ROLE}
    found = [holder for name in sorted(holders(connection) | {*touched}) if (holder := holder_named(connection, name))]
    with workshop.actor.ledger.reader() as reader:
        # The record and not the file: it has the last administrators, whom the file may not remove.
        recorded = staff_on_record(reader)
    staff, closed = configuration.staff_roles() if recorded is None else recorded, Closed()
    for holder in (*found, *passing_on(connection, known)):
        if _is_left_alone(holder, configuration):
            continue
        try:
            taken = take_roles(connection, holder, staff.get(holder.name, ()) if holder.type == "user" else ())
        except KeycloakError as error:
            if not concerns_one_object(error, connection):
                raise
            closed.refused.append(failure_of(f"{holder.type} {holder.name}", error))
            continue
        if taken:
            closed.things.append(f"{holder.type} {holder.name}: {', '.join(taken)}")
            raise_alarms(workshop.actor, HELD, {holder.name: [f"{holder.type}: {', '.join(taken)}"]})
    return closed


def raise_alarms(actor: Actor, what: str, said: Mapping[str, Iterable[str]]) -> None:
    """Raise an alarm for each subject with its words as the reason, unless the same was raised a moment ago."""
    with actor.transaction() as transaction:
        now = actor.now()
        for subject in transaction.readable([name for name, words in said.items() if words], str):
            at = last_raised(transaction, subject, what)
            if at is None or now - at >= ALARM_FRESH:
                reason = "; ".join(said[subject])[:1000]
                transaction.append([NewEvent(AlarmRaised(what=what), subject, actor.name, reason, clause="cl. 11")])


def _fields(changes: Iterable[object]) -> str:
    return ", ".join(str(getattr(change, "field", "")) for change in changes)


def _is_left_alone(holder: Holder, configuration: Configuration) -> bool:
    """Ours, compared as wholes elsewhere; or foreign and to stay by realm.yaml."""
    name = holder.name
    of_key = name.startswith(f"{SERVICE_ACCOUNT_PREFIX}api-") or parse_username(name) is not None
    of_ois = parse_ois_client_id(name.removeprefix(SERVICE_ACCOUNT_PREFIX)) is not None
    ours = name in _OURS or of_key or of_ois or parse_operator_username(name) is not None
    return (holder.type == "user" and ours) or configuration.realm.stays(holder.type, name)
