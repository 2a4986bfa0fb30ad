"""Cut-offs that were asked for, and what became of each, from the account's events (order cl. 8). Changes nothing.

A request is an event, and its number is the request's. It waits while it says so and no decision answers it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from provisioning.ledger import LedgerReader
from provisioning.model.cut_off import CutOffReason
from provisioning.model.events import Event, EventKind
from provisioning.model.events.cut_offs import CutOffDecided, CutOffRefused, CutOffRequested
from provisioning.model.identifiers import ClientId, Username

KINDS: Final = (EventKind.CUT_OFF_REQUESTED, EventKind.CUT_OFF_DECIDED)


class CutOffState(StrEnum):
    """`WAITING`: for the Administrator. `DONE`: the keys are dead. `REFUSED`: nothing was cut off, with a reason."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RequestedCutOff:
    """A request or, where the Administrator acted unasked, a decision alone.

    `ois` is the slug of the OIS that is to lose its access, None for every one. `ended` are the keys that died of it,
    `new` the one in their place; `answer` says why it was refused.
    """

    number: int
    username: Username
    reason: CutOffReason
    requested_by: str
    ois: str | None
    note: str | None
    at: datetime
    state: CutOffState = CutOffState.WAITING
    decided_at: datetime | None = None
    ended: tuple[ClientId, ...] = ()
    new: ClientId | None = None
    answer: str | None = None


def open_requests(reader: LedgerReader, username: str | None = None) -> tuple[RequestedCutOff, ...]:
    """Return requests that wait, oldest first; of one account if given."""
    asked = cut_off_requests(reader.events(subject=username, kinds=KINDS))
    return tuple(request for request in asked if request.state is CutOffState.WAITING)


def cut_off_requests(events: Iterable[Event]) -> tuple[RequestedCutOff, ...]:
    """List requests and decisions, oldest first; `events` are those of `KINDS`, of one account or of all, in order.

    A request that did not wait is answered by the decision recorded right after it.
    """
    found: dict[int, RequestedCutOff] = {}
    at_once: dict[str, RequestedCutOff] = {}
    for event in events:
        match event.content:
            case CutOffRequested(waits=True) as asked:
                found[event.seq] = _request(event, asked)
            case CutOffRequested() as asked:
                at_once[event.subject] = _request(event, asked)
            case CutOffDecided() | CutOffRefused() as decided:
                answered = [number for number in decided.answers or () if number in found]
                found |= {number: _answered(found[number], event, decided) for number in answered}
                asked_at_once = at_once.pop(event.subject, None)
                if not answered:
                    request = _answered(asked_at_once or _unasked(event, decided), event, decided)
                    found[request.number] = replace(request, ois=decided.ois)
    return tuple(found[number] for number in sorted(found))


def _request(event: Event, asked: CutOffRequested) -> RequestedCutOff:
    by = asked.requested_by or event.actor
    return RequestedCutOff(event.seq, Username(event.subject), asked.reason, by, asked.ois, event.reason, event.at)


def _unasked(event: Event, decided: CutOffDecided | CutOffRefused) -> RequestedCutOff:
    username = Username(event.subject)
    return RequestedCutOff(event.seq, username, decided.reason, event.actor, decided.ois, event.reason, event.at)


def _answered(request: RequestedCutOff, event: Event, decided: CutOffDecided | CutOffRefused) -> RequestedCutOff:
    if isinstance(decided, CutOffRefused):
        return replace(request, state=CutOffState.REFUSED, decided_at=event.at, answer=event.reason)
    return replace(request, state=CutOffState.DONE, decided_at=event.at, ended=decided.ended, new=decided.new)
