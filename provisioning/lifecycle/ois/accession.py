"""A new version of the agreement: OIS accede to it by a day, are reminded of it, and stop when they do not.

Source: order cl. 6, annex 1: an OIS is connected on an agreement. An agreement that was handed in and waits for the
Administrator counts as acceded: an OIS is not suspended for what others have not looked at yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from provisioning.ledger import LedgerTransaction
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.ois.reasons import NOT_ACCEDED
from provisioning.lifecycle.ois.steps import Step, note_work, record_step
from provisioning.lifecycle.tasks.carrying_out import carry_out_unasked
from provisioning.model.annexes import AgreementText, in_force
from provisioning.model.events import JsonValue
from provisioning.model.events.ois import OisSuspended
from provisioning.model.ois import OisRecord, OisState
from provisioning.model.records import NewMail, NewTask
from provisioning.model.upkeep import AccessionPolicy, Overdue

ACCESSION_MAIL: Final = "ois-agreement"
"""Template of provisioning.mail."""

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Accession:
    """What a run found and did. `waiting` have not acceded to the version in force, soonest first; of these
    `suspended` were suspended by this run.
    """

    text: AgreementText | None
    waiting: tuple[OisRecord, ...]
    suspended: tuple[OisRecord, ...]


def asked_text(agreements: Sequence[AgreementText], record: OisRecord, today: date) -> AgreementText | None:
    """Return the version in force that an OIS with an older agreement has neither acceded to nor handed in. Pure."""
    text = in_force(agreements, today)
    if text is None or text.accede_by is None or record.agreement_version is None:
        return None
    return None if text.version in (record.agreement_version, record.agreement_submitted) else text


def ask_for_accession(actor: Actor, agreements: Sequence[AgreementText], policy: AccessionPolicy) -> Accession:
    """Tell OIS of a version they have to accede to, remind them, and suspend those that let the day pass.

    The first mail goes out as soon as the version is in force, each reminder once. Safe to repeat. Raises LedgerError,
    and CarriedOutLater when suspensions are recorded and Keycloak does not follow yet.
    """
    today = actor.today()
    tasks: list[NewTask] = []
    with actor.transaction() as transaction:
        everybody = [r for r in transaction.all_ois().values() if r.state in (OisState.CONNECTED, OisState.SUSPENDED)]
        everybody = transaction.readable(everybody, lambda record: record.client_id)
        waiting = [record for record in everybody if asked_text(agreements, record, today) is not None]
        text = in_force(agreements, today)
        overdue = text is not None and text.accede_by is not None and today > text.accede_by
        if text is not None and not overdue:
            transaction.enqueue_mails([mail for r in waiting if (mail := _mail(r, text, policy, today)) is not None])
        late = [r for r in waiting if r.state is OisState.CONNECTED]
        late = late if overdue and policy.overdue is Overdue.SUSPEND else []
        for record in late:
            tasks += _suspend(actor, transaction, record, text)
    carry_out_unasked(actor, [task.key for task in tasks], f"{len(late)} OIS are suspended: {NOT_ACCEDED}")
    return Accession(text, tuple(sorted(waiting, key=lambda record: record.slug)), tuple(late))


def _suspend(
    actor: Actor, transaction: LedgerTransaction, record: OisRecord, text: AgreementText | None
) -> Sequence[NewTask]:
    why = OisSuspended()
    if text is not None and text.accede_by is not None:
        why = OisSuspended(agreement=text.version, accede_by=text.accede_by)
    suspended = record_step(actor, transaction, record.slug, Step(why, NOT_ACCEDED))
    return note_work(transaction, suspended)


def _mail(record: OisRecord, text: AgreementText, policy: AccessionPolicy, today: date) -> NewMail | None:
    """The step that is due; its key names version and step, so that each is sent once."""
    if text.accede_by is None or not record.email:
        return None
    left = text.accede_by - today
    nearest = min((before for before in policy.remind_before if left <= before), default=None)
    step = "new" if nearest is None else str(nearest // _DAY)
    data: dict[str, JsonValue] = {
        "name": record.name,
        "version": text.version,
        "until": text.accede_by.isoformat(),
        "suspends": int(policy.overdue is Overdue.SUSPEND),
    }
    key = f"{ACCESSION_MAIL}:{record.slug}:{text.version}:{step}"
    return NewMail(key, ACCESSION_MAIL, record.email, record.client_id, data)
