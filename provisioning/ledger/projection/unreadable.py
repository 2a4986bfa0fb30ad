"""What events mean that no type reads: their subject is refused from then on. Pure. Source: order cl. 12."""

from __future__ import annotations

from typing import Final

from provisioning.ledger.projection.state import Projection, Recordable, Touched
from provisioning.model.events import Event, Unreadable
from provisioning.model.unreadable import UnreadableRecord, resting_on

EVENTS: Final = frozenset({Unreadable})


def touch(event: Recordable, names: Touched) -> None:
    """Name the subject."""
    names.unreadable.add(event.subject)


def objection(state: Projection, event: Recordable) -> str | None:
    """Return None: an unreadable event may be taken over as it was recorded, and none can be appended."""
    return None


def project(state: Projection, event: Event) -> None:
    """Take the event in: the first one about a subject is kept."""
    if isinstance(event.content, Unreadable):
        found = UnreadableRecord(event.subject, event.seq, str(event.kind), event.content.why)
        state.unreadable.setdefault(event.subject, found)


def refusal(state: Projection, subject: str) -> str | None:
    """Return why nothing is recorded about the subject, or None."""
    for name in resting_on(subject):
        if (found := state.unreadable.get(name)) is not None:
            return (
                f"event {found.seq} ({found.kind}) about {name} cannot be read: {found.why}; nothing is recorded about"
                f" {subject} until a version of this program reads it"
            )
    return None
