"""Requests to cut an API key off that wait for the Administrator's decision (order cl. 8). Reads, changes nothing.

A request is an event, and its number is the request's. It waits while it says so and no decision answers it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from provisioning.ledger import LedgerReader
from provisioning.model.cut_off import CutOffReason
from provisioning.model.events import Event, EventKind
from provisioning.model.identifiers import Username

WAITS = "waits"
ANSWERS = "answers"
"""Fields of the two events: a request waits; a decision answers requests by their numbers."""


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A request that waits. `ois` is the slug of the OIS that is to lose its access, None for every one."""

    number: int
    username: Username
    reason: CutOffReason
    requested_by: str
    ois: str | None
    note: str | None
    at: datetime


def open_requests(reader: LedgerReader, username: str | None = None) -> tuple[OpenRequest, ...]:
    """Return requests that wait, oldest first; of one account if given."""
    kinds = (EventKind.CUT_OFF_REQUESTED, EventKind.CUT_OFF_DECIDED)
    waiting: dict[int, OpenRequest] = {}
    for event in reader.events(subject=username, kinds=kinds):
        if event.kind is EventKind.CUT_OFF_DECIDED:
            for number in _answered(event):
                waiting.pop(number, None)
        elif event.data.get(WAITS) is True:
            waiting[event.seq] = read_request(event)
    return tuple(waiting.values())


def read_request(event: Event) -> OpenRequest:
    """Return the request that an event records."""
    ois = event.data.get("ois")
    return OpenRequest(
        event.seq,
        Username(event.subject),
        CutOffReason(str(event.data["reason"])),
        str(event.data.get("requested_by") or event.actor),
        ois if isinstance(ois, str) else None,
        event.reason,
        event.at,
    )


def _answered(event: Event) -> list[int]:
    numbers = event.data.get(ANSWERS)
    listed = numbers if isinstance(numbers, Sequence) else ()
    return [number for number in listed if isinstance(number, int)]
