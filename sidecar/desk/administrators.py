"""`/desk/administrators`: who is an administrator, and new ones that wait for the approval of those there are.

Source: order cl. 2, 12; decision 32.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from provisioning.ledger import LedgerReader
from provisioning.lifecycle.administrators import read_administrators, support
from provisioning.lifecycle.proposals import Proposal, open_proposals, refuse
from provisioning.model.events.decisions import AdministratorProposed
from sidecar.auth.acting import acting
from sidecar.auth.guards import identity
from sidecar.desk.bulk_forms import RefusalForm
from sidecar.desk.forms import ACCOUNT_TO_CONFIRM, NOT_THE_ACCOUNT
from sidecar.doors.records import records
from sidecar.doors.services import current_time
from sidecar.frame.forms import Form, TypedName

looking = Blueprint("desk_administrators", __name__, url_prefix="/desk/administrators")
deciding = Blueprint("desk_administrator_decisions", __name__, url_prefix="/desk/administrators")


class ApprovalForm(Form):
    """The user name of the new administrator typed out."""

    confirmation = TypedName(ACCOUNT_TO_CONFIRM, wrong=NOT_THE_ACCOUNT)

    def __init__(self, username: str, **more: object) -> None:
        super().__init__(**more)
        self.confirmation.expected = username


@looking.get("")
def page() -> ResponseReturnValue:
    """List the administrators on record, and the new ones who wait."""
    with records().reader() as reader:
        known, waiting = read_administrators(reader), _open(reader)
    return render_template("desk/administrators/page.html", known=known, waiting=waiting)


@looking.get("/<int:number>")
def one(number: int) -> ResponseReturnValue:
    """Show a new administrator who waits, and the two ways to answer."""
    return _one(number, None, None, 200)


@deciding.post("/<int:number>/approve")
def approval(number: int) -> ResponseReturnValue:
    """Approve a new administrator; two must, or one where there is only one."""
    form = ApprovalForm(_waiting(number).proposed.username)
    if not form.validate_on_submit():
        return _one(number, form, None, 422)
    with acting() as actor:
        is_approved = support(actor, number)
    done = gettext("Approved. The watch gives the role within a minute.")
    flash(done if is_approved else gettext("Your approval is recorded. Another administrator must approve it too."))
    return redirect(url_for("desk_administrators.page"), 303)


@deciding.post("/<int:number>/refuse")
def refusal(number: int) -> ResponseReturnValue:
    """Refuse a new administrator; the line in staff.yaml has no effect then."""
    form = RefusalForm()
    _waiting(number)
    if not form.validate_on_submit():
        return _one(number, None, form, 422)
    with acting() as actor:
        refuse(actor, number, form.reason.data, AdministratorProposed)
    flash(gettext("Refused: this person does not become an administrator. Have the line in staff.yaml removed."))
    return redirect(url_for("desk_administrators.page"), 303)


def _open(reader: LedgerReader) -> tuple[Proposal[AdministratorProposed], ...]:
    return open_proposals(reader, current_time(), AdministratorProposed)


def _waiting(number: int) -> Proposal[AdministratorProposed]:
    with records().reader() as reader:
        found = next((proposal for proposal in _open(reader) if proposal.number == number), None)
    if found is None:
        raise NotFound
    return found


def _one(number: int, form: ApprovalForm | None, refusal_form: RefusalForm | None, status: int) -> ResponseReturnValue:
    proposal = _waiting(number)
    with records().reader() as reader:
        known = read_administrators(reader)
    shown = {
        "proposal": proposal,
        "known": known,
        "has_approved": identity().actor in proposal.supporters,
        "form": form or ApprovalForm(proposal.proposed.username, formdata=None),
        "refusal": refusal_form or RefusalForm(formdata=None),
    }
    return render_template("desk/administrators/one.html", **shown), status
