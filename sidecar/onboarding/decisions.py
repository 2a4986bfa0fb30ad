"""What the Administrator's people can decide about an OIS: each decision by its name, from a form to a use case.

Source: order cl. 6.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from provisioning.ledger import LedgerReader
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.ois import connection, four_eyes, papers
from provisioning.lifecycle.ois.operators import invite_operator
from provisioning.model.annexes import TechnicalRequirements
from provisioning.model.calendar import kyiv_day
from provisioning.model.events import EventKind
from provisioning.model.ois import ConclusionOutcome

_TEXT: Final = 2_000
_DIGITS: Final = 18
_DAYS_PER_MONTH: Final = 30.44


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision to be made: the OIS, the form as it was filled in, the requirements it is judged by, and how long a
    proposal waits.
    """

    slug: str
    form: MultiDict[str, str]
    requirements: TechnicalRequirements
    proposal_lifespan: timedelta

    def text(self, name: str) -> str:
        """Return a text that must be there. Raises BadRequest."""
        value = " ".join(self.form.get(name, "").split())
        if not value or len(value) > _TEXT or not value.isprintable():
            raise BadRequest
        return value

    def optional(self, name: str) -> str | None:
        """Return a text, None when it is empty."""
        return self.text(name) if self.form.get(name, "").strip() else None

    def proposal(self) -> int:
        """Return the number of the proposal that the page showed. Raises BadRequest."""
        text = self.form.get("proposal", "")
        if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
            raise BadRequest
        return int(text)


def accept(actor: Actor, decision: Decision) -> None:
    """Accept the agreement that waits."""
    papers.accept_agreement(actor, decision.slug, decision.text("version"))


def send_back(actor: Actor, decision: Decision) -> None:
    """Return the agreement with remarks."""
    papers.return_agreement(actor, decision.slug, decision.text("version"), decision.text("reason"))


def judge(actor: Actor, decision: Decision) -> None:
    """Record what a person found on one requirement. It counts until a check or a person finds otherwise."""
    item = decision.requirements.item(decision.text("requirement"))
    if item is None:
        raise BadRequest
    passed = decision.form.get("passed") == "yes"
    found = {"note": decision.text("reason")}
    papers.record_evidence(actor, decision.slug, papers.Evidence(item.id, decision.requirements.version, passed, found))


def conclude(actor: Actor, decision: Decision) -> None:
    """Issue a conclusion with the next number of the year."""
    try:
        outcome = ConclusionOutcome(decision.text("outcome"))
        until = date.fromisoformat(decision.text("until"))
    except ValueError as error:
        raise BadRequest from error
    today = actor.today()
    with actor.ledger.reader() as reader:
        number = next_number(reader, today)
    conclusion = papers.Conclusion(number, outcome, until, decision.requirements)
    papers.conclude(actor, decision.slug, conclusion, decision.optional("reason"))


def revoke(actor: Actor, decision: Decision) -> None:
    """Revoke the conclusion in force."""
    papers.revoke_conclusion(actor, decision.slug, decision.text("reason"))


def propose_connection(actor: Actor, decision: Decision) -> None:
    """Propose to connect the OIS with the rights that are ticked."""
    rights = decision.form.getlist("rights")
    four_eyes.propose_connection(actor, decision.slug, rights, lifespan=decision.proposal_lifespan)


def approve(actor: Actor, decision: Decision) -> None:
    """Decide as another administrator proposed. Raises BadRequest for a number that is none."""
    four_eyes.approve(actor, decision.slug, decision.proposal())


def refuse(actor: Actor, decision: Decision) -> None:
    """Refuse a proposal, or take one's own back."""
    four_eyes.refuse(actor, decision.slug, decision.proposal(), decision.text("reason"))


def proof(actor: Actor, decision: Decision) -> None:
    """Let only bound tokens count, or bearer tokens too."""
    wanted = decision.text("required")
    if wanted not in ("yes", "no"):
        raise BadRequest
    connection.require_proof(actor, decision.slug, decision.text("reason"), required=wanted == "yes")


def suspend(actor: Actor, decision: Decision) -> None:
    """Suspend the OIS: its access stops at once."""
    connection.suspend(actor, decision.slug, decision.text("reason"))


def resume(actor: Actor, decision: Decision) -> None:
    """Resume a suspended OIS."""
    connection.resume(actor, decision.slug, decision.text("reason"))


def reject(actor: Actor, decision: Decision) -> None:
    """Reject the application for good."""
    connection.reject(actor, decision.slug, decision.text("reason"))


def propose_termination(actor: Actor, decision: Decision) -> None:
    """Propose to end the connection for good."""
    reason = decision.text("reason")
    four_eyes.propose_termination(actor, decision.slug, reason, lifespan=decision.proposal_lifespan)


def invite(actor: Actor, decision: Decision) -> None:
    """Mail the operator a fresh base key; `reset` when its account is in use already."""
    invite_operator(actor, decision.slug, reset=decision.form.get("reset") == "yes")


DECISIONS: Final[Mapping[str, Callable[[Actor, Decision], None]]] = {
    "accept-agreement": accept,
    "return-agreement": send_back,
    "judge": judge,
    "conclude": conclude,
    "revoke-conclusion": revoke,
    "propose-connection": propose_connection,
    "approve": approve,
    "refuse": refuse,
    "proof": proof,
    "suspend": suspend,
    "resume": resume,
    "reject": reject,
    "propose-termination": propose_termination,
    "invite-operator": invite,
}
"""Last part of the address → what it does."""

NAMED: Final = ("revoke-conclusion", "suspend", "reject", "propose-termination", "approve")
"""Decisions that stop an OIS, and the one that settles what another administrator proposed: its name is typed out."""


def next_number(reader: LedgerReader, today: date) -> str:
    """Return the number of the next conclusion: `2026-0007`, counted within Kyiv's year over all OIS."""
    concluded = reader.events(kinds=(EventKind.OIS_CONCLUDED,))
    issued = sum(1 for event in concluded if kyiv_day(event.at).year == today.year)
    return f"{today.year}-{issued + 1:04d}"


def usual_end(today: date, requirements: TechnicalRequirements) -> date:
    """Return the last day that the requirements foresee for a conclusion of today."""
    return today + timedelta(days=round(requirements.valid_months * _DAYS_PER_MONTH))
