"""`/health/live` and `/health/ready`. Answers name parts and states only: no address, no version, no secret."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from provisioning.ledger.errors import LedgerRolledBack
from sidecar.doors.errors import RecordsUnavailable
from sidecar.doors.records import records
from sidecar.health.keycloak import KeycloakState, keycloak

blueprint = Blueprint("health", __name__, url_prefix="/health")


@blueprint.get("/live")
def live() -> ResponseReturnValue:
    """Say that the process answers. Asks no neighbour, so that a neighbour's failure does not restart it."""
    return jsonify(status="alive")


@blueprint.get("/ready")
def ready() -> ResponseReturnValue:
    """Answer 200 when the ledger can be read and Keycloak has been reached; otherwise 503.

    Keycloak falling silent later does not take this process out: the public list goes on without it.
    """
    state = keycloak().state()
    ledger = _ledger_state()
    is_ready = ledger == "ok" and state is not KeycloakState.NEVER
    body = {
        "status": "ready" if is_ready else "not-ready",
        "checks": {"ledger": ledger, "keycloak": state.value},
    }
    return jsonify(body), 200 if is_ready else 503


def _ledger_state() -> str:
    try:
        with records().reader() as reader:
            reader.head()
    except RecordsUnavailable as error:
        return "older-than-its-checkpoint" if isinstance(error.__cause__, LedgerRolledBack) else "unreadable"
    return "ok"
