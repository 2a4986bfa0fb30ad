"""Accounts end, and authorities may come back (order cl. 7, 10, 11).

The verdict is in the ledger before Keycloak is asked: it stands at once, whatever Keycloak does, and needs no valid
configuration. What Keycloak still has to do waits as a task that this run, `converge` or the next `apply` carries out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provisioning.ledger import LedgerReader
from provisioning.model.account_states import StateRefusal, next_state
from provisioning.model.configuration import Configuration
from provisioning.model.events import EventKind, JsonValue, NewEvent
from provisioning.model.identifiers import Username
from provisioning.model.institution import Deactivation
from provisioning.model.records import AccountRecord
from provisioning.model.sphere import reaches

from .births import deactivation_event
from .carrying_out import carry_out
from .errors import ActionRefused, UnknownAccount
from .finding import find_account, refuse_unless_allowed
from .mandates.ending import end_mandates_of_accounts
from .ois.finding import find_ois
from .operator import Operator
from .tasks import close_account_task, reopen_account_task, replace_base_key_task


@dataclass(frozen=True, slots=True)
class Selection:
    """Accounts that a deactivation would end, and those that are deactivated already and stay as they are."""

    living: tuple[AccountRecord, ...]
    ended: tuple[AccountRecord, ...]


def accounts_below(configuration: Configuration, authority: str, reader: LedgerReader) -> tuple[Username, ...]:
    """Accounts of everything subordinate to an authority, itself not included. Raises UnknownAccount."""
    spheres = configuration.spheres()
    own = next((sphere for name, sphere in spheres.items() if name == authority), None)
    if own is None:
        raise UnknownAccount(f"the configuration has no authority {authority}", remedy="see its `id` in YAML")
    below = [i for i in configuration.institutions if i.id != authority and reaches(own, True, spheres[i.id])]
    return tuple(i.username for i in below if reader.account(i.username) is not None)


def accounts_of_ois(reader: LedgerReader, name: str) -> tuple[Username, ...]:
    """Accounts that ever gave this OIS a mandate, withdrawn ones too: it may have kept what it saw.

    Raises UnknownOis.
    """
    mandates = reader.mandates(ois=find_ois(reader, name).slug)
    return tuple(sorted({mandate.username for mandate in mandates}))


def select_accounts(reader: LedgerReader, names: Sequence[str]) -> Selection:
    """The accounts behind institution ids or usernames, each once. Raises UnknownAccount."""
    records = {record.username: record for record in (find_account(reader, name) for name in names)}
    outcomes = {name: next_state(record, EventKind.ACCOUNT_DEACTIVATED) for name, record in records.items()}
    return Selection(
        tuple(record for name, record in records.items() if not isinstance(outcomes[name], StateRefusal)),
        tuple(record for name, record in records.items() if isinstance(outcomes[name], StateRefusal)),
    )


def deactivate(
    operator: Operator, names: Sequence[str], why: Deactivation, *, scope: str | None = None, expect: int | None = None
) -> Selection:
    """End accounts. `scope` names what a bulk was chosen by and is recorded once, as one decision.

    More than one account needs `expect`, the exact number. Accounts that ended before are left as they are, so it may
    be repeated. Raises UnknownAccount and ActionRefused before anything is recorded, CarriedOutLater when it is
    recorded and Keycloak does not follow yet.
    """
    with operator.transaction() as transaction:
        selected = select_accounts(transaction, names)
        if selected.living:
            _refuse_unless_expected(len(selected.living), expect)
        events = [deactivation_event(record.username, why, operator.actor) for record in selected.living]
        if scope is not None and events:
            events.insert(0, _decision(operator, scope, selected, why))
        transaction.append(events)
        end_mandates_of_accounts(operator.actor, transaction, [record.username for record in selected.living])
        # Those that ended before too: their tasks may be what is left of an earlier run.
        pending = {task.key for task in transaction.pending_tasks()}
        tasks = [close_account_task(record.username) for record in selected.living]
        left = [task for record in selected.ended if (task := close_account_task(record.username)).key in pending]
        transaction.add_tasks(tasks)
    keys = [task.key for task in (*tasks, *left)]
    operator.progress.stage("closing accounts in Keycloak", len(keys))
    words = "1 account is deactivated" if len(keys) == 1 else f"{len(keys)} accounts are deactivated"
    carry_out(operator, keys, words)
    return selected


def reinstate(operator: Operator, name: str, document: str) -> AccountRecord:
    """Open an authority's account again, on a document, with a new base key. Source: order cl. 11.

    Institutions are refused. Its live API keys work again; cut them off if the reason was an incident. Raises
    UnknownAccount, ActionRefused, CarriedOutLater.
    """
    with operator.transaction() as transaction:
        before = find_account(transaction, name)
        refuse_unless_allowed(before, EventKind.ACCOUNT_REINSTATED)
        username, base_key_id = before.username, operator.new_id()
        reset = before.activated_at is not None
        reinstated: dict[str, JsonValue] = {"document": document}
        issued: dict[str, JsonValue] = {"base_key_id": base_key_id, "reset": reset}
        transaction.append(
            [
                NewEvent(EventKind.ACCOUNT_REINSTATED, username, operator.actor, "cl. 11", reinstated),
                NewEvent(EventKind.BASE_KEY_ISSUED, username, operator.actor, "cl. 4", issued),
            ]
        )
        tasks = [reopen_account_task(username), replace_base_key_task(username, base_key_id, reset=reset)]
        transaction.add_tasks(tasks)
        after = transaction.account(username)
    carry_out(operator, [task.key for task in tasks], f"account {username} is reinstated")
    return after or before


def _refuse_unless_expected(count: int, expect: int | None) -> None:
    if expect is None and count > 1:
        raise ActionRefused(
            f"this would deactivate {count} accounts, for good where they are institutions'",
            remedy=f"look at the preview, then add --expect {count}",
        )
    if expect is not None and count != expect:
        raise ActionRefused(
            f"{count} accounts would be deactivated, {expect} were expected",
            remedy="look at the preview again; nothing was recorded",
        )


def _decision(operator: Operator, scope: str, selected: Selection, why: Deactivation) -> NewEvent:
    data: dict[str, JsonValue] = {
        "decision": "deactivation",
        "scope": scope,
        "accounts": [record.username for record in selected.living],
        "reason": why.reason.value,
        "document": why.document,
        "date": why.date.isoformat(),
    }
    return NewEvent(EventKind.DECISION_RECORDED, "realm", operator.actor, "cl. 10", data)
