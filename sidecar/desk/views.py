"""`/desk`: what the Administrator's people look at. Changes are in `actions`, behind a guard of their own."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from provisioning.ledger.overview import overview
from provisioning.model.configuration import StaffRole
from provisioning.model.events import EventKind
from sidecar.auth.guards import identity
from sidecar.dossier import read_dossier
from sidecar.listing import asked_criteria, csv_answer, read_listing
from sidecar.portal import wording
from sidecar.services import services

from . import wording as words
from .figures import read_figures
from .forms import AnswerForm, ButtonForm
from .queue import read_queue

blueprint = Blueprint("desk", __name__, url_prefix="/desk")

EVENTS_PAGE: Final = 100


@blueprint.get("")
def today() -> ResponseReturnValue:
    """The queue: requests, alarms, mail that failed, work that waits."""
    with services().records.reader() as reader:
        queue = read_queue(reader, services().clock())
    return render_template("desk/today.html", queue=queue, wording=wording, words=words)


@blueprint.get("/institutions")
def institutions() -> ResponseReturnValue:
    """Search over all accounts by name, codes, address and place."""
    with services().records.reader() as reader:
        listing = read_listing(reader, asked_criteria(None))
    return render_template("desk/institutions.html", listing=listing, wording=wording)


@blueprint.get("/institutions.csv")
def table() -> Response:
    """The same, all of it, for a spreadsheet."""
    return csv_answer(asked_criteria(None), "institutions")


@blueprint.get("/institutions/<username>")
def institution(username: str) -> ResponseReturnValue:
    """One account: what is known, what may be in the way, and what can be done."""
    with services().records.reader() as reader:
        account = reader.account(username)
        if account is None:
            raise NotFound
        dossier = read_dossier(reader, account)
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
    """One request with the state of the account it is about, so that the answer can be the right one."""
    with services().records.reader() as reader:
        found = reader.request(number)
        account = reader.account(found.username) if found is not None else None
        if found is None or account is None:
            raise NotFound
        dossier = read_dossier(reader, account)
    return render_template(
        "desk/request.html",
        asked=found,
        dossier=dossier,
        wording=wording,
        words=words,
        may_act=StaffRole.ADMINISTRATOR in identity().roles,
        form=AnswerForm(),
    )


@blueprint.get("/ledger")
def ledger() -> ResponseReturnValue:
    """The record, page by page, of everything or of one subject."""
    subject = request.args.get("subject", "")[:100] or None
    kind = request.args.get("kind")
    kinds = [EventKind(kind)] if kind in set(EventKind) else None
    with services().records.reader() as reader:
        seen = overview(reader)
        after = _number(request.args.get("after"), max(0, seen.events - EVENTS_PAGE) if subject is None else 0)
        events = tuple(reader.events(after, subject, EVENTS_PAGE, kinds))
    return render_template(
        "desk/ledger.html", seen=seen, events=events, subject=subject, kind=kind, after=after, wording=wording
    )


@blueprint.get("/figures")
def figures() -> ResponseReturnValue:
    """How many are activated, have a key in use, work through an OIS; by kind."""
    with services().records.reader() as reader:
        shown = read_figures(reader)
    return render_template("desk/figures.html", figures=shown, wording=wording, bars=words.BARS)


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 16 else otherwise
