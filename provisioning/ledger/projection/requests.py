"""What the events of requests mean. Pure. Their subject is the account that a request is about. Source: order cl. 9."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from provisioning.ledger.projection.state import Projection, Recordable, Touched
from provisioning.model.events import Content, Event
from provisioning.model.events.requests import RequestAnswered, RequestFiled
from provisioning.model.identifiers import Username
from provisioning.model.support_requests import SupportRequest, SupportRequestState

EVENTS: Final[frozenset[type[Content]]] = frozenset({RequestFiled, RequestAnswered})


def touch(event: Recordable, names: Touched) -> None:
    """Name the request; when it is filed also the account it is about."""
    match event.content:
        case RequestFiled(request=name):
            names.requests.add(name)
            names.accounts.add(event.subject)
        case RequestAnswered(request=name):
            names.requests.add(name)


def objection(state: Projection, event: Recordable) -> str | None:
    """Return why the event must not be recorded: a request is about a known account, filed once and answered once."""
    match event.content:
        case RequestAnswered(request=name):
            known = state.requests.get(name)
            if known is None or known.username != event.subject:
                return f"request {name or '?'} of {event.subject} was never filed"
            return None if known.state is SupportRequestState.OPEN else f"request {name} is answered already"
        case RequestFiled(request=name) if name in state.requests or not name:
            return f"request {name or '?'} exists already"
        case _:
            return None if Username(event.subject) in state.accounts else f"account {event.subject} was never created"


def project(state: Projection, event: Event) -> None:
    """Take the event in."""
    match event.content:
        case RequestFiled() as filed:
            state.requests.setdefault(filed.request, _filed(event, filed))
        case RequestAnswered(request=name, outcome=outcome):
            request = state.requests.get(name)
            is_open = request is not None and request.state is SupportRequestState.OPEN
            if request is not None and is_open and request.username == event.subject:
                state.requests[name] = replace(
                    request, state=outcome, answered_by=event.actor, answered_at=event.at, answer=event.reason
                )


def _filed(event: Event, filed: RequestFiled) -> SupportRequest:
    return SupportRequest(
        id=filed.request,
        kind=filed.kind,
        username=Username(event.subject),
        state=SupportRequestState.OPEN,
        filed_by=event.actor,
        filed_at=event.at,
        text=filed.text,
        document=filed.document or None,
    )
