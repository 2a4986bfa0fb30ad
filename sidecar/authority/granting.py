"""`/authority/ois`: an authority lets an OIS work for the institutions below it that have agreed. Order cl. 3, 5.

Behind a guard that wants password and second factor of the last minutes. The page shows who gets a mandate and who
does not before anything is decided, and the decision holds for exactly what was shown.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound
from wtforms import HiddenField

from provisioning.ledger import LedgerReader
from provisioning.lifecycle.errors import ActionRefused, UnknownOis
from provisioning.lifecycle.mandates.by_authority import Outlook, Preview, agreed_below, grant_below, preview
from provisioning.lifecycle.mandates.granting import Contract
from sidecar.auth.acting import acting
from sidecar.auth.guards import identity
from sidecar.doors.onboarding import onboarding
from sidecar.doors.records import records
from sidecar.doors.services import current_day
from sidecar.portal.mandate_forms import MandateForm

blueprint = Blueprint("authority_ois", __name__, url_prefix="/authority/ois")

_MOST_SHOWN: Final = 200
"""Institutions of one kind on the page; the figures count all."""


class DecisionForm(MandateForm):
    """The contract, what it allows, and the mark of the list that the page showed."""

    expect = HiddenField()


@blueprint.get("/")
def overview() -> ResponseReturnValue:
    """Show the OIS that could be given mandates, and how many institutions have agreed."""
    today = current_day()
    with records().reader() as reader:
        free = [record for record in reader.all_ois().values() if record.is_open(today)]
        try:
            agreed, below = agreed_below(reader, identity().username)
        except ActionRefused as error:
            raise NotFound from error
    free.sort(key=lambda record: record.name)
    return render_template("authority/ois/overview.html", free=free, agreed=agreed, below=below)


@blueprint.get("/<slug>")
def form(slug: str) -> ResponseReturnValue:
    """Show which institutions would get a mandate, which would not and why, and the form for the contract."""
    with records().reader() as reader:
        seen = _preview(reader, slug)
    asked = DecisionForm()
    return _page(seen, asked, 200)


@blueprint.post("/<slug>")
def decide(slug: str) -> ResponseReturnValue:
    """Give the mandates. 422 for a form with mistakes; 409 when the list has changed since the page was shown."""
    with records().reader() as reader:
        seen = _preview(reader, slug)
    asked = DecisionForm()
    _offer(asked, seen)
    if not asked.validate_on_submit() or not asked.is_consistent(current_day()):
        return _page(seen, asked, 422)
    contract = Contract(asked.contract.data, asked.signed.data, asked.until.data)
    try:
        with acting() as actor:
            done = grant_below(actor, identity().username, slug, contract, asked.rights.data, asked.expect.data or "")
    except ActionRefused:
        with records().reader() as reader:
            return _page(_preview(reader, slug), asked, 409)
    flash(
        gettext(
            "%(count)s institutions have let %(name)s work for them by your decision. They are told by mail.",
            count=len(done.mandates),
            name=seen.ois.name,
        )
    )
    return redirect(url_for("authority_ois.form", slug=slug), 303)


def _preview(reader: LedgerReader, slug: str) -> Preview:
    """An OIS that may not be given a mandate does not exist here, nor does an authority without a sphere."""
    try:
        return preview(reader, current_day(), identity().username, slug)
    except (UnknownOis, ActionRefused) as error:
        raise NotFound from error


def _offer(asked: DecisionForm, seen: Preview) -> None:
    asked.offer(onboarding().current().rights, seen.ois.rights)


def _page(seen: Preview, asked: DecisionForm, status: int) -> ResponseReturnValue:
    _offer(asked, seen)
    asked.expect.data = seen.mark
    shown = {outlook: seen.having(outlook) for outlook in Outlook}
    return render_template(
        "authority/ois/decide.html",
        seen=seen,
        form=asked,
        shown=shown,
        most=_MOST_SHOWN,
        status=status,
    ), status


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"Outlook": Outlook}
