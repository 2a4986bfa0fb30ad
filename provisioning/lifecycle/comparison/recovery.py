"""After a backup was put back, before traffic opens: no deactivation and no cut-off is undone (order cl. 8, 11, 12).

Where Keycloak is the older one, the ledger decides, which is `convergence`. Where the ledger is the older one, it has
forgotten decisions, and their traces in Keycloak are all that is left: what is closed there is taken over as ended,
keys that the ledger does not know are ended too, and what was granted goes on only where Keycloak bears it out
(`unconfirmed`). All of that is recorded before Keycloak is brought to the ledger, which would wipe the traces away.
`judge_closures` is pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from provisioning.keycloak.accounts.reading import read_accounts
from provisioning.keycloak.realm.handler import RealmReading
from provisioning.ledger import LedgerReader, LedgerTransaction
from provisioning.ledger.errors import LedgerCorrupt
from provisioning.ledger.proof.verification import verify
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.comparison.convergence import Converged, converge, found_otherwise
from provisioning.lifecycle.comparison.unconfirmed import Unconfirmed, judge_unconfirmed
from provisioning.lifecycle.keys.cut_off import CUT_OFF_MAIL, CutOffRequest, replace_keys
from provisioning.lifecycle.mandates.ending import end_mandates, key_scopes_tasks
from provisioning.lifecycle.tasks.carrying_out import carry_out
from provisioning.lifecycle.tasks.catalogue import bring_ois_task, close_key_task
from provisioning.model.cut_off import CutOffReason
from provisioning.model.events import Content, EventKind, NewEvent
from provisioning.model.events.accounts import AuthorityGrantsChanged, DirectUseChanged
from provisioning.model.events.alarms import AlarmRaised
from provisioning.model.events.api_keys import ApiKeyCreated, ApiKeyCutOff
from provisioning.model.events.ois import OisSuspended
from provisioning.model.identifiers import ClientId, Username, parse_key_client_id
from provisioning.model.ois import ois_client_id
from provisioning.model.records import AccountRecord, AccountState, ApiKeyRecord
from provisioning.planning.changes import AccountImage

NOTE: Final = "taken over from Keycloak after an older ledger was put back"
TAKEN_BACK: Final = "not borne out by Keycloak after an older ledger was put back; to be decided on anew"
LOCKED: Final = "alive in the ledger that was put back, disabled in Keycloak; record its deactivation, with its paper"


@dataclass(frozen=True, slots=True)
class Closure:
    """What Keycloak says of an account that the ledger has as alive. Keys by number.

    `ended` are live in the ledger and closed in Keycloak, `unknown` not in the ledger; `locked`: the login is disabled,
    so that none of its keys may stay.
    """

    username: Username
    ended: tuple[ClientId, ...]
    unknown: tuple[ClientId, ...]
    locked: bool


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a recovery did. `strangers` are accounts in Keycloak that the ledger does not know; `apply` records them."""

    events: int
    unconfirmed: Unconfirmed
    closures: tuple[Closure, ...]
    strangers: tuple[Username, ...]
    converged: Converged


def recover(actor: Actor, *, ledger_is_older: bool) -> Recovered:
    """Bring Keycloak and ledger together, towards what is closed. Safe to repeat and to cut off.

    Raises LedgerCorrupt before anything is changed, KeycloakError, CarriedOutLater.
    """
    actor.progress.stage("verifying the ledger")
    with actor.ledger.reader() as reader:
        verdict = verify(reader)
    if verdict.defect is not None:
        raise LedgerCorrupt(
            f"this ledger is not intact: {verdict.defect.explanation}", remedy="put another backup of it back"
        )
    actor.progress.stage("reading accounts")
    with actor.ledger.reader() as reader:
        records, keys = reader.accounts(), reader.all_api_keys()
    images = read_accounts(actor.connection, (), (), actor.progress.advance)
    unconfirmed = _take_back(actor, records, images) if ledger_is_older else Unconfirmed()
    closures = judge_closures(records, keys, images) if ledger_is_older else ()
    with actor.ledger.reader() as reader:
        closures = tuple(reader.readable(closures, lambda closure: closure.username))
    actor.progress.stage("taking over what is closed", len(closures))
    for closure in closures:
        _take_over(actor, closure)
        actor.progress.advance()
    strangers = tuple(sorted(images.keys() - records.keys()))
    return Recovered(verdict.events, unconfirmed, closures, strangers, converge(actor))


def judge_closures(
    records: Mapping[Username, AccountRecord],
    keys: Mapping[ClientId, ApiKeyRecord],
    images: Mapping[Username, AccountImage],
) -> tuple[Closure, ...]:
    """Return accounts alive in the ledger of which Keycloak knows more, by name. Pure."""
    found = []
    live_of: defaultdict[Username, set[ClientId]] = defaultdict(set)
    for name, key in keys.items():
        if not key.state.is_over:
            live_of[key.username].add(name)
    for username, image in sorted(images.items()):
        record = records.get(username)
        if record is None or record.state is AccountState.DEACTIVATED:
            continue
        closed = {key.client_id for key in image.keys if not (key.enabled and key.service_enabled)}
        live = live_of.get(username, set())
        unknown = {key.client_id for key in image.keys} - keys.keys()
        ended = live if not image.enabled else live & closed
        if ended or unknown or not image.enabled:
            found.append(Closure(username, _by_number(ended), _by_number(unknown), not image.enabled))
    return tuple(found)


def _take_back(
    actor: Actor, records: Mapping[Username, AccountRecord], images: Mapping[Username, AccountImage]
) -> Unconfirmed:
    """Record the end of what Keycloak does not bear out. It is carried out with what else waits, by `converge`."""
    with actor.ledger.reader() as reader:
        mandates, ois = reader.all_mandates(), reader.all_ois()
    unconfirmed = judge_unconfirmed(
        records, mandates.values(), images, ois, found_otherwise(RealmReading(actor.connection), ois)
    )
    with actor.transaction() as transaction:
        end_mandates(actor.name, transaction, unconfirmed.mandates, TAKEN_BACK)
        direct, grants = DirectUseChanged(allowed=False), AuthorityGrantsChanged(allowed=False)
        transaction.append(
            [_taken_back(actor, direct, username) for username in transaction.readable(unconfirmed.direct_use, str)]
        )
        transaction.append(
            [
                _taken_back(actor, grants, username)
                for username in transaction.readable(unconfirmed.authority_grants, str)
            ]
        )
        transaction.append(
            [
                _taken_back(actor, OisSuspended(), ois_client_id(slug))
                for slug in transaction.readable(unconfirmed.ois, ois_client_id)
            ]
        )
        # One task for each key, whatever was taken back from it.
        closed = {mandate.username for mandate in unconfirmed.mandates} | {*unconfirmed.direct_use}
        tasks = key_scopes_tasks(transaction, closed)
        tasks += (bring_ois_task(ois_client_id(slug)) for slug in unconfirmed.ois)
        transaction.add_tasks(tasks)
    return unconfirmed


def _taken_back(actor: Actor, content: Content, subject: str) -> NewEvent:
    return NewEvent(content, subject, actor.name, TAKEN_BACK)


def _take_over(actor: Actor, closure: Closure) -> None:
    with actor.transaction() as transaction:
        known = [name for name in closure.unknown if transaction.api_key(name) is None]
        transaction.append([_made(actor, name) for name in known])
        doomed = _still_live(transaction, (*closure.ended, *closure.unknown))
        if closure.locked:
            _lock(actor, transaction, closure.username, doomed)
        elif doomed:
            request = CutOffRequest(CutOffReason.INCIDENT, actor.name, note=NOTE)
            replace_keys(actor, transaction, doomed, request, CUT_OFF_MAIL)
        subjects = {closure.username, *(key.client_id for key in transaction.api_keys(closure.username))}
        tasks = [task.key for task in transaction.pending_tasks() if task.subject in subjects]
    carry_out(actor, tasks, f"{closure.username}: taken over what is closed")


def _lock(actor: Actor, transaction: LedgerTransaction, username: Username, doomed: list[ApiKeyRecord]) -> None:
    """Its keys end and none takes their place; that the account itself ended is for a person to record."""
    why, locked = ApiKeyCutOff(reason=CutOffReason.INCIDENT), AlarmRaised(what=LOCKED)
    ends = [NewEvent(why, key.client_id, actor.name, NOTE) for key in doomed]
    earlier = transaction.events(subject=username, kinds=[EventKind.ALARM_RAISED])
    raised = any(event.content == locked for event in earlier)
    alarm = [] if raised else [NewEvent(locked, username, actor.name, clause="cl. 11")]
    transaction.append([*ends, *alarm])
    transaction.add_tasks([close_key_task(key.client_id) for key in doomed])


def _made(actor: Actor, client_id: ClientId) -> NewEvent:
    """A key that Keycloak has and the ledger does not: its number is taken."""
    parsed = parse_key_client_id(client_id)
    if parsed is None:
        raise ValueError(f"{client_id} is not the name of an API key")
    username, number = parsed
    return NewEvent(ApiKeyCreated(username=username, number=number), client_id, actor.name, NOTE)


def _still_live(reader: LedgerReader, names: tuple[ClientId, ...]) -> list[ApiKeyRecord]:
    records = (reader.api_key(name) for name in names)
    return [record for record in records if record is not None and not record.state.is_over]


def _by_number(names: set[ClientId]) -> tuple[ClientId, ...]:
    return tuple(sorted(names, key=lambda name: (parse_key_client_id(name) or ("", 0))[1]))
