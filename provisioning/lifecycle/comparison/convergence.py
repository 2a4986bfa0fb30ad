"""Brings Keycloak to what the ledger says, and raises an alarm for what was made otherwise by hand (order cl. 5-8, 11).

Needs no configuration. What is wrong is `findings`; here it is recorded before anything is done about it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from provisioning.keycloak.accounts.reading import read_accounts
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.ois.clients import client_scopes, ois_clients, ois_differences
from provisioning.keycloak.ois.operators import live_operators, operator_differences
from provisioning.keycloak.realm.handler import RealmReading
from provisioning.ledger import LedgerReader
from provisioning.lifecycle.accounts.activations import record_activations
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.alarms import ALARM_FRESH, last_raised
from provisioning.lifecycle.comparison.findings import (
    LEFT_ALONE,
    Finding,
    Wrong,
    judge,
    judge_key_scopes,
    judge_ois,
    judge_operators,
)
from provisioning.lifecycle.failing import Failure
from provisioning.lifecycle.keys.rotation import retire_due
from provisioning.lifecycle.mandates.granting import expire_mandates
from provisioning.lifecycle.ois.validity import suspend_expired, warn_of_ending_conclusions
from provisioning.lifecycle.proposals import expire_proposals
from provisioning.lifecycle.tasks.attempting import failures_on_record
from provisioning.lifecycle.tasks.carrying_out import carry_out_unasked, is_dead, is_over, resume
from provisioning.lifecycle.tasks.catalogue import (
    bring_key_scopes_task,
    bring_ois_task,
    bring_operator_task,
    close_account_task,
    close_key_task,
    mend_ois_task,
)
from provisioning.lifecycle.tasks.on_record import scopes_of_key
from provisioning.model.events import NewEvent
from provisioning.model.events.alarms import AlarmRaised
from provisioning.model.identifiers import ClientId, Username
from provisioning.model.ois import OisRecord, Slug, parse_ois_client_id
from provisioning.model.records import NewTask

_CLAUSES: Final = {
    **dict.fromkeys((Wrong.ACCOUNT_LIVE, Wrong.KEY_LIVE, Wrong.KEY_UNKNOWN), "cl. 11"),
    **dict.fromkeys((Wrong.SCOPE_FOREIGN, Wrong.SCOPE_LOST), "cl. 5"),
}
"""What an alarm rests on; those about OIS on cl. 6."""


@dataclass(frozen=True, slots=True)
class Converged:
    """What a run did. `expired` counts mandates and OIS whose day was past; `alarms` are the findings that were new.

    `refused` is what Keycloak refuses of all that is recorded.
    """

    finished: int
    activated: int
    retired: int
    expired: int
    findings: tuple[Finding, ...]
    alarms: tuple[Finding, ...]
    refused: tuple[Failure, ...] = ()


def converge(actor: Actor, *, again: bool = False) -> Converged:
    """Finish what was recorded, end what is due, close what must not be open. Safe to repeat and to cut off.

    One object that Keycloak refuses holds nothing up; `again` tries those that wait, and those left to a person.
    Raises KeycloakError or LedgerError; what is recorded by then is finished by the next run.
    """
    finished = resume(actor, again=again).done
    retired, expired = retire_due(actor), len(expire_mandates(actor)) + len(suspend_expired(actor))
    expire_proposals(actor)
    warn_of_ending_conclusions(actor)
    actor.progress.stage("comparing Keycloak with the ledger")
    # The ledger first: what ends while Keycloak is being read is not mistaken for something that came back.
    with actor.ledger.reader() as reader:
        records, keys = reader.accounts(), reader.all_api_keys()
        mandates, ois = reader.all_mandates(), reader.all_ois()
    images = read_accounts(actor.connection, (), (), actor.progress.advance)
    activated = record_activations(actor, images)
    findings = judge(records, keys, images) + judge_key_scopes(records, keys, mandates.values(), images)
    findings += _clients_of_ois(actor, RealmReading(actor.connection), ois) + _operators(actor, ois)
    alarms = _close(actor, findings)
    with actor.ledger.reader() as reader:
        refused = failures_on_record(reader)
    return Converged(finished, activated, len(retired), expired, findings, alarms, refused)


def found_otherwise(reading: RealmReading, ois: Mapping[Slug, OisRecord]) -> dict[ClientId, tuple[str, ...] | None]:
    """Return the differences of each OIS that was ever connected; None for one that Keycloak does not have.

    A reading may be older than the records, so whatever it shows to differ is compared with a new one.
    """
    found = _differences(reading, [record for record in ois.values() if record.connected_at is not None])
    differing = [record for record in ois.values() if found.get(record.client_id, ()) != ()]
    return found | _differences(RealmReading(reading.connection), differing)


def _differences(reading: RealmReading, records: Collection[OisRecord]) -> dict[ClientId, tuple[str, ...] | None]:
    scopes = client_scopes(reading) if records else {}
    return {record.client_id: ois_differences(reading.connection, record, scopes) for record in records}


def operators_otherwise(connection: KeycloakConnection, ois: Mapping[Slug, OisRecord]) -> dict[Slug, tuple[str, ...]]:
    """Return the differences of the operators' users of all OIS that have not ended."""
    return operator_differences(connection, [record for record in ois.values() if not record.state.is_over])


def _clients_of_ois(actor: Actor, reading: RealmReading, ois: Mapping[Slug, OisRecord]) -> tuple[Finding, ...]:
    return judge_ois(ois, found_otherwise(reading, ois), list(ois_clients(actor.connection)))


def _operators(actor: Actor, ois: Mapping[Slug, OisRecord]) -> tuple[Finding, ...]:
    ended = [record for record in ois.values() if record.state.is_over]
    live = live_operators(actor.connection, ended)
    return judge_operators(ois.values(), live, operators_otherwise(actor.connection, ois))


def _close(actor: Actor, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Record what was found and carry out what follows from it; return the findings that were new."""
    alarms, tasks = _record(actor, findings)
    carry_out_unasked(actor, [task.key for task in tasks], f"{len(alarms)} alarms are raised")
    return alarms


def _record(actor: Actor, findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], list[NewTask]]:
    """Raise alarms and note the work, after looking at each verdict again."""
    with actor.transaction() as transaction:
        standing = [finding for finding in findings if _stands(transaction, finding)]
        pending = {task.key for task in transaction.pending_tasks()}
        tasks = [task for finding in standing if (task := _task(finding)) is not None]
        # A task that waits belongs to a decision, or to an alarm, whose work is still under way.
        known = _fresh_alarms(transaction, standing, actor.now()) | {
            finding for finding in standing if (task := _task(finding)) is not None and task.key in pending
        }
        fresh = [finding for finding in standing if finding not in known]
        # Of a subject whose record cannot be read Keycloak is put right all the same; nothing more is recorded.
        alarms = tuple(transaction.readable(fresh, lambda finding: finding.subject))
        transaction.append([_alarm(actor, finding) for finding in alarms])
        transaction.add_tasks(tasks)
    return alarms, tasks


def _stands(reader: LedgerReader, finding: Finding) -> bool:
    """Whether the ledger, read again, still says so: a decision may have come while Keycloak was being read."""
    match finding.wrong:
        case Wrong.ACCOUNT_LIVE:
            return is_dead(reader, Username(finding.subject))
        case Wrong.KEY_UNKNOWN:
            return reader.api_key(finding.subject) is None
        case Wrong.KEY_LIVE:
            return is_over(reader, ClientId(finding.subject))
        case Wrong.SCOPE_FOREIGN | Wrong.SCOPE_LOST:
            return scopes_of_key(reader, ClientId(finding.subject)) != finding.opens
        case _:
            record = reader.ois(parse_ois_client_id(finding.subject) or "")
            return (None if record is None else record.changed_seq) == finding.changed_seq


def _task(finding: Finding) -> NewTask | None:
    if finding.wrong in LEFT_ALONE:
        return None
    if finding.wrong is Wrong.ACCOUNT_LIVE:
        return close_account_task(Username(finding.subject))
    return _WORK.get(finding.wrong, bring_ois_task)(ClientId(finding.subject))


_WORK: Final[Mapping[Wrong, Callable[[ClientId], NewTask]]] = {
    Wrong.KEY_LIVE: close_key_task,
    Wrong.SCOPE_FOREIGN: bring_key_scopes_task,
    Wrong.SCOPE_LOST: bring_key_scopes_task,
    Wrong.OPERATOR_LIVE: bring_operator_task,
    Wrong.OPERATOR_ALTERED: bring_operator_task,
    Wrong.OIS_ALTERED: mend_ois_task,
}
"""What is done about a client, or the operator of one."""


def converge_ois(actor: Actor, reading: RealmReading) -> tuple[Finding, ...]:
    """Bring every OIS's client and operator back to the record, with alarms; return what differed. `reading` is a look
    at the realm just taken. Raises as `converge` does.
    """
    with actor.ledger.reader() as reader:
        ois = reader.all_ois()
    findings = _clients_of_ois(actor, reading, ois) + _operators(actor, ois)
    _close(actor, findings)
    return findings


def _fresh_alarms(reader: LedgerReader, findings: Iterable[Finding], now: datetime) -> set[Finding]:
    return {finding for finding in findings if _was_raised(reader, finding, now)}


def _was_raised(reader: LedgerReader, finding: Finding, now: datetime) -> bool:
    """The alarm about something that is left alone is raised once for good; the others are fresh for a while."""
    at = last_raised(reader, finding.subject, finding.wrong.value)
    return at is not None and (finding.wrong in LEFT_ALONE or now - at < ALARM_FRESH)


def _alarm(actor: Actor, finding: Finding) -> NewEvent:
    clause = _CLAUSES.get(finding.wrong, "cl. 6")
    return NewEvent(AlarmRaised(what=finding.wrong.value), finding.subject, actor.name, clause=clause)
