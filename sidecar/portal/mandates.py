"""`/account/mandates/…`: an institution or authority lets an OIS work for it, and stops it (order cl. 5, 8).

Behind the same guard as the pages of its API keys. Only OIS of the public list can be chosen; only rights that both
sides have are offered. A mandate of another account does not exist for the visitor.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from provisioning.lifecycle.mandates.agreeing import set_authority_grants
from provisioning.lifecycle.mandates.direct_use import set_direct_use
from provisioning.lifecycle.mandates.granting import Contract, grant, grantable_rights
from provisioning.lifecycle.mandates.granting import withdraw as end
from provisioning.model.ois import MandateRecord, MandateState, OisRecord
from sidecar.auth.acting import acting
from sidecar.auth.guards import identity
from sidecar.doors.onboarding import onboarding
from sidecar.doors.records import account_in, records
from sidecar.doors.services import current_day
from sidecar.frame.forms import ButtonForm
from sidecar.portal.mandate_forms import MandateForm, WithdrawalForm

blueprint = Blueprint("mandates", __name__, url_prefix="/account/mandates")


@blueprint.get("/")
def overview() -> ResponseReturnValue:
    """Show the mandates that stand, those that ended, and the OIS that could be given one."""
    username, today = identity().username, current_day()
    with records().reader() as reader:
        account, mandates, ois = account_in(reader, username), reader.mandates(username=username), reader.all_ois()
    standing = [mandate for mandate in mandates if mandate.stands(today)]
    taken = {mandate.ois for mandate in mandates if mandate.state is MandateState.GRANTED}
    free = [record for slug, record in ois.items() if record.is_open(today) and slug not in taken]
    ended = [mandate for mandate in reversed(mandates) if mandate not in standing]
    return render_template(
        "portal/mandates/overview.html",
        standing=standing,
        ended=ended,
        ois=ois,
        free=sorted(free, key=lambda record: record.name),
        direct_use=account.direct_use,
        authority_grants=account.authority_grants,
        superior=identity().superior,
        today=today,
    )


@blueprint.route("/give/<slug>", methods=["GET", "POST"])
def give(slug: str) -> ResponseReturnValue:
    """Give a connected OIS a mandate under a contract. 409 when one is in force already. Source: order cl. 5."""
    record, form = _open_ois(slug), MandateForm()
    with acting() as actor:
        form.offer(onboarding().current().rights, grantable_rights(actor, identity().username, slug))
        if not form.validate_on_submit() or not form.is_consistent(current_day()):
            return render_template("portal/mandates/give.html", form=form, ois=record)
        contract = Contract(form.contract.data, form.signed.data, form.until.data)
        given = grant(actor, identity().username, slug, contract, form.rights.data)
    flash(gettext("%(name)s may now work for you. Give it your API key's client ID and secret.", name=record.name))
    return redirect(url_for("mandates.overview", _anchor=given.id), 303)


@blueprint.route("/<mandate_id>/withdraw", methods=["GET", "POST"])
def withdraw(mandate_id: str) -> ResponseReturnValue:
    """End a mandate at once. Source: order cl. 8."""
    mandate, form = _own(mandate_id), WithdrawalForm()
    with records().reader() as reader:
        ois = reader.ois(mandate.ois)
    if not form.validate_on_submit():
        return render_template("portal/mandates/withdraw.html", form=form, mandate=mandate, ois=ois)
    with acting() as actor:
        end(actor, mandate.id, form.reason.data)
    flash(gettext("The mandate has ended. The OIS reaches your data no longer."))
    return redirect(url_for("mandates.overview"), 303)


@blueprint.route("/direct-use", methods=["GET", "POST"])
def direct_use() -> ResponseReturnValue:
    """Switch the use of the API key without an OIS on or off; off until switched on. Source: order cl. 4, 5."""
    username, form = identity().username, ButtonForm()
    with records().reader() as reader:
        account = account_in(reader, username)
    if not form.validate_on_submit():
        return render_template("portal/mandates/direct_use.html", form=form, on=account.direct_use)
    with acting() as actor:
        after = set_direct_use(actor, username, not account.direct_use)
    flash(gettext("Direct use is on.") if after.direct_use else gettext("Direct use is off."))
    return redirect(url_for("mandates.overview"), 303)


@blueprint.route("/by-authority", methods=["GET", "POST"])
def by_authority() -> ResponseReturnValue:
    """Let an authority above give mandates for this account, or no longer. Source: order cl. 5."""
    username, form = identity().username, ButtonForm()
    with records().reader() as reader:
        account = account_in(reader, username)
    if not form.validate_on_submit():
        return render_template("portal/mandates/by_authority.html", form=form, on=account.authority_grants)
    with acting() as actor:
        after = set_authority_grants(actor, username, not account.authority_grants)
    on = after.authority_grants
    flash(gettext("Your authority may give mandates for you.") if on else gettext("Only you give mandates now."))
    return redirect(url_for("mandates.overview"), 303)


def _open_ois(slug: str) -> OisRecord:
    with records().reader() as reader:
        record = reader.ois(slug)
    if record is None or not record.is_open(current_day()):
        raise NotFound
    return record


def _own(mandate_id: str) -> MandateRecord:
    with records().reader() as reader:
        mandate = reader.mandate(mandate_id)
    if mandate is None or mandate.username != identity().username or mandate.state is not MandateState.GRANTED:
        raise NotFound
    return mandate
