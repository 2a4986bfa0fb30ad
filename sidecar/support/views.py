"""`/desk/diagnosis`: why the gate lets a request through or not, check by check, and what to do (order cl. 9).

What is asked travels in the body of a POST, since it may be a token: it is not in an address, not in the log, not in
the answer. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from provisioning.gate.diagnosis import Diagnosis
from provisioning.gate.explanations import EXPLANATIONS
from provisioning.gate.rules import Rules
from provisioning.lifecycle.diagnosing import Examiner
from provisioning.lifecycle.errors import UnknownAccount
from provisioning.lifecycle.rights_on_record import rights_on_record
from provisioning.model.identifiers import parse_username
from provisioning.registry.gate import load_gate_configuration
from sidecar.doors.errors import OfficeClosed
from sidecar.doors.records import records
from sidecar.doors.services import current_time, settings
from sidecar.frame.languages import said
from sidecar.support.forms import DiagnosisForm
from sidecar.support.wording import CHECKS

blueprint = Blueprint("support", __name__, url_prefix="/desk/diagnosis")


@blueprint.route("", methods=["GET", "POST"])
def diagnosis() -> ResponseReturnValue:
    """Show the form, and under it the diagnosis. `?about=` fills in an account's name and asks nothing yet."""
    form = DiagnosisForm()
    about = request.args.get("about", "")
    if not form.is_submitted() and parse_username(about) is not None:
        form.subject.data = about
    found = _found(form) if form.validate_on_submit() else None
    status = 422 if form.is_submitted() and found is None else 200
    form.forget_token()
    page = render_template(
        "support/diagnosis.html", form=form, found=found, checks=CHECKS, explained=EXPLANATIONS, said=said
    )
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _found(form: DiagnosisForm) -> Sequence[Diagnosis] | None:
    """None, with the form's mistake, when nobody has that name."""
    try:
        with records().reader() as reader:
            return _examined(Examiner(reader, _rules(), settings(), current_time()), form)
    except UnknownAccount:
        form.subject.errors = [lazy_gettext("There is no account, API key or OIS of that name.")]
        return None


def _examined(examiner: Examiner, form: DiagnosisForm) -> Sequence[Diagnosis]:
    if form.name is None:
        return [examiner.token(form.token, form.asked())]
    ois = examiner.ois(form.name)
    if ois is not None:
        return [ois]
    return list(
        examiner.account(form.name, form.asked(), lambda account, _: rights_on_record(examiner.reader, account))
    )


def _rules() -> Rules:
    configuration, _ = load_gate_configuration(settings().config_dir)
    if configuration is None:
        raise OfficeClosed("the configuration cannot be used", remedy="run `provision validate`")
    return Rules(configuration.protocol)
