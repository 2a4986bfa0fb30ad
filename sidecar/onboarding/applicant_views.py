"""`/onboarding/application`: the applicant's own pages, from the e-mail to the connection. Source: order cl. 6."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from provisioning.ledger.applications import papers
from provisioning.model.annexes import in_force
from sidecar.errors import RecordsUnavailable
from sidecar.services import services

from . import applicant, wording
from .filling import filled_agreement

blueprint = Blueprint("applicant", __name__, url_prefix="/onboarding/application")


@blueprint.get("/")
def page() -> ResponseReturnValue:
    """How far the application is, and what to do next."""
    record, policies = applicant.applicant(), services().policies.current()
    with services().records.reader() as reader:
        ois, files = reader.ois(record.slug), papers(reader, record.slug)
    if ois is None:
        raise RecordsUnavailable("the ledger lost an application that it had confirmed")
    text = in_force(policies.agreements, services().clock().date())
    return render_template(
        "onboarding/application.html", record=record, ois=ois, files=files, text=text, policies=policies
    )


@blueprint.get("/agreement")
def agreement() -> ResponseReturnValue:
    """The agreement in force, filled with the applicant's data, to print and sign. Source: order cl. 6, annex 1."""
    record, policies = applicant.applicant(), services().policies.current()
    text = filled_agreement(policies, record.application, services().clock().date())
    return render_template("onboarding/agreement.html", text=text, system=record.application.name)


@blueprint.post("/leave")
def leave() -> ResponseReturnValue:
    """End the session."""
    applicant.end()
    return redirect(url_for("onboarding.start"), 303)


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"wording": wording}
