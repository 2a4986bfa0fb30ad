"""Brings Keycloak to what the ledger says is over, and raises an alarm when somebody brought it back (order cl. 11).

Needs no configuration. It only ever closes: what was closed by hand stays closed. `judge` is pure; the rest records
what it found before it acts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from provisioning.keycloak.accounts.reading import read_accounts
from provisioning.ledger import LedgerReader
from provisioning.model.events import EventKind, NewEvent
from provisioning.model.identifiers import ClientId, Username
from provisioning.model.records import AccountRecord, AccountState, ApiKeyRecord, NewTask
from provisioning.planning.changes import AccountImage

from .activations import record_activations
from .carrying_out import carry_out, is_dead, is_over, resume
from .operator import Operator
from .rotation import retire_due
from .tasks import close_account_task, close_key_task

ALARM_FRESH: Final = timedelta(minutes=10)
"""The same finding again within this time is closed again without another alarm, so that a loop fills no ledger."""


class Wrong(StrEnum):
    """What Keycloak has that must not be."""

    ACCOUNT_LIVE = "a deactivated account was live in Keycloak and is closed again"
    KEY_LIVE = "an API key that is over was live in Keycloak and is closed again"
    KEY_UNKNOWN = "Keycloak has an API key of this account that the ledger does not know; look at it"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `subject` is the account's username or the key's client id."""

    wrong: Wrong
    subject: str


@dataclass(frozen=True, slots=True)
class Converged:
    """What a run did. `alarms` are the findings that were new."""

    finished: int
    activated: int
    retired: int
    findings: tuple[Finding, ...]
    alarms: tuple[Finding, ...]


def judge(
    records: Mapping[Username, AccountRecord],
    keys: Mapping[ClientId, ApiKeyRecord],
    images: Mapping[Username, AccountImage],
) -> tuple[Finding, ...]:
    """What is live in Keycloak and over in the ledger, by name. Pure. Source: order cl. 7, 8, 11."""
    findings: list[Finding] = []
    for username, image in sorted(images.items()):
        record = records.get(username)
        live = [key.client_id for key in image.keys if key.enabled or key.service_enabled]
        if record is None:
            continue
        if record.state is AccountState.DEACTIVATED:
            known = any(client_id in keys for client_id in live)
            findings += [Finding(Wrong.ACCOUNT_LIVE, username)] if image.enabled or known else []
            findings += [Finding(Wrong.KEY_LIVE, client_id) for client_id in live if client_id not in keys]
        else:
            findings += [Finding(Wrong.KEY_LIVE, c) for c in live if c in keys and keys[c].state.is_over]
            findings += [Finding(Wrong.KEY_UNKNOWN, client_id) for client_id in live if client_id not in keys]
    return tuple(findings)


def converge(operator: Operator) -> Converged:
    """Finish what was recorded, end what is due, close what must not be open. Safe to repeat and to cut off.

    Raises KeycloakError or LedgerError; what is recorded by then is finished by the next run.
    """
    finished = resume(operator)
    retired = retire_due(operator)
    operator.progress.stage("comparing Keycloak with the ledger")
    # The ledger first: what ends while Keycloak is being read is not mistaken for something that came back.
    with operator.ledger.reader() as reader:
        records, keys = reader.accounts(), reader.all_api_keys()
    images = read_accounts(operator.connection, (), (), operator.progress.advance)
    activated = record_activations(operator, images)
    findings = judge(records, keys, images)
    alarms, tasks = _record(operator, findings)
    carry_out(operator, [task.key for task in tasks], f"{len(alarms)} alarms are raised")
    return Converged(finished, activated, len(retired), findings, alarms)


def _record(operator: Operator, findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], list[NewTask]]:
    """Raise alarms and note the work, after looking at each verdict again."""
    with operator.transaction() as transaction:
        standing = [finding for finding in findings if _stands(transaction, finding)]
        pending = {task.key for task in transaction.pending_tasks()}
        tasks = [task for finding in standing if (task := _task(finding)) is not None]
        # A task that waits belongs to a decision, or to an alarm, whose work is still under way.
        known = _fresh_alarms(transaction, standing, operator.now()) | {
            finding for finding in standing if (task := _task(finding)) is not None and task.key in pending
        }
        alarms = tuple(finding for finding in standing if finding not in known)
        transaction.append([_alarm(operator, finding) for finding in alarms])
        transaction.add_tasks(tasks)
    return alarms, tasks


def _stands(reader: LedgerReader, finding: Finding) -> bool:
    if finding.wrong is Wrong.ACCOUNT_LIVE:
        return is_dead(reader, Username(finding.subject))
    if finding.wrong is Wrong.KEY_UNKNOWN:
        return reader.api_key(finding.subject) is None
    return is_over(reader, ClientId(finding.subject))


def _task(finding: Finding) -> NewTask | None:
    match finding.wrong:
        case Wrong.ACCOUNT_LIVE:
            return close_account_task(Username(finding.subject))
        case Wrong.KEY_LIVE:
            return close_key_task(ClientId(finding.subject))
        case Wrong.KEY_UNKNOWN:
            return None


def _fresh_alarms(reader: LedgerReader, findings: Iterable[Finding], now: datetime) -> set[Finding]:
    return {finding for finding in findings if _was_raised(reader, finding, now)}


def _was_raised(reader: LedgerReader, finding: Finding, now: datetime) -> bool:
    """An unknown key is not closed, so its alarm is raised once for good; the others are fresh for a while."""
    raised = [
        event.at
        for event in reader.events(subject=finding.subject)
        if event.kind is EventKind.ALARM_RAISED and event.data.get("what") == finding.wrong.value
    ]
    return bool(raised) and (finding.wrong is Wrong.KEY_UNKNOWN or now - raised[-1] < ALARM_FRESH)


def _alarm(operator: Operator, finding: Finding) -> NewEvent:
    return NewEvent(EventKind.ALARM_RAISED, finding.subject, operator.actor, "cl. 11", {"what": finding.wrong.value})
