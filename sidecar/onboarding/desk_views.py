"""`/desk/ois`: the Administrator's desk for OIS: applications, papers, evidence, decisions. Source: order cl. 6.

A decision asks for password and second factor of the last minutes, and for the name of the OIS typed out where its
access stops.
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from provisioning.ledger import LedgerReader
from provisioning.ledger.queries.applications import application_of, paper_content, papers, stored_of
from provisioning.lifecycle.errors import ActionRefused, CarriedOutLater, RequirementsUnmet
from provisioning.lifecycle.lookups import find_ois
from provisioning.lifecycle.ois.accession import asked_text
from provisioning.lifecycle.ois.checklist import evidence_on
from provisioning.lifecycle.proposals import Proposal, open_proposals
from provisioning.model.application import QUOTA
from provisioning.model.events.decisions import OisProposed
from provisioning.model.ois import OisRecord
from sidecar.applications.checking import look
from sidecar.applications.recording import record_look
from sidecar.auth.acting import acting
from sidecar.auth.guards import identity
from sidecar.auth.session import is_fresh
from sidecar.directory import wording as listing
from sidecar.directory.conclusions import KINDS, conclusions
from sidecar.doors.onboarding import onboarding
from sidecar.doors.policy import bulk_rules
from sidecar.doors.records import records
from sidecar.doors.services import current_day, current_time
from sidecar.onboarding.decisions import DECISIONS, NAMED, Decision, usual_end
from sidecar.onboarding.forms import NameForm
from sidecar.outside.fetching import outside
from sidecar.sandbox.running import open_for, status
from sidecar.words import ois as wording

looking = Blueprint("ois_desk", __name__, url_prefix="/desk/ois")
deciding = Blueprint("ois_desk_decisions", __name__, url_prefix="/desk/ois")


@looking.get("/")
def overview() -> ResponseReturnValue:
    """List every OIS that ever applied, the latest change first."""
    with records().reader() as reader:
        everybody = sorted(reader.all_ois().values(), key=lambda ois: ois.changed_seq, reverse=True)
    return render_template("onboarding/desk/overview.html", everybody=everybody)


@looking.get("/<slug>")
def one(slug: str) -> ResponseReturnValue:
    """Show one OIS with all that is known and all that can be decided."""
    return _page(slug, None, 200)


@looking.get("/<slug>/papers/<sha256>")
def paper(slug: str, sha256: str) -> ResponseReturnValue:
    """Send an uploaded file as a download: it is never shown in the browser."""
    with records().reader() as reader:
        found = paper_content(reader, slug, sha256)
    if found is None:
        raise NotFound
    about, content = found
    response: Response = make_response(content)
    response.mimetype = about.media_type
    suffix = {"application/pdf": "pdf", "application/pkcs7-mime": "p7s"}.get(about.media_type, "asice")
    response.headers["Content-Disposition"] = f"attachment; filename={about.slug}-{about.sha256[:12]}.{suffix}"
    return response


@looking.get("/<slug>/self-test/<identifier>")
def self_test(slug: str, identifier: str) -> ResponseReturnValue:
    """Show the report of a self-test that is evidence."""
    with records().reader() as reader:
        ois = find_ois(reader, slug)
    shown = status(ois.slug, identifier)
    return render_template("onboarding/self_test/one.html", ois=ois, shown=shown, back=False)


@deciding.post("/<slug>/check")
def check(slug: str) -> ResponseReturnValue:
    """Check the OIS from outside, and record what was found."""
    with records().reader() as reader:
        ois = find_ois(reader, slug)
        record = application_of(reader, ois.slug)
    if record is None:
        raise NotFound
    looked = look(outside(), record.application, ois.jwks, current_time())
    with acting() as actor:
        record_look(actor, slug, looked, onboarding().current().requirements)
    open_for(slug, identity().actor)
    return redirect(url_for("ois_desk.one", slug=slug) + "#requirements", 303)


@deciding.post("/<slug>/decide/<decision>")
def decide(slug: str, decision: str) -> ResponseReturnValue:
    """Carry a decision out; 409 with the reason when the table of states has nothing for it.

    422 while the name is not typed out where it must be, and with the items for a positive conclusion while mandatory
    requirements are not met.
    """
    action = DECISIONS.get(decision)
    if action is None:
        raise NotFound
    asked = Decision(slug, request.form, onboarding().current().requirements, bulk_rules().proposal_lifespan)
    forms = _forms(slug)
    if decision in forms and not forms[decision].validate_on_submit():
        return _page(slug, None, 422, forms)
    try:
        with acting() as actor:
            action(actor, asked)
    except (ActionRefused, CarriedOutLater) as said:
        return _page(slug, said, _status(said))
    return redirect(url_for("ois_desk.one", slug=slug), 303)


def _status(said: ActionRefused | CarriedOutLater) -> int:
    if isinstance(said, RequirementsUnmet):
        return 422
    return 409 if isinstance(said, ActionRefused) else 202


def _forms(slug: str) -> dict[str, NameForm]:
    """The forms in which the name of the OIS is typed out, by decision."""
    with records().reader() as reader:
        ois = find_ois(reader, slug)
    return {decision: NameForm(decision, ois.slug) for decision in NAMED}


def _proposal(reader: LedgerReader, ois: OisRecord) -> Proposal[OisProposed] | None:
    """The proposal about the OIS that waits; there is one at a time."""
    waiting = open_proposals(reader, current_time(), OisProposed)
    return next((proposal for proposal in waiting if proposal.proposed.ois == ois.slug), None)


def _page(
    slug: str, said: ActionRefused | CarriedOutLater | None, status: int, forms: dict[str, NameForm] | None = None
) -> ResponseReturnValue:
    policies, today = onboarding().current(), current_day()
    with records().reader() as reader:
        ois = find_ois(reader, slug)
        shown = {
            "ois": ois,
            "record": application_of(reader, ois.slug),
            "files": papers(reader, ois.slug),
            "stored": stored_of(reader, ois.slug),
            "quota": QUOTA,
            "checklist": evidence_on(reader, ois, policies.requirements),
            "notes": conclusions(reader.events(subject=ois.client_id, kinds=KINDS)),
            "asked": asked_text(policies.agreements, ois, today),
            "until": usual_end(today, policies.requirements),
            "proposal": _proposal(reader, ois),
            "own": identity().actor,
            "names": forms or _forms(ois.slug),
            "is_fresh": is_fresh(current_time()),
        }
    return render_template("onboarding/desk/one.html", said=said, **shown), status


@looking.context_processor
@deciding.context_processor
def _words() -> dict[str, object]:
    return {"wording": wording, "listing": listing}
