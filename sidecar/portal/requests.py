"""`/account/requests`: the institution asks the Administrator, and sees what became of it (order cl. 9)."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Length

from provisioning.lifecycle.support_requests import NewSupportRequest, file_support_request
from provisioning.model.support_requests import TEXT_MAX, SupportRequestKind
from sidecar.accounts.dossier import read_dossier
from sidecar.auth.acting import acting
from sidecar.auth.guards import identity
from sidecar.doors.records import account_in, records
from sidecar.frame.forms import Form
from sidecar.words import record as words

blueprint = Blueprint("requests", __name__, url_prefix="/account/requests")


class RequestForm(Form):
    """What an institution may ask for."""

    kind = RadioField(
        lazy_gettext("What is it about?"),
        choices=[
            SelectChoice(SupportRequestKind.SUPPORT.value, lazy_gettext("Something does not work")),
            SelectChoice(SupportRequestKind.DETAILS.value, lazy_gettext("What is on file about us is not correct")),
        ],
        default=SupportRequestKind.SUPPORT.value,
    )
    text = TextAreaField(
        lazy_gettext("What happened? No names of people, no passwords, no keys."),
        validators=[
            InputRequired(lazy_gettext("Say what happened.")),
            Length(max=TEXT_MAX, message=lazy_gettext("This is too long.")),
        ],
    )


@blueprint.route("", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Show the form, what our records say may be in the way, and earlier requests with their answers.

    `?kind=details` chooses what it is about, for links from the details themselves.
    """
    form = RequestForm()
    if not form.is_submitted() and request.args.get("kind") == SupportRequestKind.DETAILS.value:
        form.kind.data = SupportRequestKind.DETAILS.value
    if form.validate_on_submit():
        with acting() as actor:
            file_support_request(
                actor, identity().username, NewSupportRequest(SupportRequestKind(form.kind.data), form.text.data)
            )
        flash(gettext("Your request is with the Administrator. The answer will be on this page."))
        return redirect(url_for("requests.ask"), 303)
    with records().reader() as reader:
        dossier = read_dossier(reader, account_in(reader, identity().username))
    status = 422 if form.is_submitted() else 200
    return render_template("portal/requests/ask.html", dossier=dossier, form=form, words=words), status
