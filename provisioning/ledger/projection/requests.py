"""What the events of requests mean. Pure. Their subject is the account that a request is about.

`request:filed` holds `request` (its id), `kind`, `text` and `document`; `request:answered` holds `request` and
`outcome`, and its reason is the answer. Source: order cl. 9.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from provisioning.ledger.projection.event_data import optional_text, text
from provisioning.ledger.projection.state import Projection, Touched
from provisioning.model.events import Event, EventKind, NewEvent
from provisioning.model.identifiers import Username
from provisioning.model.support_requests import SupportRequest, SupportRequestKind, SupportRequestState

EVENTS: Final = frozenset({EventKind.REQUEST_FILED, EventKind.REQUEST_ANSWERED})


def touch(event: NewEvent, names: Touched) -> None:
    """The request; when it is filed also the account it is about."""
    names.requests.add(text(event, "request"))
    if event.kind is EventKind.REQUEST_FILED:
        names.accounts.add(event.subject)


def objection(state: Projection, event: NewEvent) -> str | None:
    """Why the event must not be recorded: a request is about a known account, filed once and answered once."""
    name = text(event, "request")
    known = state.requests.get(name)
    if event.kind is EventKind.REQUEST_ANSWERED:
        if known is None or known.username != event.subject:
            return f"request {name or '?'} of {event.subject} was never filed"
        return None if known.state is SupportRequestState.OPEN else f"request {name} is answered already"
    if known is not None or not name:
        return f"request {name or '?'} exists already"
    if text(event, "kind") not in set(SupportRequestKind):
        return f"request {name} is of no known kind"
    return None if Username(event.subject) in state.accounts else f"account {event.subject} was never created"


def project(state: Projection, event: Event) -> None:
    """Take the event in."""
    name = text(event, "request")
    if event.kind is EventKind.REQUEST_FILED:
        _file(state, name, event)
        return
    request = state.requests.get(name)
    if request is not None and request.state is SupportRequestState.OPEN:
        done = text(event, "outcome") == SupportRequestState.DONE
        state.requests[name] = replace(
            request,
            state=SupportRequestState.DONE if done else SupportRequestState.REFUSED,
            answered_by=event.actor,
            answered_at=event.at,
            answer=event.reason,
        )


def _file(state: Projection, name: str, event: Event) -> None:
    kind = text(event, "kind")
    if kind not in set(SupportRequestKind):
        return
    filed = SupportRequest(
        id=name,
        kind=SupportRequestKind(kind),
        username=Username(event.subject),
        state=SupportRequestState.OPEN,
        filed_by=event.actor,
        filed_at=event.at,
        text=text(event, "text"),
        document=optional_text(event, "document"),
    )
    state.requests.setdefault(name, filed)
