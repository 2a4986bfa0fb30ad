"""`/api/v1/ois/applications`: the application for programs, and the API's own description. Source: order cl. 6.

JSON only and without cookies, so that no other site can send a form here for a visitor.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound, UnsupportedMediaType

from provisioning.ledger.queries.applications import find_application
from provisioning.lifecycle.applications import Submitted
from provisioning.model.application import Application
from sidecar.applications.entry import FieldProblem, read_application
from sidecar.doors.onboarding import onboarding
from sidecar.doors.records import records
from sidecar.doors.services import settings
from sidecar.frame.limits import limiter
from sidecar.frame.mistakes import Mistake, MistakenRequest, json_body
from sidecar.frame.problems import problem_document
from sidecar.onboarding.openapi import description
from sidecar.onboarding.views import APPLICATIONS, hand_in
from sidecar.words.ois import problem_text

blueprint = Blueprint("ois_api", __name__, url_prefix="/api/v1")

IDEMPOTENCY_HEADER: Final = "Idempotency-Key"
_KEY_CHARACTERS: Final = (8, 200)


@blueprint.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    """Send the API's description (OpenAPI 3.1)."""
    response = jsonify(description(settings().portal_url, settings().public_url))
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.post("/ois/applications")
@limiter.limit(APPLICATIONS)
def apply() -> ResponseReturnValue:
    """Take an application: 202, and a link goes to its e-mail; 422 with every mistake. Safe to repeat with a key."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    raw = json_body()
    rights = {right.name for right in onboarding().current().rights.rights}
    outcome = read_application(raw, rights)
    problems = hand_in(outcome, _idempotency_key()) if isinstance(outcome, Application) else outcome
    if not isinstance(problems, Submitted):
        return _invalid(problems)
    return jsonify(application=problems.id, status="awaiting-confirmation"), 202


@blueprint.get("/ois/applications/<identifier>")
def status(identifier: str) -> ResponseReturnValue:
    """Say whether the e-mail was confirmed. Knowing the id, 128 random bits, is the permission to ask."""
    with records().reader() as reader:
        record = find_application(reader, identifier)
    if record is None:
        raise NotFound
    word = "awaiting-confirmation" if record.confirmed_at is None else "confirmed"
    return jsonify(application=record.id, status=word)


def _idempotency_key() -> str | None:
    key = request.headers.get(IDEMPOTENCY_HEADER)
    if key is not None and not _KEY_CHARACTERS[0] <= len(key) <= _KEY_CHARACTERS[1]:
        shortest, longest = _KEY_CHARACTERS
        raise MistakenRequest(Mistake(IDEMPOTENCY_HEADER, "bad-length", (f"{shortest} to {longest} characters",)))
    return key


def _invalid(problems: tuple[FieldProblem, ...]) -> ResponseReturnValue:
    return problem_document(422, "invalid-application", errors=[_error(problem) for problem in problems])


def _error(problem: FieldProblem) -> dict[str, object]:
    said: dict[str, object] = {"field": problem.field, "detail": str(problem_text(problem.code))}
    return {**said, "got": problem.got, "allowed": problem.allowed} if problem.got else said
