"""`/desk/cut-offs`: an institution's request to cut an OIS off, and the decision on it. Source: order cl. 8."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from provisioning.lifecycle.keys.cut_off_decisions import approve, refuse
from provisioning.lifecycle.keys.cut_off_requests import RequestedCutOff, open_requests
from provisioning.lifecycle.mandates.ending import standing
from provisioning.model.configuration import StaffRole
from provisioning.model.ois import MandateRecord
from sidecar.accounts.dossier import Dossier, known_account, read_dossier
from sidecar.auth.acting import acting
from sidecar.auth.guards import identity
from sidecar.desk.bulk_forms import RefusalForm
from sidecar.desk.forms import ACCOUNT_TO_CONFIRM, NOT_THE_ACCOUNT
from sidecar.doors.records import records
from sidecar.frame.forms import Form, TypedName
from sidecar.words import accounts as wording
from sidecar.words import record as words

looking = Blueprint("desk_cut_offs", __name__, url_prefix="/desk/cut-offs")
deciding = Blueprint("desk_cut_off_decisions", __name__, url_prefix="/desk/cut-offs")


class ApprovalForm(Form):
    """The account's name typed out: its key ends at once, and every OIS needs the new one."""

    confirmation = TypedName(ACCOUNT_TO_CONFIRM, wrong=NOT_THE_ACCOUNT)

    def __init__(self, username: str) -> None:
        super().__init__()
        self.confirmation.expected = username


@dataclass(frozen=True, slots=True)
class WaitingCutOff:
    """A request that waits, its account, and the mandates that end with it."""

    request: RequestedCutOff
    dossier: Dossier
    ending: tuple[MandateRecord, ...]


@looking.get("/<int:number>")
def one(number: int) -> ResponseReturnValue:
    """Show the request: which institution asks, why, and what would stop."""
    return _page(_waiting(number), None, None, 200)


@deciding.post("/<int:number>/approve")
def approval(number: int) -> ResponseReturnValue:
    """Carry the request out: the keys end at once, and a new one takes their place."""
    waiting = _waiting(number)
    form = ApprovalForm(waiting.request.username)
    if not form.validate_on_submit():
        return _page(waiting, form, None, 422)
    with acting() as actor:
        approve(actor, number)
    flash(gettext("The access is cut off; a new API key is made, and the institution is told by mail."))
    return redirect(url_for("desk.institution", username=waiting.request.username), 303)


@deciding.post("/<int:number>/refuse")
def refusal(number: int) -> ResponseReturnValue:
    """Refuse the request: the keys stay as they are, and the institution reads why."""
    waiting, form = _waiting(number), RefusalForm()
    if not form.validate_on_submit():
        return _page(waiting, None, form, 422)
    with acting() as actor:
        refuse(actor, number, " ".join(form.reason.data.split()))
    flash(gettext("The request is refused; the institution is told why."))
    return redirect(url_for("desk.today"), 303)


def _waiting(number: int) -> WaitingCutOff:
    with records().reader() as reader:
        request = next((waiting for waiting in open_requests(reader) if waiting.number == number), None)
        if request is None:
            raise NotFound
        dossier = read_dossier(reader, known_account(reader, request.username))
    ending = tuple(m for m in standing(dossier.mandates) if request.ois in (None, m.ois))
    return WaitingCutOff(request, dossier, ending)


def _page(
    waiting: WaitingCutOff, form: ApprovalForm | None, refusal_form: RefusalForm | None, status: int
) -> ResponseReturnValue:
    page = render_template(
        "desk/cut_off.html",
        waiting=waiting,
        form=form or ApprovalForm(waiting.request.username),
        refusal=refusal_form or RefusalForm(formdata=None),
        may_act=StaffRole.ADMINISTRATOR in identity().roles,
        wording=wording,
        words=words,
    )
    return page, status
