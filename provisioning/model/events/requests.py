"""Events of requests to the Administrator; their subject is the account concerned. Source: order cl. 9."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from provisioning.model.events.actors import SYSTEM_USERS, ActorKind
from provisioning.model.events.codec import Content
from provisioning.model.events.kinds import EventKind
from provisioning.model.support_requests import SupportRequestKind, SupportRequestState


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFiled(Content):
    """A request to the Administrator; `document` names the paper behind a report that an institution ends."""

    KIND = EventKind.REQUEST_FILED
    CLAUSES = ("cl. 9",)
    ACTORS = SYSTEM_USERS

    request: str
    kind: SupportRequestKind
    text: str
    document: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAnswered(Content):
    """The request is done or refused; the event's reason is the answer."""

    KIND = EventKind.REQUEST_ANSWERED
    CLAUSES = ("cl. 9",)
    ACTORS = frozenset({ActorKind.STAFF})

    request: str
    outcome: Literal[SupportRequestState.DONE, SupportRequestState.REFUSED]
