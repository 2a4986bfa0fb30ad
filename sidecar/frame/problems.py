"""Every refusal and failure as a page or, for programs, as a problem document (RFC 9457), with a request id.

Owns the texts. Nothing of the exception itself reaches the client.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import LazyString, lazy_gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from provisioning.lifecycle.errors import ActionRefused, CarriedOutLater, UnknownAccount, UnknownOis
from provisioning.model.errors import AikomError
from sidecar.doors.errors import CONFLICTS, OfficeClosed, RecordsUnavailable
from sidecar.frame.languages import language
from sidecar.frame.mistakes import MistakenRequest
from sidecar.frame.nearest_page import nearest_page
from sidecar.frame.refusals import ForeignRequest, Refusal

log = structlog.get_logger(__name__)

RETRY_AFTER_S: Final = 10

_MEDIA_TYPES: Final = ("text/html", "application/json", "application/problem+json")


@dataclass(frozen=True, slots=True)
class Wording:
    """Words for people: what happened, and what to do."""

    title: LazyString
    detail: LazyString


WORDINGS: Final[dict[str, Wording]] = {
    "bad-request": Wording(
        lazy_gettext("The request is not correct"),
        lazy_gettext("Go back and try again. If you followed a link from an e-mail, copy the whole of it."),
    ),
    MistakenRequest.code_name: Wording(
        lazy_gettext("The request is not correct"),
        lazy_gettext("Each mistake is named under “errors”, with what came and what is allowed."),
    ),
    "login-not-completed": Wording(
        lazy_gettext("Sign-in was not completed"),
        lazy_gettext("The sign-in took too long, was begun in another window or was cancelled. Sign in again."),
    ),
    "unauthorized": Wording(
        lazy_gettext("Sign in first"),
        lazy_gettext("This address is open to signed-in users only."),
    ),
    "forbidden": Wording(
        lazy_gettext("You have no access to this page"),
        lazy_gettext("Return to the home page."),
    ),
    Refusal.WRONG_PERSONA: Wording(
        lazy_gettext("You have no access to this page"),
        lazy_gettext("This page is meant for other users. Return to the home page."),
    ),
    Refusal.NOT_FRESH: Wording(
        lazy_gettext("Confirm once more that it is you"),
        lazy_gettext(
            "Too much time has passed since you gave your password and code. Nothing was changed. Confirm that it is"
            " you, then send the form again."
        ),
    ),
    Refusal.NO_PERSONA: Wording(
        lazy_gettext("This account has no access here"),
        lazy_gettext(
            "You have signed in, but neither as an institution or an authority nor as one of the Administrator's staff."
            " Ask the Administrator."
        ),
    ),
    Refusal.UNKNOWN_ACCOUNT: Wording(
        lazy_gettext("This account is not in the Administrator's records"),
        lazy_gettext("Ask the Administrator: the account exists for sign-in only and gives access to nothing."),
    ),
    Refusal.DEACTIVATED: Wording(
        lazy_gettext("This account is deactivated"),
        lazy_gettext(
            "Access with this account has ended, and you have been signed out. An institution's deactivated account"
            " is never used again; if the institution goes on working, ask the Administrator for a new account."
        ),
    ),
    Refusal.OIS_ENDED: Wording(
        lazy_gettext("The connection of this OIS has ended"),
        lazy_gettext(
            "With it ended the operator's account, all sessions and the tokens of the OIS. To be connected again, apply"
            " under another short name, or ask the Administrator."
        ),
    ),
    Refusal.OIS_SUSPENDED: Wording(
        lazy_gettext("The connection of this OIS is suspended"),
        lazy_gettext("Its tokens open nothing until it is resumed. The page of its operator gives the reason."),
    ),
    Refusal.OIS_NOT_CONNECTED: Wording(
        lazy_gettext("This OIS is not connected"),
        lazy_gettext("Its token opens nothing here. The page of its operator says what is missing."),
    ),
    "foreign-request": Wording(
        lazy_gettext("The form could not be accepted"),
        lazy_gettext("It was open for too long or came from another site. Open the page again and repeat."),
    ),
    "not-found": Wording(
        lazy_gettext("There is no such page"),
        lazy_gettext("Check the address, or begin at the home page."),
    ),
    "method-not-allowed": Wording(
        lazy_gettext("This address does not work that way"),
        lazy_gettext("The request used a method that this address does not take. Begin at the home page."),
    ),
    "content-too-large": Wording(
        lazy_gettext("Too much was sent"),
        lazy_gettext("Send less at a time."),
    ),
    "uri-too-long": Wording(
        lazy_gettext("The address is too long"),
        lazy_gettext("Shorten what is asked for, or begin at the home page."),
    ),
    "headers-too-large": Wording(
        lazy_gettext("The headers of the request are too large"),
        lazy_gettext("Delete the cookies of this site, and send one token at most."),
    ),
    "unsupported-media-type": Wording(
        lazy_gettext("This was sent in a form that is not taken here"),
        lazy_gettext("Send JSON, and say so: Content-Type: application/json."),
    ),
    "invalid-application": Wording(
        lazy_gettext("The application has mistakes"),
        lazy_gettext("Each is named under “errors” with its field. Correct them and send it again."),
    ),
    "too-many-requests": Wording(
        lazy_gettext("Too many requests"),
        lazy_gettext("Wait a minute and try again."),
    ),
    "internal-error": Wording(
        lazy_gettext("Something went wrong on our side"),
        lazy_gettext("Try again later. If it happens again, tell the Administrator the request number below."),
    ),
    "conflict": Wording(
        lazy_gettext("This could not be done"),
        lazy_gettext("Somebody else was faster, or is doing the same just now. Look at the state again, then repeat."),
    ),
    "refused": Wording(
        lazy_gettext("This is not possible"),
        lazy_gettext("The present state does not allow it. Look at the state again, or ask the Administrator."),
    ),
    "recorded": Wording(
        lazy_gettext("Recorded; carried out shortly"),
        lazy_gettext(
            "The decision is recorded and holds from now on. The sign-in service is brought to it within minutes."
        ),
    ),
    "unavailable": Wording(
        lazy_gettext("The service is not available at the moment"),
        lazy_gettext("Nothing is lost. Try again in a few minutes."),
    ),
}

_FOR_PROGRAMS: Final[dict[str, LazyString]] = {
    "unauthorized": lazy_gettext("Send the token of the OIS's own client: Authorization: Bearer …"),
    "not-found": lazy_gettext("The addresses of this API are listed in /api/v1/openapi.json."),
    "method-not-allowed": lazy_gettext("“Allow” lists the methods; /api/v1/openapi.json describes them."),
    "bad-request": lazy_gettext("/api/v1/openapi.json describes what is taken here."),
}
"""Details for those who call the API, who have no home page to go back to."""

_BY_STATUS: Final = {
    400: "bad-request",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    409: "conflict",
    413: "content-too-large",
    414: "uri-too-long",
    415: "unsupported-media-type",
    429: "too-many-requests",
    431: "headers-too-large",
    503: "unavailable",
}


def wants_html() -> bool:
    """Return whether the client is a browser at a page, rather than a program."""
    if request.path.endswith(".json") or request.path.startswith(("/health/", "/api/")):
        return False
    return request.accept_mimetypes.best_match(_MEDIA_TYPES) == "text/html"


def init_problems(app: Flask) -> None:
    """Answer every failure of the application as a page or a problem document."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, lambda error: _http(ForeignRequest()))
    for kind in (RecordsUnavailable, OfficeClosed):
        app.register_error_handler(kind, _unavailable)
    for conflict in CONFLICTS:
        app.register_error_handler(conflict, lambda error: _expected(error, 409, "conflict"))
    app.register_error_handler(ActionRefused, lambda error: _expected(error, 409, "refused"))
    for unknown in (UnknownAccount, UnknownOis):
        app.register_error_handler(unknown, lambda error: _expected(error, 404, "not-found"))
    app.register_error_handler(CarriedOutLater, lambda error: _expected(error, 202, "recorded"))
    app.register_error_handler(Exception, _unexpected)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if isinstance(error, MistakenRequest) and not wants_html():
        return problem_document(status, error.code_name, errors=[mistake.as_json() for mistake in error.mistakes])
    if status < 400:  # A redirect of the router, not a failure.
        return make_response(error.get_response())
    code = getattr(error, "code_name", None) or _BY_STATUS.get(status) or _fallback(status)
    response = _answer(status, code)
    for name, value in error.get_headers(request.environ):
        if name in ("Allow", "Retry-After", "WWW-Authenticate"):
            response.headers[name] = value
    return response


def _fallback(status: int) -> str:
    return "internal-error" if status >= 500 else "bad-request"


def _unavailable(error: RecordsUnavailable | OfficeClosed) -> Response:
    cause = error.__cause__ or error
    reason = cause.message if isinstance(cause, AikomError) else type(cause).__name__
    log.error("ledger-unavailable" if isinstance(error, RecordsUnavailable) else "office-closed", reason=reason)
    return _answer(503, "unavailable")


def _expected(error: AikomError, status: int, code: str) -> Response:
    """A use case said no, or not yet. Views that know better words catch these themselves."""
    log.warning(code, reason=error.message)
    return _answer(status, code)


def _unexpected(error: Exception) -> Response:
    log.error("unexpected", exc_info=error)
    return _answer(500, "internal-error")


def problem_document(status: int, code: str, **more: object) -> Response:
    """Return a problem document (RFC 9457); `more` are members of this kind of problem."""
    wording = WORDINGS[code]
    detail = _FOR_PROGRAMS.get(code, wording.detail) if request.path.startswith("/api/") else wording.detail
    response = jsonify(
        type=f"urn:aikom:problem:{code}",
        title=str(wording.title),
        status=status,
        detail=str(detail),
        request_id=g.request_id,
        **more,
    )
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def _answer(status: int, code: str) -> Response:
    wording = WORDINGS[code]
    if wants_html():
        proof = nearest_page() if code == Refusal.NOT_FRESH else None
        shown = {"wording": wording, "status": status, "code": code, "request_id": g.request_id, "proof": proof}
        page = render_template("problem.html", **shown)
        response = make_response(page, status)
    else:
        response = problem_document(status, code)
    response.headers["Content-Language"] = language()
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response
