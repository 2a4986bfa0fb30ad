"""`/onboarding/application`: the applicant's own pages, from the e-mail to the connection. Source: order cl. 6."""

from __future__ import annotations

import hashlib
from typing import Final

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from provisioning.ledger import LedgerReader
from provisioning.ledger.queries.applications import papers
from provisioning.lifecycle.applications import APPLICANT as ACTOR
from provisioning.lifecycle.applications import store_paper
from provisioning.lifecycle.ois.checklist import evidence_on
from provisioning.lifecycle.ois.papers import submit_agreement
from provisioning.model.annexes import in_force
from provisioning.model.application import ApplicationRecord, Paper, PaperKind
from provisioning.model.events import EventKind
from provisioning.model.ois import OisRecord
from sidecar.applications import applicant
from sidecar.applications.checking import Looked, look
from sidecar.applications.recording import record_look
from sidecar.applications.uploads import UploadFault, media_type
from sidecar.auth.guards import signed_in_or_none
from sidecar.directory import wording as listing
from sidecar.directory.conclusions import KINDS, conclusions
from sidecar.doors.errors import RecordsUnavailable
from sidecar.doors.office import office
from sidecar.doors.onboarding import onboarding
from sidecar.doors.records import records
from sidecar.doors.services import current_day, current_time
from sidecar.frame.limits import limiter
from sidecar.onboarding.filling import filled_agreement
from sidecar.outside.fetching import outside
from sidecar.sandbox.running import open_for
from sidecar.sandbox.services import sandbox
from sidecar.words import ois as wording

blueprint = Blueprint("applicant", __name__, url_prefix="/onboarding/application")

UPLOADS: Final = "10 per hour"
CHECKS: Final = "10 per hour"


@blueprint.get("/")
def page() -> ResponseReturnValue:
    """Show how far the application is, and what to do next."""
    return _page(None, 200)


@blueprint.get("/agreement")
def agreement() -> ResponseReturnValue:
    """Show the agreement in force with the applicant's data, to print and sign. Source: order cl. 6, annex 1."""
    record, policies = applicant.applicant(), onboarding().current()
    text = filled_agreement(policies, record.application, current_day())
    return render_template("onboarding/agreement.html", text=text, system=record.application.name)


@blueprint.post("/agreement")
@limiter.limit(UPLOADS)
def upload() -> ResponseReturnValue:
    """Take the signed agreement: stored by its hash, which is recorded. 422 for a file that is none or has no room."""
    record, today = applicant.applicant(), current_day()
    text = in_force(onboarding().current().agreements, today)
    sent = request.files.get("document")
    content = sent.read() if sent is not None else b""
    kind = media_type(content)
    if isinstance(kind, UploadFault) or text is None:
        return _page(kind if isinstance(kind, UploadFault) else UploadFault.EMPTY, 422)
    digest = hashlib.sha256(content).hexdigest()
    with office().acting_as(_actor(record)) as actor:
        paper = Paper(record.slug, digest, PaperKind.AGREEMENT, kind, len(content), actor.now())
        with actor.transaction() as transaction:
            is_stored = store_paper(transaction, record, paper, content)
        if not is_stored:
            return _page(UploadFault.OVER_QUOTA, 422)
        submit_agreement(actor, record.slug, text.version, digest)
    return redirect(url_for("applicant.page"), 303)


@blueprint.post("/checks")
@limiter.limit(CHECKS)
def check() -> ResponseReturnValue:
    """Look at the OIS from outside, and record what was found. Asks addresses of the application, safely."""
    _look(applicant.applicant())
    return redirect(url_for("applicant.page") + "#requirements", 303)


@blueprint.post("/checks.json")
@limiter.limit(CHECKS)
def check_for_programs() -> ResponseReturnValue:
    """Check the OIS in the same way, with the report as the answer."""
    record = applicant.applicant()
    return jsonify(_look(record).as_json(record.slug, onboarding().current().requirements))


@blueprint.post("/leave")
def leave() -> ResponseReturnValue:
    """End the applicant's session."""
    applicant.end()
    return redirect(url_for("onboarding.start"), 303)


def _look(record: ApplicationRecord) -> Looked:
    with records().reader() as reader:
        ois = reader.ois(record.slug)
    jwks = None if ois is None else ois.jwks
    looked = look(outside(), record.application, jwks, current_time())
    with office().acting_as(_actor(record)) as actor:
        record_look(actor, record.slug, looked, onboarding().current().requirements)
    open_for(record.slug, _actor(record))
    return looked


def _page(fault: UploadFault | None, status: int) -> ResponseReturnValue:
    record, policies = applicant.applicant(), onboarding().current()
    with records().reader() as reader:
        ois, files = reader.ois(record.slug), papers(reader, record.slug)
        if ois is None:
            raise RecordsUnavailable("the ledger lost an application that it had confirmed")
        checklist = evidence_on(reader, ois, policies.requirements)
        returned = _returned(reader, ois)
        notes = conclusions(reader.events(subject=ois.client_id, kinds=KINDS))
    text = in_force(policies.agreements, current_day())
    shown = {"record": record, "ois": ois, "files": files, "text": text, "checklist": checklist, "notes": notes}
    shown |= {"returned": returned, "has_sandbox": sandbox.is_there}
    return render_template("onboarding/application.html", fault=fault, **shown), status


def _returned(reader: LedgerReader, ois: OisRecord) -> str | None:
    """The remarks on the newest agreement, when it was returned."""
    kinds = (EventKind.OIS_AGREEMENT_SUBMITTED, EventKind.OIS_AGREEMENT_ACCEPTED, EventKind.OIS_AGREEMENT_RETURNED)
    events = list(reader.events(subject=ois.client_id, kinds=kinds))
    return events[-1].reason if events and events[-1].kind is EventKind.OIS_AGREEMENT_RETURNED else None


def _actor(record: ApplicationRecord) -> str:
    """The operator by SSO, or whoever has the mailbox: the record tells them apart."""
    who = signed_in_or_none()
    return f"{ACTOR}:{record.slug}" if who is None or who.ois is None else who.actor


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"wording": wording, "listing": listing}
