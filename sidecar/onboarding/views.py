"""`/onboarding`: the application form, another link, both annexes; open to everybody. Source: order cl. 6."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from provisioning.lifecycle.applications import ApplicationRefusal, Submitted, send_link, submit
from provisioning.model.annexes import in_force
from provisioning.model.application import Application
from sidecar.applications.entry import FieldProblem, read_application
from sidecar.doors.office import PUBLIC_ACTOR, office
from sidecar.doors.onboarding import onboarding
from sidecar.doors.services import current_day
from sidecar.frame.limits import limiter
from sidecar.onboarding.forms import ApplicationForm, LinkForm, heading_of_errors
from sidecar.words import ois as wording

blueprint = Blueprint("onboarding", __name__, url_prefix="/onboarding")

APPLICATIONS: Final = "10 per hour"
LINKS: Final = "20 per hour"


@blueprint.get("/")
def start() -> ResponseReturnValue:
    """Show what an operator has to do, in order."""
    return render_template("onboarding/start.html", requirements=onboarding().current().requirements)


@blueprint.get("/agreement")
def agreement() -> ResponseReturnValue:
    """Show the agreement in force, not filled in yet. Source: order cl. 6, annex 1."""
    text = in_force(onboarding().current().agreements, current_day())
    return render_template("onboarding/agreement.html", text=text, system=None)


@blueprint.get("/apply")
def form() -> ResponseReturnValue:
    """Show the empty form."""
    shown = ApplicationForm()
    shown.offer(onboarding().current().rights)
    return render_template("onboarding/apply.html", form=shown, heading=None)


@blueprint.post("/apply")
@limiter.limit(APPLICATIONS)
def apply() -> ResponseReturnValue:
    """Take the form in; 422 with every mistake beside its field. The answer says nothing about the mailbox."""
    policies = onboarding().current()
    sent = ApplicationForm()
    sent.offer(policies.rights)
    outcome = read_application(sent.as_entry(), {right.name for right in policies.rights.rights})
    problems = hand_in(outcome, None) if isinstance(outcome, Application) else outcome
    if isinstance(problems, Submitted):
        return redirect(url_for("onboarding.sent"), 303)
    sent.show(problems)
    return render_template("onboarding/apply.html", form=sent, heading=heading_of_errors(len(problems))), 422


@blueprint.get("/sent")
def sent() -> ResponseReturnValue:
    """Ask the applicant to look into the mailbox."""
    return render_template("onboarding/sent.html")


@blueprint.get("/link")
def ask_link() -> ResponseReturnValue:
    """Show the form that asks for another link."""
    return render_template("onboarding/link.html", form=LinkForm())


@blueprint.post("/link")
@limiter.limit(LINKS)
def mail_link() -> ResponseReturnValue:
    """Send another link if there is such an application; the answer is the same if there is none."""
    asked = LinkForm()
    with office().acting_as(PUBLIC_ACTOR) as actor:
        send_link(actor.ledger, (asked.slug.data or "").strip(), (asked.email.data or "").strip())
    return redirect(url_for("onboarding.sent"), 303)


def hand_in(application: Application, idempotency_key: str | None) -> Submitted | tuple[FieldProblem, ...]:
    """Hand an application in; a refusal is a problem of its field."""
    with office().acting_as(PUBLIC_ACTOR) as actor:
        outcome = submit(actor.ledger, application, idempotency_key)
    if isinstance(outcome, Submitted):
        return outcome
    field = "slug" if outcome is ApplicationRefusal.SLUG_TAKEN else "idempotency_key"
    return (FieldProblem(field, outcome.value),)


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"wording": wording}
