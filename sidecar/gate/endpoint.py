"""`/authz`: what the central database's proxies ask, as bare WSGI in front of the sidecar's pages.

Owns the headers of question and answer (docs/for-central-database.md); no framework lies between them and the
decision, which makes it three times as fast. Whatever goes wrong in here is a refusal.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog

from provisioning.gate.challenges import challenge
from provisioning.gate.reasons import Reason
from sidecar.gate.counting import AccessCounter
from sidecar.gate.door import Door
from sidecar.gate.follower import Follower
from sidecar.gate.judge import Judge, Passed, Question, Refused
from sidecar.gate.metrics import health, metrics
from sidecar.gate.problems import problem
from sidecar.gate.rulebook import Rulebook
from sidecar.gate.signing import DecisionSigner
from sidecar.gate.verified import VerifiedTokens

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

REALM: Final = "central-db"
HEALTH: Final = "/authz/health"
METRICS: Final = "/authz/metrics"
KEY_SET: Final = "/authz/jwks.json"

_SETS: Final = 4_096
"""Sets of rights whose text is kept."""

Answer = tuple[str, str, bytes]
"""Status line, content type, body."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the endpoint speaks for. `signer` is None where decisions are not signed."""

    judge: Judge
    counter: AccessCounter
    signer: DecisionSigner | None
    tokens: VerifiedTokens
    follower: Follower
    rulebook: Rulebook


class Endpoint:
    """Answers questions of proxies that come by the `door`, and hands everything else on to `pages`."""

    def __init__(self, parts: Parts, door: Door, base_url: str, pages: WSGIApplication) -> None:
        self._parts = parts
        self._door = door
        self._base_url = base_url
        self._pages = pages
        self._node = secrets.token_hex(6)
        self._numbers = count(1)
        self._other: Mapping[str, Callable[[WSGIEnvironment], Answer]] = {
            HEALTH: self._health,
            METRICS: self._metrics,
            KEY_SET: self._key_set,
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        names = _QUESTIONS.get(path)
        if names is not None:
            return self._ask(environ, start_response, *names)
        other = self._other.get(path)
        if other is None:
            return self._pages(environ, start_response)
        status, kind, body = other(environ)
        headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        start_response(status, headers)
        return (body,)

    def _ask(
        self, environ: WSGIEnvironment, start_response: StartResponse, method_name: str, target_name: str
    ) -> Iterable[bytes]:
        decision = f"{self._node}-{next(self._numbers):x}"
        method, target = environ.get(method_name, ""), environ.get(target_name, "")
        headers: list[tuple[str, str]] = []
        try:
            outcome = self._outcome(environ, method, target)
            if isinstance(outcome, Passed):
                headers = self._headers(outcome, decision, method, target)
        except Exception as error:
            log.error("gate-failed", decision=decision, exc_info=error)
            outcome = Refused(Reason.GATE_UNAVAILABLE)
        self._parts.counter.note(outcome, time.time())
        if isinstance(outcome, Passed):
            start_response("204 No Content", headers)
            return ()
        return self._refuse(outcome, decision, environ, start_response)

    def _outcome(self, environ: WSGIEnvironment, method: str, target: str) -> Passed | Refused:
        if not self._door.admits(environ):
            return Refused(Reason.NOT_FROM_PROXY)
        authorization, proof = environ.get("HTTP_AUTHORIZATION"), environ.get("HTTP_DPOP")
        return self._parts.judge.judge(Question(method, target, authorization, proof))

    def _headers(self, passed: Passed, decision: str, method: str, target: str) -> list[tuple[str, str]]:
        allow = passed.allow
        headers = [
            ("X-Aikom-Institution", allow.institution),
            ("X-Aikom-Sphere", allow.sphere),
            ("X-Aikom-Ois", passed.claims.ois or ""),
            ("X-Aikom-Rights", _in_order(allow.rights)),
            ("X-Aikom-Decision", decision),
            ("Cache-Control", "no-store"),
        ]
        signer = self._parts.signer
        if signer is not None:
            headers.append(("X-Aikom-Signed", signer.sign(passed, decision, method, target, int(time.time()))))
        return headers

    def _health(self, environ: WSGIEnvironment) -> Answer:
        """For load balancers and people; names states only."""
        healthy, body = health(self._parts.follower, self._parts.rulebook)
        return "200 OK" if healthy else _STATUS_LINES[503], "application/json", body

    def _metrics(self, environ: WSGIEnvironment) -> Answer:
        """For the proxy: how many are refused, and why, is not for everybody."""
        if not self._door.admits(environ):
            return _STATUS_LINES[403], "text/plain", b"for the proxy only\n"
        parts = self._parts
        body = metrics(self._node, parts.follower, parts.rulebook, parts.tokens, parts.counter)
        return "200 OK", "text/plain; version=0.0.4", body

    def _key_set(self, environ: WSGIEnvironment) -> Answer:
        """The public key by which signed decisions verify."""
        signer = self._parts.signer
        return "200 OK", "application/jwk-set+json", b'{"keys": []}' if signer is None else signer.key_set

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
            headers.append(("WWW-Authenticate", challenge(reason, REALM)))
        if refused.retry_after_s is not None:
            headers.append(("Retry-After", str(refused.retry_after_s)))
        start_response(_STATUS_LINES[reason.status], headers)
        return (document.encode("ascii"),)


@lru_cache(_SETS)
def _in_order(rights: frozenset[str]) -> str:
    """The header's text. Few sets of rights exist, and sorting them costs more than the rest of the headers."""
    return " ".join(sorted(rights))
