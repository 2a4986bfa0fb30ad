"""`POST /leaks` for scanners, `/leaks/report` for people: a live key in it ends at once, and its owner gets a mail.

The answer is the same whether a key is known, live, over or invented. The decision is in the ledger before the answer;
Keycloak follows after it, so that the time taken tells little either. Source: order cl. 8, 10.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import structlog
from flask import Blueprint, Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from werkzeug.exceptions import BadRequest, UnsupportedMediaType
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from provisioning.lifecycle.keys.leaks import Leaked, end_at_door, record_leaked
from sidecar.doors.errors import OfficeClosed
from sidecar.doors.office import PUBLIC_ACTOR, Office, office
from sidecar.frame.forms import Form
from sidecar.frame.limits import limiter
from sidecar.leaks.report import Report, read_report

log = structlog.get_logger(__name__)
blueprint = Blueprint("leaks", __name__, url_prefix="/leaks")

LIMIT: Final = "30/minute;300/hour"
"""For one client. A report may hold many keys, so scanners come to terms with it; guessing a key does not."""

_TEXT_CHARACTERS: Final = 20_000
_WHERE_CHARACTERS: Final = 300


class ReportForm(Form):
    """What was found, and where."""

    text = TextAreaField(
        lazy_gettext("The key, or the text it stands in"),
        validators=[
            InputRequired(lazy_gettext("Paste the key or the text.")),
            Length(max=_TEXT_CHARACTERS, message=lazy_gettext("The text is too long; the lines with the key suffice.")),
        ],
    )
    where = StringField(
        lazy_gettext("Where did you find it? (optional)"),
        validators=[Length(max=_WHERE_CHARACTERS, message=lazy_gettext("This is too long."))],
    )


@blueprint.post("")
@limiter.limit(LIMIT)
def receive() -> ResponseReturnValue:
    """Take a report as JSON; 202 for every one that can be read, 400 or 415 for others. Needs no form token.

    A browser at another site cannot send it: `traffic` refuses its Origin, and JSON is not a simple request.
    """
    if not request.is_json:
        raise UnsupportedMediaType
    report = read_report(request.get_json(silent=True))
    if report is None:
        raise BadRequest
    return _act(report, make_response(jsonify(status="accepted"), 202))


@blueprint.route("/report", methods=["GET", "POST"])
@limiter.limit(LIMIT, methods=["POST"])
def page() -> ResponseReturnValue:
    """Take a report from people, by form."""
    form = ReportForm()
    if not form.validate_on_submit():
        return render_template("leaks/report.html", form=form), 200 if request.method == "GET" else 400
    report = read_report({"text": form.text.data, "where": form.where.data or ""})
    if report is None:
        raise BadRequest
    return _act(report, make_response(render_template("leaks/thanks.html"), 202))


def _act(report: Report, response: Response) -> Response:
    here = office()
    with here.acting_as(PUBLIC_ACTOR) as actor:
        done = record_leaked(actor, report.text, report.where)
    if done:
        log.warning("leaked-keys-cut-off", keys=[client_id for leaked in done for client_id in leaked.cut.ended])
        response.call_on_close(partial(_carry_out, here, done))
    return response


def _carry_out(here: Office, done: tuple[Leaked, ...]) -> None:
    """After the answer. All else, and what does not work now, is done by `provision watch`."""
    for leaked in done:
        try:
            with here.acting_as(PUBLIC_ACTOR) as actor:
                end_at_door(actor, leaked)
        except OfficeClosed as error:
            log.error("left-to-watch", account=leaked.cut.username, reason=error.message)
