"""An OIS is connected, suspended, resumed, ended, or its application rejected. Source: order cl. 5, 6.

The verdict is in the ledger before Keycloak is asked, and the gate goes by the ledger: a suspension is in force at
once, whatever Keycloak does.
"""

from __future__ import annotations

from collections.abc import Collection

from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import ActionRefused
from provisioning.lifecycle.lookups import find_ois
from provisioning.lifecycle.mandates.ending import end_mandates
from provisioning.lifecycle.ois.steps import Step, finish, note_work, record_step, take
from provisioning.model.events.ois import OisChanged, OisConnected, OisRejected, OisResumed, OisSuspended, OisTerminated
from provisioning.model.ois import OisRecord, OisState


def connect(actor: Actor, name: str, rights: Collection[str] | None = None) -> OisRecord:
    """Connect an OIS that has both documents, with these rights; all that it asked for when None.

    Raises UnknownOis, ActionRefused (a document is missing, or rights that it did not ask for), CarriedOutLater.
    """
    with actor.ledger.reader() as reader:
        record = find_ois(reader, name)
    granted = _granted(record, record.requested_rights if rights is None else rights)
    return take(actor, name, Step(OisConnected(rights=granted)))


def change_rights(actor: Actor, name: str, rights: Collection[str], reason: str) -> OisRecord:
    """Give an OIS other rights, among those it asked for. Its mandates allow no more from then on."""
    with actor.ledger.reader() as reader:
        record = find_ois(reader, name)
    if record.state not in (OisState.CONNECTED, OisState.SUSPENDED):
        raise ActionRefused(f"OIS {record.slug} is {record.state.value} and has no rights", remedy="connect it first")
    return take(actor, name, Step(OisChanged(granted=_granted(record, rights)), reason))


def require_proof(actor: Actor, name: str, reason: str, *, required: bool) -> OisRecord:
    """Let only tokens that are bound to the OIS's key count from now on (DPoP, RFC 9449), or bearer tokens again.

    The gate refuses its bearer tokens at once, those that were issued before among them. Deciding as it is already
    changes nothing. Raises UnknownOis, ActionRefused, CarriedOutLater.
    """
    with actor.ledger.reader() as reader:
        record = find_ois(reader, name)
    if record.proof_required == required:
        return record
    return take(actor, name, Step(OisChanged(proof_required=required), reason))


def suspend(actor: Actor, name: str, reason: str) -> OisRecord:
    """Stop an OIS at once. Its mandates stand and work again when it is resumed."""
    return take(actor, name, Step(OisSuspended(), reason))


def resume(actor: Actor, name: str, reason: str) -> OisRecord:
    """Let a suspended OIS work again; it needs both documents in force, like a new one."""
    return take(actor, name, Step(OisResumed(), reason))


def reject(actor: Actor, name: str, reason: str) -> OisRecord:
    """Reject an application for good; its slug stays taken."""
    return take(actor, name, Step(OisRejected(), reason))


def terminate(actor: Actor, name: str, reason: str) -> OisRecord:
    """End a connection for good. Its mandates are withdrawn by the same decision.

    Raises UnknownOis, ActionRefused, CarriedOutLater.
    """
    with actor.transaction() as transaction:
        record = record_step(actor, transaction, name, Step(OisTerminated(), reason))
        ending = transaction.mandates(ois=record.slug, standing=True)
        ended = end_mandates(actor.name, transaction, ending, f"the connection of {record.client_id} is terminated")
        tasks = note_work(transaction, record, ended)
    finish(actor, record, tasks)
    return record


def _granted(record: OisRecord, rights: Collection[str]) -> tuple[str, ...]:
    extra = set(rights) - set(record.requested_rights)
    if extra:
        raise ActionRefused(
            f"OIS {record.slug} did not ask for {', '.join(sorted(extra))}",
            remedy="grant what it asked for, or let its operator change the application",
        )
    if not rights:
        raise ActionRefused(f"OIS {record.slug} would have no rights at all", remedy="name at least one right")
    return tuple(sorted(set(rights)))
