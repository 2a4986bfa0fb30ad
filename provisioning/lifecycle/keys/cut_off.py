"""API keys are cut off: dead at once with every token from them, and a new key in their place (order cl. 8).

Request, decision and the end of each key are in the ledger before Keycloak is asked, in one transaction with the new
key; the owner gets a mail. Nothing waits for the configuration to be valid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provisioning.ledger import LedgerReader, LedgerTransaction
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.keys.cut_off_requests import RequestedCutOff, open_requests
from provisioning.lifecycle.keys.rotation import live_keys, next_key
from provisioning.lifecycle.lookups import find_live_key, find_ois
from provisioning.lifecycle.mandates.ending import end_mandates
from provisioning.lifecycle.tasks.carrying_out import carry_out
from provisioning.lifecycle.tasks.catalogue import close_key_task, create_key_task, notify_task
from provisioning.model.cut_off import CUT_OFF_WORDS, CutOffReason
from provisioning.model.events import EventKind, JsonValue, NewEvent
from provisioning.model.events.api_keys import ApiKeyCutOff
from provisioning.model.events.cut_offs import CutOffDecided, CutOffRequested
from provisioning.model.identifiers import ClientId, Username
from provisioning.model.records import ApiKeyRecord, ApiKeyState

CUT_OFF_MAIL = "key-cut-off"
LEAK_MAIL = "key-leaked"
"""Templates of provisioning.mail."""


@dataclass(frozen=True, slots=True)
class CutOffRequest:
    """Who asked for a cut-off and why.

    `ois` is the OIS that loses its access, by slug or client id: its mandate is withdrawn. None: every OIS, when the
    institution asked or an OIS is the reason; after a leak or an incident mandates stand, and the OIS get the new key.
    """

    reason: CutOffReason
    requested_by: str
    ois: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class CutOff:
    """Keys that are dead and the one in their place. `ended` is empty when that was so already."""

    username: Username
    ended: tuple[ClientId, ...]
    new: ClientId


def cut_off(actor: Actor, name: str, request: CutOffRequest) -> CutOff:
    """End every live key of an account and make a new one, not yet revealed.

    Repeated while the new key was not revealed, it finishes what is left and makes no other. Raises
    UnknownAccount, UnknownOis and ActionRefused before anything is recorded, CarriedOutLater when it is recorded and
    Keycloak does not follow yet.
    """
    with actor.transaction() as transaction:
        username = find_live_key(transaction, name, EventKind.API_KEY_CREATED).username
        done = _cut_off_before(transaction, username, request)
        waiting = [asked.number for asked in open_requests(transaction, username) if _fulfils(request, asked)]
        if done is not None and waiting:
            transaction.append([_answer(actor, done, request, waiting)])
        if done is None:
            doomed = live_keys(transaction, username)
            if not waiting:
                transaction.append([requested(actor, username, request)])
            done = replace_keys(actor, transaction, doomed, request, CUT_OFF_MAIL, waiting)
        else:
            _end_mandates(actor, transaction, username, request)
    finish_cut_off(actor, done)
    return done


def replace_keys(
    actor: Actor,
    transaction: LedgerTransaction,
    doomed: Sequence[ApiKeyRecord],
    request: CutOffRequest,
    template: str,
    answers: Sequence[int] = (),
) -> CutOff:
    """Record the decision and its tasks: these keys of an account end; unless another is left, a new one is made.

    `answers` are the numbers of requests that waited for this decision.
    """
    username, ended = doomed[0].username, tuple(key.client_id for key in doomed)
    left = [key for key in live_keys(transaction, username) if key.client_id not in ended]
    created = None if left else next_key(actor, transaction, username)
    new = left[-1].client_id if created is None else ClientId(created.subject)
    decided = CutOffDecided(
        reason=request.reason, ended=ended, new=new, ois=request.ois, answers=tuple(answers) or None
    )
    events = [NewEvent(decided, username, actor.name, request.note)]
    events += [NewEvent(ApiKeyCutOff(reason=request.reason), key, actor.name, request.note) for key in ended]
    tasks = [close_key_task(client_id) for client_id in ended]
    if created is not None:
        events.append(created)
        tasks.append(create_key_task(new, ended[-1]))
    tasks.append(notify_task(username, f"{template}:{ended[-1]}", template, _facts(request, ended, new)))
    transaction.append(events)
    transaction.add_tasks(tasks)
    _end_mandates(actor, transaction, username, request)
    return CutOff(username, ended, new)


def finish_cut_off(actor: Actor, done: CutOff) -> None:
    """Carry out everything of the account that waits. Raises CarriedOutLater."""
    with actor.ledger.reader() as reader:
        keys = {key.client_id for key in reader.api_keys(done.username)}
        tasks = [task.key for task in reader.pending_tasks() if task.subject in (done.username, *keys)]
    words = f"{', '.join(done.ended)} of {done.username} cut off" if done.ended else f"{done.username}: cut off before"
    carry_out(actor, tasks, words)


def _cut_off_before(reader: LedgerReader, username: Username, request: CutOffRequest) -> CutOff | None:
    """The last cut-off, when the key it made is the only live one, nobody has seen it, and it is of the same OIS."""
    live = live_keys(reader, username)
    decisions = [event.content for event in reader.events(subject=username, kinds=[EventKind.CUT_OFF_DECIDED])]
    last = decisions[-1] if decisions else None
    if not isinstance(last, CutOffDecided) or len(live) != 1 or live[0].state is not ApiKeyState.BORN:
        return None
    if live[0].client_id != last.new or request.ois not in (None, last.ois):
        return None
    return CutOff(username, (), live[0].client_id)


def _end_mandates(actor: Actor, transaction: LedgerTransaction, username: Username, request: CutOffRequest) -> None:
    slug = None if request.ois is None else find_ois(transaction, request.ois).slug
    ending = transaction.mandates(username=username, ois=slug, standing=True)
    if slug is None and not _ends_every_mandate(request):
        ending = ()
    words = f"cut-off: {request.reason.value}"
    transaction.add_tasks(end_mandates(actor.name, transaction, ending, words, "cl. 8"))


def requested(actor: Actor, username: Username, request: CutOffRequest, *, waits: bool = False) -> NewEvent:
    """Return the event of a request."""
    asked = CutOffRequested(
        requested_by=request.requested_by, reason=request.reason, ois=request.ois, waits=True if waits else None
    )
    return NewEvent(asked, username, actor.name, request.note)


def _fulfils(request: CutOffRequest, asked: RequestedCutOff) -> bool:
    """Whether this cut-off does all that somebody has asked for: every live key ends either way, mandates do not."""
    return request.ois == asked.ois if request.ois is not None else _ends_every_mandate(request)


def _ends_every_mandate(request: CutOffRequest) -> bool:
    return request.ois is None and request.reason in (CutOffReason.REQUEST, CutOffReason.OIS)


def _answer(actor: Actor, done: CutOff, request: CutOffRequest, answers: Sequence[int]) -> NewEvent:
    """The decision on requests whose wish is fulfilled already."""
    decided = CutOffDecided(reason=request.reason, ended=(), new=done.new, ois=request.ois, answers=tuple(answers))
    return NewEvent(decided, done.username, actor.name, request.note)


def _facts(request: CutOffRequest, ended: Sequence[ClientId], new: ClientId) -> dict[str, JsonValue]:
    words = CUT_OFF_WORDS[request.reason]
    return {"client_id": ", ".join(ended), "new_client_id": new, "reason_uk": words.uk, "reason_en": words.en}
