"""The page about events (`docs/events.md`), made from their types: kind, fields, clauses, who may cause it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import getdoc
from typing import Final

from provisioning.model.events.actors import ActorKind
from provisioning.model.events.catalogue import CATALOGUE
from provisioning.model.events.codec import Content, fields_of
from provisioning.model.events.codec_fields import Absence, Field

_HEAD: Final = """\
# Events

Made from the types in `provisioning/model/events/` by `make events-page`; a test fails when it is stale. The decisions
behind it: [3](decisions/0003-ledger.md), [26](decisions/0026-events-with-a-shape.md).

Every event has a number, a time (UTC), a kind, a subject, an actor, a clause of the order, a reason for people (or
none), and the data below; `hash` covers all of it and the hash of the event before. An event is refused before it is
chained when a field of its data is unknown, missing or of another type, or when it rests on a clause that is not named
here. Data without `event_version` is of version 1.

*left out where there is none*: the field is absent, never null. *lacking in old events*: events of earlier programs
were written without it; new ones have it.

*opens access*: it is refused on a ledger that is older than its newest checkpoint; *may open access*: it is when its
data says so, as where direct use is allowed and not forbidden.

Actors are recorded as a kind and a name, `staff:olena`; an authority is recorded as `institution`, by its account's
name. On PostgreSQL the database holds each part of the system to this: its role records what its actors cause
([36](decisions/0036-one-process-one-power.md)). In the ledger of the sandbox, which opens nothing, the sandbox,
applicants and operators cause what staff and institutions cause in earnest.

"""


def document() -> str:
    """Return the page, in Markdown."""
    return _HEAD + "\n".join(line for shape in CATALOGUE.types for line in _section(shape))


def _section(shape: type[Content]) -> Iterator[str]:
    version = "" if shape.VERSION == 1 else f", version {shape.VERSION}"
    yield f"## `{shape.KIND}`: {shape.__name__}{version}"
    yield ""
    yield getdoc(shape) or ""
    yield ""
    yield f"Rests on {', '.join(shape.CLAUSES)}. Caused by {_actors(shape)}.{_opening(shape)}"
    yield ""
    rows = [_row(field) for field in fields_of(shape)]
    if rows:
        yield "| field | type | |"
        yield "| --- | --- | --- |"
        yield from rows
        yield ""


def _row(field: Field) -> str:
    remark = {
        None: "",
        Absence.WHERE_THERE_IS_NONE: "left out where there is none",
        Absence.IN_OLD_EVENTS: "lacking in old events",
    }[field.absence]
    return f"| `{field.name}` | {field.words.replace('|', 'or')} | {remark} |"


def _opening(shape: type[Content]) -> str:
    return " *Opens access*." if shape.OPENS else " *May open access*." if "opens" in vars(shape) else ""


def _actors(shape: type[Content]) -> str:
    remark = {ActorKind.STAFF: "" if shape.AT_DESK else " (on the command line only)"}
    return ", ".join(f"{kind}{remark.get(kind, '')}" for kind in ActorKind if kind in shape.ACTORS)
