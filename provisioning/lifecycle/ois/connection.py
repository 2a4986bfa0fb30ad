"""An OIS is connected, suspended, resumed, ended, or its application rejected. Source: order cl. 5, 6.

The verdict is in the ledger before Keycloak is asked, and the gate goes by the ledger: a suspension is in force at
once, whatever Keycloak does.
"""

from __future__ import annotations

from collections.abc import Collection

from provisioning.ledger import LedgerTransaction
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import ActionRefused
from provisioning.lifecycle.lookups import find_ois
from provisioning.lifecycle.mandates.ending import end_mandates
from provisioning.lifecycle.ois.steps import Step, note_work, record_step, take
from provisioning.model.events.ois import OisChanged, OisConnected, OisRejected, OisResumed, OisSuspended, OisTerminated
from provisioning.model.ois import OisRecord, OisState
from provisioning.model.records import NewTask


def record_connection(
    actor: Actor, transaction: LedgerTransaction, name: str, rights: Collection[str]
) -> tuple[OisRecord, list[NewTask]]:
    """Record that an OIS with both documents is connected, with these rights; return it with Keycloak's part.

    For `four_eyes`, and for the sandbox, where a connection opens nothing. Raises UnknownOis; ActionRefused for a
    missing document and for rights that it did not ask for.
    """
    allowed = granted(find_ois(transaction, name), rights)
    record = record_step(actor, transaction, name, Step(OisConnected(rights=allowed)))
    return record, note_work(transaction, record)


def change_rights(actor: Actor, name: str, rights: Collection[str], reason: str) -> OisRecord:
    """Give an OIS other rights, among those with which it was connected. Its mandates allow no more from then on.

    Raises UnknownOis, CarriedOutLater; ActionRefused for a right that two administrators did not approve.
    """
    with actor.ledger.reader() as reader:
        record = find_ois(reader, name)
        connected = reader.last_told(record.client_id, OisConnected)
    if record.state not in (OisState.CONNECTED, OisState.SUSPENDED):
        raise ActionRefused(f"OIS {record.slug} is {record.state.value} and has no rights", remedy="connect it first")
    wanted = granted(record, rights)
    beyond = sorted(set(wanted) - set(() if connected is None else connected[1].rights))
    if beyond:
        raise ActionRefused(
            f"two administrators connected OIS {record.slug}, and not with {', '.join(beyond)}",
            remedy="name only rights with which it was connected; for others it applies anew under another short name",
        )
    return take(actor, name, Step(OisChanged(granted=wanted), reason))


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


def record_termination(
    actor: Actor, transaction: LedgerTransaction, name: str, reason: str
) -> tuple[OisRecord, list[NewTask]]:
    """Record that a connection is over for good, its mandates with it; return the OIS with Keycloak's part.

    For `four_eyes` and the sandbox. Raises UnknownOis, ActionRefused.
    """
    record = record_step(actor, transaction, name, Step(OisTerminated(), reason))
    ending = transaction.mandates(ois=record.slug, standing=True)
    ended = end_mandates(actor.name, transaction, ending, f"the connection of {record.client_id} is terminated")
    return record, note_work(transaction, record, ended)


def granted(record: OisRecord, rights: Collection[str]) -> tuple[str, ...]:
    """Return the rights to grant, in order. Raises ActionRefused for none, and for one that it did not ask for."""
    extra = set(rights) - set(record.requested_rights)
    if extra:
        raise ActionRefused(
            f"OIS {record.slug} did not ask for {', '.join(sorted(extra))}",
            remedy="grant what it asked for, or let its operator change the application",
        )
    if not rights:
        raise ActionRefused(f"OIS {record.slug} would have no rights at all", remedy="name at least one right")
    return tuple(sorted(set(rights)))
