"""What each part of the system may do in the ledger's database: tables, functions, and events in whose name.

Which events follows from their types: a part records what its actors may cause, and stored state follows from what is
recorded. The rest of the rights is written out here, by what the part's code does; a test of the sidecar's pages
holds every statement that a page sends to them. `grants` turns all of it into SQL.
Source: order cl. 12; docs/security.md row 65.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from provisioning.ledger.store import schema
from provisioning.ledger.store.schema_compatible import compatible
from provisioning.ledger.store.schema_differing import differing
from provisioning.ledger.store.schema_powers import power
from provisioning.ledger.store.schema_self_tests import self_test_request, self_test_run
from provisioning.ledger.store.schema_unreadable import unreadable
from provisioning.model.events import EventKind
from provisioning.model.events.actors import ActorKind
from provisioning.model.events.catalogue import CATALOGUE
from provisioning.model.events.codec import Content


class Part(StrEnum):
    """A part of the system with a database role of its own. The sandbox has a database of its own instead."""

    PUBLIC = "public"
    PORTAL = "portal"
    DESK = "desk"
    GATE = "gate"
    WATCH = "watch"
    PROVISIONING = "provisioning"


class Power(NamedTuple):
    """A kind of event and who it is recorded as, as the actor is written."""

    kind: EventKind
    actor: str


@dataclass(frozen=True, slots=True)
class Powers:
    """Rights on tables, the events that may be recorded, and functions that may be called."""

    rights: Mapping[str, str]
    kinds: frozenset[Power]
    functions: tuple[str, ...] = ()


ACTORS: Final[Mapping[Part, frozenset[ActorKind]]] = {
    Part.PUBLIC: frozenset({ActorKind.PUBLIC}),
    # Who looks at a self-test that is over records its result, in the sandbox's name.
    Part.PORTAL: frozenset(
        {ActorKind.INSTITUTION, ActorKind.AUTHORITY, ActorKind.OPERATOR, ActorKind.APPLICANT, ActorKind.SANDBOX}
    ),
    Part.DESK: frozenset({ActorKind.STAFF, ActorKind.SANDBOX}),
    Part.GATE: frozenset(),
    Part.WATCH: frozenset({ActorKind.WATCH}),
    # A timer may run the watch's duties once, from the command line.
    Part.PROVISIONING: frozenset({ActorKind.STAFF, ActorKind.WATCH}),
}
"""Part → the actors that act through it. The first event of a ledger is its owner's."""

STORED: Final = tuple(
    table.name for table in (schema.account, schema.api_key, schema.ois, schema.mandate, schema.request)
)
"""Tables of stored state, which PostgreSQL brings up to date from events: no part writes them."""

DESCRIBING: Final = frozenset({EventKind.ACCOUNT_CREATED, EventKind.ACCOUNT_UPDATED})
"""Events with which our program writes anew what a search looks through, the one column that is no verdict."""

FUNCTIONS: Final = ("ledger_access_keep(integer, integer, integer)",)
"""Functions that run with their owner's rights: this one makes and drops the months of counts."""

_READ: Final = "SELECT"
_ADD: Final = "SELECT, INSERT"
_CHANGE: Final = "SELECT, INSERT, UPDATE"
_ALL: Final = "SELECT, INSERT, UPDATE, DELETE"

_RECORDING: Final = {
    schema.event.name: _ADD,
    schema.task.name: _CHANGE,
    schema.mail.name: _ADD,
    schema.lease.name: _CHANGE,
    **dict.fromkeys((schema.VERSION_TABLE, compatible.name, power.name, unreadable.name), _READ),
}
"""Of every part that records: events, and the work and mail that they oblige us to."""

_FINISHING: Final = {
    **_RECORDING,
    schema.mail.name: _CHANGE,
    schema.application_link.name: _ADD,
    differing.name: _ALL,
    schema.duty.name: _CHANGE,
    schema.key_use.name: _CHANGE,
    schema.journal.name: _ALL,
    schema.change_mark.name: _ALL,
}
"""Of the parts that carry out what is recorded: they send the mail, and note what they have seen of Keycloak."""

_RIGHTS: Final[Mapping[Part, Mapping[str, str]]] = {
    Part.PUBLIC: {
        **_RECORDING,
        # Applications that nobody confirmed are removed when another one comes.
        schema.application.name: "SELECT, INSERT, DELETE",
        schema.application_link.name: "SELECT, DELETE",
    },
    Part.PORTAL: {
        **_RECORDING,
        # It notes that a link was used; whose application that is, and where mail goes, it cannot change.
        schema.application.name: "SELECT, UPDATE (confirmed_at)",
        schema.application_link.name: "SELECT, UPDATE (used_at)",
        schema.paper.name: _ADD,
        schema.logout.name: "SELECT, INSERT, DELETE",
        schema.key_use.name: _READ,
        schema.access.name: _READ,
    },
    Part.DESK: {
        **_RECORDING,
        schema.logout.name: "SELECT, INSERT, DELETE",
        **dict.fromkeys((schema.application.name, schema.paper.name, schema.access.name), _READ),
        **dict.fromkeys((schema.duty.name, schema.key_use.name, schema.change_mark.name, differing.name), _READ),
    },
    Part.GATE: {
        **dict.fromkeys((schema.event.name, unreadable.name, differing.name), _READ),
        **dict.fromkeys((schema.VERSION_TABLE, compatible.name), _READ),
        schema.access.name: _CHANGE,
    },
    Part.WATCH: {
        **_FINISHING,
        **dict.fromkeys((schema.application.name, schema.access.name), _READ),
    },
    Part.PROVISIONING: {
        **_FINISHING,
        **dict.fromkeys((schema.application.name, schema.paper.name, schema.access.name), _READ),
    },
}
"""Part → rights besides those on stored state."""

TABLES: Final = frozenset({*schema.metadata.tables, schema.VERSION_TABLE, self_test_run.name, self_test_request.name})
"""Every table there is. Runs of self-tests are in the sandbox's ledger, whose role owns it."""


def _caused_by(part: Part) -> frozenset[Power]:
    """Which events a part's actors cause. Staff cause at the desk what is not left to the command line."""
    return frozenset(
        Power(shape.KIND, actor)
        for shape in CATALOGUE.types
        if part is not Part.DESK or shape.AT_DESK
        for actor in _written(shape, ACTORS[part])
    )


def _written(shape: type[Content], actors: Iterable[ActorKind]) -> Iterable[str]:
    """The actors of these who may cause an event, as the record writes them: an authority as an institution."""
    found = shape.ACTORS.intersection(actors)
    return {str(ActorKind.INSTITUTION if actor is ActorKind.AUTHORITY else actor) for actor in found}


def _rights(part: Part, kinds: frozenset[Power]) -> Mapping[str, str]:
    """Rights on tables; stored state is read by all, and written by the database alone."""
    state = dict.fromkeys(STORED, _READ)
    if DESCRIBING & {one.kind for one in kinds}:
        state[schema.account.name] = "SELECT, UPDATE (search)"
    if part in (Part.PUBLIC, Part.GATE):
        del state[schema.request.name]
    return {**state, **_RIGHTS[part]}


def _powers(part: Part) -> Powers:
    kinds = _caused_by(part)
    return Powers(_rights(part, kinds), kinds, FUNCTIONS if part in (Part.WATCH, Part.PROVISIONING) else ())


PARTS: Final[Mapping[Part, Powers]] = {part: _powers(part) for part in Part}
