"""`/authz`: what the central database's proxies ask, as bare WSGI in front of the sidecar's pages.

Owns the headers of question and answer (docs/for-central-database.md); no framework stands between them and the
decision, which makes it three times as fast. Whatever goes wrong in here is a refusal.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog

from provisioning.gate.reasons import Reason
from provisioning.model.secret import Secret

from .judge import Judge, Passed, Refused
from .problems import problem

ASK: Final = "/authz"
ASK_FORWARDED: Final = "/authz/forwarded"
"""The same for proxies that name the request in `X-Forwarded-Method` and `X-Forwarded-Uri` only."""

_QUESTIONS: Final[Mapping[str, tuple[str, str]]] = {
    ASK: ("HTTP_X_ORIGINAL_METHOD", "HTTP_X_ORIGINAL_URI"),
    ASK_FORWARDED: ("HTTP_X_FORWARDED_METHOD", "HTTP_X_FORWARDED_URI"),
}
_STATUS_LINES: Final[Mapping[int, str]] = {
    400: "400 Bad Request",
    401: "401 Unauthorized",
    403: "403 Forbidden",
    429: "429 Too Many Requests",
    503: "503 Service Unavailable",
}

log = structlog.get_logger(__name__)


class Endpoint:
    """Answers questions of proxies that know the secret, and hands everything else on to `pages`."""

    def __init__(self, judge: Judge, secret: Secret, base_url: str, pages: WSGIApplication) -> None:
        self._judge = judge
        self._secret = secret.reveal().encode()
        self._base_url = base_url
        self._pages = pages
        self._node = secrets.token_hex(6)
        self._numbers = count(1)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        names = _QUESTIONS.get(environ["PATH_INFO"])
        if names is None:
            return self._pages(environ, start_response)
        decision = f"{self._node}-{next(self._numbers):x}"
        try:
            outcome = self._outcome(environ, *names)
        except Exception as error:
            log.error("gate-failed", decision=decision, exc_info=error)
            outcome = Refused(Reason.GATE_UNAVAILABLE)
        if isinstance(outcome, Passed):
            start_response("204 No Content", _headers(outcome, decision))
            return ()
        return self._refuse(outcome, decision, environ, start_response)

    def _outcome(self, environ: WSGIEnvironment, method: str, target: str) -> Passed | Refused:
        given = environ.get("HTTP_X_AIKOM_GATE_SECRET", "")
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._secret):
            return Refused(Reason.NOT_FROM_PROXY)
        return self._judge.judge(environ.get(method, ""), environ.get(target, ""), environ.get("HTTP_AUTHORIZATION"))

    def _refuse(
        self, refused: Refused, decision: str, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        reason, language = refused.reason, environ.get("HTTP_ACCEPT_LANGUAGE", "")
        document = problem(reason, self._base_url, language, decision, refused.right)
        headers = [
            ("Content-Type", "application/problem+json"),
            ("Content-Length", str(len(document))),
            ("Cache-Control", "no-store"),
            ("X-Aikom-Decision", decision),
            ("X-Aikom-Problem", document),
        ]
        if reason.status == 401:
            headers.append(("WWW-Authenticate", _challenge(reason)))
        if refused.retry_after_s is not None:
            headers.append(("Retry-After", str(refused.retry_after_s)))
        start_response(_STATUS_LINES[reason.status], headers)
        return (document.encode("ascii"),)


def _headers(passed: Passed, decision: str) -> list[tuple[str, str]]:
    allow = passed.allow
    return [
        ("X-Aikom-Institution", allow.institution),
        ("X-Aikom-Sphere", allow.sphere),
        ("X-Aikom-Ois", passed.claims.ois or ""),
        ("X-Aikom-Rights", " ".join(sorted(allow.rights))),
        ("X-Aikom-Decision", decision),
        ("Cache-Control", "no-store"),
    ]


def _challenge(reason: Reason) -> str:
    """Source: RFC 6750 3."""
    return 'Bearer realm="central-db"' + (f', error="{reason.error}"' if reason.error else "")
