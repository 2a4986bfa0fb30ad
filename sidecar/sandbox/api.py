"""`/api/v1/sandbox/runs`: the self-test for programs, by the token that an OIS's own client gets in the sandbox.

A token is all it takes, and it opens nothing else: the realm of the sandbox is not the real one. Source: order cl. 6.
"""

from __future__ import annotations

from typing import Final, cast

from flask import Blueprint, g, jsonify
from flask.typing import ResponseReturnValue

from provisioning.lifecycle.lookups import find_ois
from provisioning.model.ois import OisRecord, Slug
from sidecar.applications.ois_tokens import NOT_OVER, refuse_unless, require_ois
from sidecar.auth.guards import Guard
from sidecar.doors.records import records
from sidecar.doors.services import current_time
from sidecar.frame.limits import limiter
from sidecar.sandbox.running import begin, begun_json, status, statuses, the_sandbox

blueprint = Blueprint("sandbox_api", __name__, url_prefix="/api/v1/sandbox")

RUNS: Final = "20 per hour"


@blueprint.post("/runs")
@limiter.limit(RUNS)
def start() -> ResponseReturnValue:
    """Begin a run; 201 with an invented institution's API key, shown this once. Ends a run under way."""
    return jsonify(begun_json(begin(_record(), f"ois-{_ois()}"))), 201


@blueprint.get("/runs")
def all_runs() -> ResponseReturnValue:
    """Return the runs of the OIS that asks, newest first."""
    return jsonify(runs=[one.as_json() for one in statuses(_ois())])


@blueprint.get("/runs/<identifier>")
def one(identifier: str) -> ResponseReturnValue:
    """Return one run: what it waits for, or its report."""
    return jsonify(status(_ois(), identifier).as_json())


def _ois() -> Slug:
    return cast(Slug, g.ois)


def _record() -> OisRecord:
    """The OIS as the real ledger has it."""
    with records().reader() as reader:
        return find_ois(reader, _ois())


def _require() -> ResponseReturnValue | None:
    """Nobody but an OIS with a token of its own client in the sandbox. Raises 401, 403, 503; 404 without a sandbox."""
    sandbox = the_sandbox()
    asking = require_ois(sandbox.realm_keys, sandbox.issuer, current_time())
    refuse_unless(asking, NOT_OVER)
    g.ois = asking.slug
    return None


SANDBOX_OIS: Final = Guard("sandbox-ois", None, asks=_require)
