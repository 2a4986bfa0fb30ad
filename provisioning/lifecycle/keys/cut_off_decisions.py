"""An institution asks for a cut-off; it is carried out at once under a standing approval, or waits for a decision.

Source: order cl. 8: the Administrator deactivates the API key "at the request" of the system user.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import ActionRefused
from provisioning.lifecycle.keys.cut_off import CutOff, CutOffRequest, cut_off, requested
from provisioning.lifecycle.keys.cut_off_requests import RequestedCutOff, cut_off_requests, open_requests
from provisioning.lifecycle.lookups import find_live_key, find_ois
from provisioning.lifecycle.tasks.carrying_out import carry_out
from provisioning.lifecycle.tasks.catalogue import notify_task
from provisioning.model.calendar import kyiv_day
from provisioning.model.events import EventKind, JsonValue, NewEvent
from provisioning.model.events.cut_offs import CutOffRefused
from provisioning.model.upkeep import Approval

REFUSED_MAIL: Final = "cut-off-refused"
"""Template of provisioning.mail."""


def request_cut_off(actor: Actor, name: str, request: CutOffRequest, approval: Approval) -> CutOff | RequestedCutOff:
    """Cut off what the institution asked for, or record a request that waits; asked again, return the one that waits.

    Raises UnknownAccount, UnknownOis, ActionRefused, CarriedOutLater.
    """
    if approval is Approval.STANDING:
        return cut_off(actor, name, request)
    with actor.transaction() as transaction:
        username = find_live_key(transaction, name, EventKind.API_KEY_CREATED).username
        if request.ois is not None:
            request = replace(request, ois=find_ois(transaction, request.ois).slug)
        for waiting in open_requests(transaction, username):
            if waiting.ois in (None, request.ois):
                return waiting
        recorded = transaction.append([requested(actor, username, request, waits=True)])
    (asked,) = cut_off_requests(recorded)
    return asked


def approve(actor: Actor, number: int, reason: str | None = None) -> CutOff:
    """Carry a request out; `reason` is the decision's, the request's note without one.

    Raises ActionRefused for a request that does not wait, and as `cut_off` does.
    """
    with actor.ledger.reader() as reader:
        waiting = find_request(open_requests(reader), number)
    return cut_off(
        actor,
        waiting.username,
        CutOffRequest(waiting.reason, waiting.requested_by, waiting.ois, reason or waiting.note),
    )


def refuse(actor: Actor, number: int, reason: str) -> RequestedCutOff:
    """Decide that nothing is cut off, and why; the owner gets a mail.

    Raises ActionRefused for a request that does not wait, CarriedOutLater when only the mail could not be queued.
    """
    with actor.transaction() as transaction:
        waiting = find_request(open_requests(transaction), number)
        refused = CutOffRefused(reason=waiting.reason, answers=(number,), ois=waiting.ois)
        transaction.append([NewEvent(refused, waiting.username, actor.name, reason)])
        facts: dict[str, JsonValue] = {"number": number, "asked": kyiv_day(waiting.at).isoformat(), "reason": reason}
        notice = notify_task(waiting.username, f"{REFUSED_MAIL}:{number}", REFUSED_MAIL, facts)
        transaction.add_tasks([notice])
    carry_out(actor, [notice.key], f"request {number} is refused")
    return waiting


def find_request(waiting: tuple[RequestedCutOff, ...], number: int) -> RequestedCutOff:
    """Return the request with this number. Raises ActionRefused when none with it waits."""
    found = next((request for request in waiting if request.number == number), None)
    if found is None:
        raise ActionRefused(
            f"no request with number {number} waits for a decision",
            remedy="`provision keys cut-off-requests` lists those that do",
        )
    return found
