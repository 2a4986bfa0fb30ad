"""Another account for an institution that was liquidated or reorganised: only by a recorded decision (order cl. 11).

After an incident the order itself lets an institution have a new account, and its YAML record is enough.
"""

from __future__ import annotations

from provisioning.ledger import LedgerReader
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import ActionRefused
from provisioning.lifecycle.lookups import find_account
from provisioning.model.endings import document_faults
from provisioning.model.events import EventKind, NewEvent
from provisioning.model.events.decisions import GenerationDecided
from provisioning.model.identifiers import Username, parse_username, username_of
from provisioning.model.records import AccountState


def allow_generation(actor: Actor, name: str, document: str) -> Username:
    """Record that the account after the institution's last one may be made, and return its name. Safe to repeat.

    `name` is the institution's id or its last account. Raises UnknownAccount; ActionRefused while that account lives,
    and for what names no document.
    """
    if (fault := next(document_faults(document), None)) is not None:
        raise ActionRefused(f"{name}: {fault.message}", remedy=f"{fault.remedy}; nothing was recorded")
    with actor.transaction() as transaction:
        last = find_account(transaction, name)
        while (later := transaction.account(username_of(last.institution_id, last.generation + 1))) is not None:
            last = later
        if last.state is not AccountState.DEACTIVATED:
            raise ActionRefused(
                f"{last.username} is not deactivated", remedy="an institution has one account at a time (order cl. 11)"
            )
        allowed = username_of(last.institution_id, last.generation + 1)
        if allowed not in decided_generations(transaction):
            said = GenerationDecided(generation=last.generation + 1, document=document.strip())
            transaction.append([NewEvent(said, last.username, actor.name)])
    return allowed


def decided_generations(reader: LedgerReader) -> frozenset[Username]:
    """Return the accounts that a recorded decision allows."""
    return frozenset(
        username_of(parsed[0], said.generation)
        for event in reader.events(kinds=[EventKind.DECISION_RECORDED])
        if isinstance(said := event.content, GenerationDecided)
        and (parsed := parse_username(event.subject)) is not None
    )
