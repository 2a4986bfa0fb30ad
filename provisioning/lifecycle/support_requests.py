"""Requests to the Administrator are filed and answered (order cl. 9). Nothing follows from a request by itself."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from provisioning.ledger import LedgerReader
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import ActionRefused, UnknownAccount
from provisioning.model.events import NewEvent
from provisioning.model.events.requests import RequestAnswered, RequestFiled
from provisioning.model.identifiers import Username
from provisioning.model.support_requests import TEXT_MAX, SupportRequest, SupportRequestKind, SupportRequestState

OPEN_AT_ONCE: Final = 5
"""Requests about one account that may wait at a time; more would hide each other."""


@dataclass(frozen=True, slots=True)
class NewSupportRequest:
    """What a support request asks for. `document` names the paper behind a report that an institution ends."""

    kind: SupportRequestKind
    text: str
    document: str | None = None


def file_support_request(actor: Actor, username: Username, asked: NewSupportRequest) -> str:
    """Put a request into the Administrator's queue; its id. Raises UnknownAccount and ActionRefused."""
    text = " ".join(asked.text.split())
    if not text or len(text) > TEXT_MAX:
        raise ActionRefused(f"a request has 1 to {TEXT_MAX} characters", remedy="say shortly what is needed")
    number = secrets.token_hex(8)
    filed = RequestFiled(request=number, kind=asked.kind, text=text, document=asked.document)
    with actor.transaction() as transaction:
        if transaction.account(username) is None:
            raise UnknownAccount(f"there is no account {username}", remedy="see `provision accounts list`")
        _refuse_too_many(transaction, username, asked.kind)
        transaction.append([NewEvent(filed, username, actor.name)])
    return number


def answer_support_request(actor: Actor, number: str, outcome: SupportRequestState, answer: str) -> SupportRequest:
    """Answer a request that is open; its filer sees the answer. Raises UnknownAccount, ActionRefused."""
    with actor.transaction() as transaction:
        request = transaction.support_request(number)
        if request is None:
            raise UnknownAccount(f"there is no request {number}", remedy="see the Administrator's queue")
        if request.state is not SupportRequestState.OPEN:
            raise ActionRefused(f"request {number} is answered already", remedy="look at its answer")
        done = outcome is SupportRequestState.DONE
        answered = RequestAnswered(
            request=number, outcome=SupportRequestState.DONE if done else SupportRequestState.REFUSED
        )
        words = " ".join(answer.split()) or None
        transaction.append([NewEvent(answered, request.username, actor.name, words)])
    return request


def _refuse_too_many(reader: LedgerReader, username: Username, kind: SupportRequestKind) -> None:
    waiting = reader.support_requests(state=SupportRequestState.OPEN, username=username)
    if any(request.kind is kind for request in waiting) and kind is not SupportRequestKind.SUPPORT:
        raise ActionRefused(
            f"the same was asked for account {username} and is not answered yet", remedy="wait for the answer"
        )
    if len(waiting) >= OPEN_AT_ONCE:
        raise ActionRefused(
            f"{len(waiting)} requests about account {username} wait already", remedy="wait for their answers"
        )
