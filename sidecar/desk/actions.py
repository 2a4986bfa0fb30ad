"""`/desk/…`: what an administrator does, each behind password and second factor of the last minutes, and recorded.

Source: order cl. 4, 7, 9, 10, 11.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from provisioning.lifecycle.accounts.deactivation import Bulk
from provisioning.lifecycle.accounts.deactivation import deactivate as end_accounts
from provisioning.lifecycle.accounts.deactivation import reinstate as reopen_account
from provisioning.lifecycle.accounts.invitations import invite as issue_base_key
from provisioning.lifecycle.accounts.unlocking import unlock as lift_wait
from provisioning.lifecycle.support_requests import answer_support_request
from provisioning.model.records import AccountRecord, AccountState
from provisioning.model.support_requests import SupportRequestState
from sidecar.accounts.dossier import known_account, read_dossier
from sidecar.auth.acting import acting
from sidecar.desk.forms import AnswerForm, DeactivationForm, ReinstatementForm
from sidecar.doors.records import records
from sidecar.doors.services import current_day
from sidecar.frame.forms import ButtonForm
from sidecar.words import accounts as wording
from sidecar.words import record as words

blueprint = Blueprint("desk_actions", __name__, url_prefix="/desk")


@blueprint.post("/institutions/<username>/base-key")
def base_key(username: str) -> ResponseReturnValue:
    """Issue a fresh base key; the one before it is dead. An account in use gets a reset."""
    account, form = _account(username), ButtonForm()
    if form.validate_on_submit():
        with acting() as actor:
            issue_base_key(actor, account.username, reset=account.state is AccountState.ACTIVE)
        flash(gettext("A new base key is issued; its mail is on the way."))
    return _back(username)


@blueprint.route("/institutions/<username>/deactivate", methods=["GET", "POST"])
def deactivate(username: str) -> ResponseReturnValue:
    """End the account for a reason from the closed list. For an institution it is for ever (order cl. 11)."""
    account = _account(username)
    form = DeactivationForm(account.username, current_day())
    if not form.validate_on_submit():
        with records().reader() as reader:
            dossier = read_dossier(reader, account)
        status = 422 if form.is_submitted() else 200
        return render_template("desk/deactivate.html", dossier=dossier, form=form, wording=wording, words=words), status
    with acting() as actor:
        end_accounts(actor, [account.username], form.why(), Bulk(expect=1))
    flash(gettext("Account %(username)s is deactivated.", username=account.username))
    return _back(username)


@blueprint.route("/institutions/<username>/reinstate", methods=["GET", "POST"])
def reinstate(username: str) -> ResponseReturnValue:
    """Open an authority's account again, on a document; an institution's is refused (order cl. 11)."""
    account, form = _account(username), ReinstatementForm()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("desk/reinstate.html", account=account, form=form), status
    with acting() as actor:
        reopen_account(actor, account.username, form.document.data.strip())
    flash(gettext("Account %(username)s is reinstated; a new base key is on the way.", username=account.username))
    return _back(username)


@blueprint.post("/institutions/<username>/unlock")
def unlock(username: str) -> ResponseReturnValue:
    """Count the wrong passwords of an account anew, so that its login need not wait."""
    account, form = _account(username), ButtonForm()
    if form.validate_on_submit():
        with acting() as actor:
            lift_wait(actor, account.username)
        flash(gettext("Wrong passwords for account %(username)s count anew.", username=account.username))
    return _back(username)


@blueprint.post("/requests/<number>/answer")
def answer(number: str) -> ResponseReturnValue:
    """Answer a support request; its author reads the answer."""
    form = AnswerForm()
    if not form.validate_on_submit():
        return redirect(url_for("desk.asked", number=number), 303)
    with acting() as actor:
        answer_support_request(actor, number, SupportRequestState(form.outcome.data), form.answer.data)
    flash(gettext("The request is answered."))
    return redirect(url_for("desk.today"), 303)


def _account(username: str) -> AccountRecord:
    with records().reader() as reader:
        return known_account(reader, username)


def _back(username: str) -> ResponseReturnValue:
    return redirect(url_for("desk.institution", username=username), 303)
