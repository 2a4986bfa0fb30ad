"""Closes what gives or widens access in Keycloak and was made there by hand, with an alarm for each (decision 31).

It works with the configuration that was applied last, so that it decides nothing: what only a new configuration takes
away waits for its apply and the guards. Everything else that differs is drift, which an apply mends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from provisioning.ledger.queries.summary import accounts_named
from provisioning.lifecycle.alarms import raise_alarms
from provisioning.lifecycle.applying.changes import change_realm, close_accounts
from provisioning.lifecycle.applying.planning import Survey
from provisioning.lifecycle.applying.updates import update_accounts
from provisioning.lifecycle.failing import Failure
from provisioning.lifecycle.workshop import Workshop
from provisioning.planning.widening import reopened_accounts, widened_accounts, widened_objects

WIDENED: Final = "access was widened in Keycloak by hand, and is closed again"
REALM: Final = "realm"


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


def _fields(changes: Iterable[object]) -> str:
    return ", ".join(str(getattr(change, "field", "")) for change in changes)
