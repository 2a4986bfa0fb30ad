"""`/onboarding/application/self-test`: the self-test as its applicant sees it: begin a run, read its report.

Source: order cl. 6, annex 2.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from provisioning.lifecycle.applications import APPLICANT as ACTOR
from provisioning.lifecycle.errors import ActionRefused
from provisioning.lifecycle.lookups import find_ois
from provisioning.model.ois import OisRecord
from sidecar.applications import applicant
from sidecar.doors.records import records
from sidecar.frame.limits import limiter
from sidecar.sandbox.running import begin, begun_json, status, statuses, the_sandbox
from sidecar.words import ois as wording

blueprint = Blueprint("self_test", __name__, url_prefix="/onboarding/application/self-test")

RUNS: Final = "20 per hour"


@blueprint.get("/")
def overview() -> ResponseReturnValue:
    """Explain what a run is, and list the runs so far."""
    return _page(None, 200)


@blueprint.post("/")
@limiter.limit(RUNS)
def start() -> ResponseReturnValue:
    """Begin a run and show the invented institution's API key, once. 409 with the reason when it cannot be begun."""
    ois = _ois()
    try:
        begun = begin(ois, f"{ACTOR}:{ois.slug}")
    except ActionRefused as refused:
        return _page(refused, 409)
    return render_template("onboarding/self_test/begun.html", ois=ois, shown=begun_json(begun)), 201


@blueprint.get("/<identifier>")
def one(identifier: str) -> ResponseReturnValue:
    """Show one run: what it waits for, or its report."""
    ois = _ois()
    return render_template("onboarding/self_test/one.html", ois=ois, shown=status(ois.slug, identifier), back=True)


@blueprint.get("/<identifier>.json")
def one_for_programs(identifier: str) -> ResponseReturnValue:
    """Send the same as JSON."""
    return jsonify(status(_ois().slug, identifier).as_json())


def _page(refused: ActionRefused | None, code: int) -> ResponseReturnValue:
    ois, sandbox = _ois(), the_sandbox()
    shown = {"ois": ois, "sandbox": sandbox, "runs": statuses(ois.slug), "said": refused}
    return render_template("onboarding/self_test/overview.html", **shown), code


def _ois() -> OisRecord:
    with records().reader() as reader:
        return find_ois(reader, applicant.applicant().slug)


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"wording": wording}
