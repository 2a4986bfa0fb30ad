"""`/authority`: what is below an authority, never what is beside it. Source: order cl. 3, 9, 10.

The sphere is the ledger's, read at each request: a cookie may be older than the last change of it.
"""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import NotFound
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from provisioning.ledger import LedgerReader
from provisioning.lifecycle.support_requests import NewSupportRequest, file_support_request
from provisioning.model.records import AccountRecord
from provisioning.model.sphere import SpherePath, reaches
from provisioning.model.support_requests import TEXT_MAX, SupportRequestKind
from sidecar.accounts.dossier import Dossier, read_dossier
from sidecar.accounts.listing import asked_criteria, csv_answer, read_listing
from sidecar.auth.acting import acting
from sidecar.auth.guards import identity
from sidecar.doors.records import records
from sidecar.frame.forms import ButtonForm, Form
from sidecar.words import accounts as wording

blueprint = Blueprint("authority", __name__, url_prefix="/authority")

_DOCUMENT_MAX = 300


class EndingForm(Form):
    """A report that an institution is liquidated or reorganised."""

    document = StringField(
        lazy_gettext("Decision: what it is called, its number and date"),
        validators=[
            InputRequired(lazy_gettext("Name the document.")),
            Length(max=_DOCUMENT_MAX, message=lazy_gettext("This is too long.")),
        ],
    )
    text = TextAreaField(
        lazy_gettext("What happens, from which day on, and who takes its place"),
        validators=[
            InputRequired(lazy_gettext("Say what happens.")),
            Length(max=TEXT_MAX, message=lazy_gettext("This is too long.")),
        ],
    )


@blueprint.get("")
def institutions() -> ResponseReturnValue:
    """List the accounts of the sphere, by words, state and kind; `below` narrows to one authority in it."""
    with records().reader() as reader:
        listing = read_listing(reader, asked_criteria(_sphere(reader)))
    return render_template("authority/institutions.html", listing=listing, wording=wording)


@blueprint.get("/institutions.csv")
def table() -> Response:
    """Send the same list, all of it, as CSV."""
    with records().reader() as reader:
        criteria = asked_criteria(_sphere(reader))
    return csv_answer(criteria, "institutions")


@blueprint.get("/institutions/<username>")
def institution(username: str) -> ResponseReturnValue:
    """Show one account of the sphere: its state, and what may be in the way."""
    return _page(_dossier(username), EndingForm())


@blueprint.post("/institutions/<username>/base-key")
def repeat(username: str) -> ResponseReturnValue:
    """Ask the Administrator to mail the base key again."""
    account = _dossier(username).account
    with acting() as actor:
        file_support_request(
            actor, account.username, NewSupportRequest(SupportRequestKind.BASE_KEY, "Надіслати базовий ключ ще раз")
        )
    flash(gettext("The Administrator was asked to send the base key again."))
    return redirect(url_for("authority.institution", username=username), 303)


@blueprint.post("/institutions/<username>/ending")
def ending(username: str) -> ResponseReturnValue:
    """Report that the institution is liquidated or reorganised; the Administrator decides (order cl. 10)."""
    dossier, form = _dossier(username), EndingForm()
    if not form.validate_on_submit():
        return _page(dossier, form), 422
    with acting() as actor:
        asked = NewSupportRequest(SupportRequestKind.ENDING, form.text.data, form.document.data)
        file_support_request(actor, dossier.account.username, asked)
    flash(gettext("The report is with the Administrator."))
    return redirect(url_for("authority.institution", username=username), 303)


def _page(dossier: Dossier, form: EndingForm) -> str:
    return render_template(
        "authority/institution.html", dossier=dossier, form=form, repeat=ButtonForm(), wording=wording
    )


def _sphere(reader: LedgerReader) -> SpherePath:
    """The visitor's own sphere as the ledger has it; without one there is nothing to see."""
    own = reader.account(identity().username)
    if own is None or not own.sphere:
        raise NotFound
    return SpherePath(own.sphere)


def _dossier(username: str) -> Dossier:
    """An account of the sphere; any other does not exist for this visitor."""
    with records().reader() as reader:
        account: AccountRecord | None = reader.account(username)
        if account is None or not account.sphere or not reaches(_sphere(reader), True, SpherePath(account.sphere)):
            raise NotFound
        return read_dossier(reader, account)
