"""`/onboarding/link/open`: the link from the mail, which begins the applicant's session. Source: order cl. 6.

Apart from the form, which is the public part's: sessions of applicants are the portal's.
"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from provisioning.lifecycle.applications import APPLICANT as ACTOR
from provisioning.lifecycle.applications import ApplicationRefusal, open_link
from provisioning.model.secret import Secret
from sidecar.applications import applicant
from sidecar.doors.office import office
from sidecar.doors.services import current_time
from sidecar.frame.limits import limiter
from sidecar.onboarding.views import LINKS

blueprint = Blueprint("application_link", __name__, url_prefix="/onboarding/link/open")


@blueprint.get("")
def look() -> ResponseReturnValue:
    """Show a page with a button: programs that look through mail follow links, and must not use one up."""
    return render_template("onboarding/open.html", code=request.args.get("code", ""))


@blueprint.post("")
@limiter.limit(LINKS)
def use() -> ResponseReturnValue:
    """Use a link up and begin the applicant's session; 400 for one that is unknown, used, or has run out."""
    with office().acting_as(ACTOR) as actor:
        record = open_link(actor.ledger, Secret(request.form.get("code", "")))
    if isinstance(record, ApplicationRefusal):
        return render_template("onboarding/refused.html", refusal=record.value), 400
    applicant.begin(record, current_time())
    return redirect(url_for("applicant.page"), 303)
