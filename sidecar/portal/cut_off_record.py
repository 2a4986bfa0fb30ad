"""What an institution has asked to be cut off and what became of it, read from its events. PURE: no texts, no I/O.

Source: order cl. 8.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from provisioning.lifecycle.keys.cut_off_requests import ANSWERS, WAITS
from provisioning.model.events import Event, EventKind
from provisioning.model.identifiers import ClientId


class CutOffState(StrEnum):
    """`WAITING` for the Administrator; `DONE`, the keys are dead; `REFUSED`, nothing was cut off, with a reason."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RequestedCutOff:
    """A request or, where the Administrator acted unasked, a decision alone. `ois` is None for every OIS.

    `ended` are the keys that died of it, `new` the one in their place; `answer` says why it was refused.
    """

    number: int
    at: datetime
    ois: str | None
    state: CutOffState
    decided_at: datetime | None = None
    ended: tuple[str, ...] = ()
    new: ClientId | None = None
    answer: str | None = None


def requested_cut_offs(events: Iterable[Event]) -> tuple[RequestedCutOff, ...]:
    """Read the requests and decisions of one account, newest first; `events` are the account's, in order.

    A request that did not wait is answered by the decision recorded right after it.
    """
    found: dict[int, RequestedCutOff] = {}
    at_once: Event | None = None
    for event in events:
        if event.kind is EventKind.CUT_OFF_REQUESTED:
            if event.data.get(WAITS) is True:
                found[event.seq] = RequestedCutOff(event.seq, event.at, _ois(event), CutOffState.WAITING)
            else:
                at_once = event
        elif event.kind is EventKind.CUT_OFF_DECIDED:
            answered = [number for number in _numbers(event) if number in found]
            for number in answered:
                found[number] = _decided(found[number], event)
            if not answered:
                asked = at_once or event
                found[asked.seq] = _decided(RequestedCutOff(asked.seq, asked.at, _ois(event), CutOffState.DONE), event)
            at_once = None
    return tuple(sorted(found.values(), key=lambda asked: asked.number, reverse=True))


def _decided(asked: RequestedCutOff, event: Event) -> RequestedCutOff:
    if event.data.get("approved") is False:
        return replace(asked, state=CutOffState.REFUSED, decided_at=event.at, answer=event.reason)
    ended, new = event.data.get("ended"), event.data.get("new")
    return replace(
        asked,
        state=CutOffState.DONE,
        decided_at=event.at,
        ended=tuple(map(str, ended)) if isinstance(ended, Sequence) else (),
        new=ClientId(new) if isinstance(new, str) else None,
    )


def _ois(event: Event) -> str | None:
    ois = event.data.get("ois")
    return ois if isinstance(ois, str) else None


def _numbers(event: Event) -> list[int]:
    numbers = event.data.get(ANSWERS)
    return [number for number in numbers if isinstance(number, int)] if isinstance(numbers, Sequence) else []
