"""`/desk`: what the Administrator's people look at. Changes are in `actions`, behind a guard of their own."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from provisioning.ledger.operational.duties import duties
from provisioning.lifecycle.journal import last_compared_in_full
from provisioning.lifecycle.tasks.attempting import refused_tasks
from provisioning.model.configuration import StaffRole
from sidecar.accounts.dossier import known_account, read_dossier
from sidecar.accounts.listing import asked_criteria, csv_answer, read_listing
from sidecar.auth.guards import identity
from sidecar.desk.bulk_progress import read_bulk
from sidecar.desk.figures import read_figures
from sidecar.desk.forms import AnswerForm
from sidecar.desk.links import subject_url
from sidecar.desk.queue import read_queue
from sidecar.doors.records import records
from sidecar.doors.services import current_time
from sidecar.frame.forms import ButtonForm
from sidecar.words import accounts as wording
from sidecar.words import ois as ois_words
from sidecar.words import record as words

blueprint = Blueprint("desk", __name__, url_prefix="/desk")


@blueprint.get("")
def today() -> ResponseReturnValue:
    """Show the queue: requests, alarms, mail that failed, work that waits."""
    with records().reader() as reader:
        queue = read_queue(reader, current_time())
    return render_template(
        "desk/today.html",
        queue=queue,
        words=words,
        subject_url=subject_url,
        may_act=StaffRole.ADMINISTRATOR in identity().roles,
    )


@blueprint.get("/institutions")
def institutions() -> ResponseReturnValue:
    """Search all accounts by name, codes, address and place."""
    with records().reader() as reader:
        listing = read_listing(reader, asked_criteria(None))
    return render_template("desk/institutions.html", listing=listing, wording=wording)


@blueprint.get("/institutions.csv")
def table() -> Response:
    """Send the same list, all of it, as CSV."""
    return csv_answer(asked_criteria(None), "institutions")


@blueprint.get("/institutions/<username>")
def institution(username: str) -> ResponseReturnValue:
    """Show one account: what is known, what may be in the way, and what can be done."""
    with records().reader() as reader:
        dossier = read_dossier(reader, known_account(reader, username))
    return render_template(
        "desk/institution.html",
        dossier=dossier,
        wording=wording,
        words=words,
        may_act=StaffRole.ADMINISTRATOR in identity().roles,
        button=ButtonForm(),
    )


@blueprint.get("/requests/<number>")
def asked(number: str) -> ResponseReturnValue:
    """Show one support request together with the state of its account."""
    with records().reader() as reader:
        found = reader.support_request(number)
        if found is None:
            raise NotFound
        dossier = read_dossier(reader, known_account(reader, found.username))
    return render_template(
        "desk/request.html",
        asked=found,
        dossier=dossier,
        wording=wording,
        words=words,
        may_act=StaffRole.ADMINISTRATOR in identity().roles,
        form=AnswerForm(),
    )


@blueprint.get("/bulk/decisions/<int:number>")
def decision(number: int) -> ResponseReturnValue:
    """Show a bulk deactivation: who decided, on what document, and how far Keycloak is brought to it."""
    with records().reader() as reader:
        found = read_bulk(reader, number)
    if found is None:
        raise NotFound
    return render_template("desk/bulk/decision.html", found=found, wording=wording, words=words)


@blueprint.get("/watch")
def watch() -> ResponseReturnValue:
    """Show the duties of `provision watch`: the state of each, what Keycloak refuses, and what is left to a person."""
    with records().reader() as reader:
        known, refused, compared_at = duties(reader), refused_tasks(reader), last_compared_in_full(reader)
    return render_template(
        "desk/watch.html",
        duties=known.values(),
        refused=refused,
        compared_at=compared_at,
        subject_url=subject_url,
        now=current_time(),
        words=words,
    )


@blueprint.get("/figures")
def figures() -> ResponseReturnValue:
    """Show charts: activations by kind, oblast and month; OIS by state; mandates and use by OIS."""
    with records().reader() as reader:
        shown = read_figures(reader, current_time())
    return render_template("desk/figures.html", figures=shown, wording=wording, words=words, ois_words=ois_words)
