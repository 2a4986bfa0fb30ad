"""From events to accounts, API keys, OIS, mandates and requests. Pure: the same events always give the same records.

A module per noun owns what its events mean; this one brings them together. `project` is total - an event that is in
the ledger is a fact, and one that changes nothing changes nothing - while `objection` is asked before an event is
recorded. The way back is closed in both: no event makes a deactivated account of an institution anything else (order
cl. 11), nor a terminated OIS, nor a withdrawn mandate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from provisioning.ledger.projection import accounts, api_keys, mandates, ois, requests, unreadable
from provisioning.ledger.projection.state import Noun, Projection, Recordable, Touched
from provisioning.model.events import Event, Unreadable
from provisioning.model.unreadable import resting_on

__all__ = ["Projection", "Touched", "fold", "objection", "project", "touched"]

_NOUNS: Final[tuple[Noun, ...]] = (accounts, api_keys, ois, mandates, requests, unreadable)
_BY_TYPE: Final[Mapping[type, Noun]] = {kind: noun for noun in _NOUNS for kind in noun.EVENTS}


def touched(events: Iterable[Recordable]) -> Touched:
    """Name the records that `project` and `objection` look at for these events."""
    names = Touched()
    for event in events:
        names.unreadable.update(resting_on(event.subject))
        if (noun := _BY_TYPE.get(type(event.content))) is not None:
            noun.touch(event, names)
    return names


def objection(state: Projection, event: Recordable) -> str | None:
    """Return why the event must not be recorded, or None. Asked with the records of `touched` loaded."""
    noun = _BY_TYPE.get(type(event.content))
    if isinstance(event.content, Unreadable):
        return None
    return unreadable.refusal(state, event.subject) or (None if noun is None else noun.objection(state, event))


def project(state: Projection, event: Event) -> None:
    """Bring `state` up to date with one event. Repeating an event that was just taken in changes nothing."""
    if (noun := _BY_TYPE.get(type(event.content))) is not None:
        noun.project(state, event)


def fold(events: Iterable[Event]) -> Projection:
    """Add up events to their projection."""
    state = Projection()
    for event in events:
        project(state, event)
    return state
