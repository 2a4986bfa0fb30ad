"""`/sandbox/v1/…`: the invented central database, as bare WSGI behind the same decision as the real one.

Owns its own judge, made of the sandbox's realm, ledger and the real routes. In a run of the self-test it provokes a 429
and lets the run's API key be cut off. Whatever goes wrong in here is a refusal.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from multiprocessing.util import Finalize
from threading import Thread
from typing import Final
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog

from provisioning.gate.challenges import challenge
from provisioning.gate.paths import canonical_segments
from provisioning.gate.reasons import Reason
from provisioning.lifecycle.sandbox.runs import cut_off_key
from provisioning.model.self_test import Run
from provisioning.settings import Settings
from sidecar.doors.possession import Possession
from sidecar.doors.realm_keys import keys_of_realm
from sidecar.gate.follower import Follower
from sidecar.gate.judge import Judge, Passed, Question, Refused
from sidecar.gate.limits import RateLimits
from sidecar.gate.problems import problem
from sidecar.gate.rulebook import Rulebook
from sidecar.gate.verified import VerifiedTokens
from sidecar.sandbox.answers import answer
from sidecar.sandbox.observing import Observer, is_to_be_cut
from sidecar.sandbox.services import Sandbox, sandbox_of

PREFIX: Final = "/sandbox"
BELOW: Final = f"{PREFIX}/v1"
ACTOR: Final = "sandbox"
REALM: Final = "sandbox"

_UNRESERVED: Final = "/-._~!$&'()*+,=:@"
_STATUS: Final = {
    200: "200 OK",
    201: "201 Created",
    400: "400 Bad Request",
    401: "401 Unauthorized",
    403: "403 Forbidden",
    404: "404 Not Found",
    429: "429 Too Many Requests",
    503: "503 Service Unavailable",
}

log = structlog.get_logger(__name__)


class SandboxDatabase:
    """The invented central database of this process. Contacts nothing before `start`."""

    def __init__(self, sandbox: Sandbox, pages: WSGIApplication, clock: Callable[[], datetime]) -> None:
        own = sandbox.settings
        self._sandbox = sandbox
        self._pages = pages
        self._clock = clock
        self._keys = keys_of_realm(own)
        self._follower = Follower(own.database_url)
        self._rulebook = Rulebook(own.config_dir)
        tokens = VerifiedTokens(self._keys, sandbox.issuer)
        possession = Possession(f"{own.sidecar_url}{PREFIX}")
        self._judge = Judge(tokens, RateLimits(), self._follower, self._rulebook, possession, clock)
        self._observer = Observer(sandbox.records, tokens)

    def start(self) -> None:
        """Begin to follow the sandbox's ledger and keys, and the routes. Ends with the process."""
        self._keys.start()
        self._rulebook.start()
        self._follower.start()
        Finalize(None, self.stop, exitpriority=10)

    def stop(self) -> None:
        """End the threads."""
        self._follower.stop()
        self._rulebook.stop()
        self._keys.stop()
        self._sandbox.records.close()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path != BELOW and not path.startswith(f"{BELOW}/"):
            return self._pages(environ, start_response)
        method, target = environ["REQUEST_METHOD"], _target(environ)
        try:
            question = Question(method, target, environ.get("HTTP_AUTHORIZATION"), environ.get("HTTP_DPOP"))
            outcome = self._outcome(question)
        except Exception as error:
            log.error("sandbox-failed", exc_info=error)
            outcome = Refused(Reason.GATE_UNAVAILABLE)
        if isinstance(outcome, Passed):
            return _answered(outcome, method, target, start_response)
        return self._refused(outcome, environ, start_response)

    def _outcome(self, question: Question) -> Passed | Refused:
        decided = self._judge.judge(question)
        seen = self._observer.see(question.method, question.target, decided, self._clock())
        if seen.run is not None and is_to_be_cut(seen):
            # Not before the answer: the OIS is to learn of it from its next call, as it would in earnest.
            Thread(target=self._cut_off, args=(seen.run,), name="sandbox-cut-off", daemon=True).start()
        return seen.outcome

    def _cut_off(self, run: Run) -> None:
        try:
            with self._sandbox.office.acting_as(ACTOR) as actor:
                cut_off_key(actor, run, self._sandbox.stop_s)
        except Exception as error:  # The run stays where it is, and its next call tries again.
            log.error("sandbox-cut-off-failed", run=run.id, exc_info=error)

    def _refused(self, refused: Refused, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        reason, decision = refused.reason, f"sandbox-{secrets.token_hex(6)}"
        language = environ.get("HTTP_ACCEPT_LANGUAGE", "")
        body = problem(reason, self._sandbox.settings.public_url, language, decision, refused.right).encode("ascii")
        headers = [*_headers("application/problem+json", body), ("X-Aikom-Decision", decision)]
        if refused.retry_after_s is not None:
            headers.append(("Retry-After", str(refused.retry_after_s)))
        if reason.status == 401:
            headers.append(("WWW-Authenticate", challenge(reason, REALM)))
        start_response(_STATUS[reason.status], headers)
        return (body,)


def sandbox_database(
    settings: Settings, pages: WSGIApplication, clock: Callable[[], datetime]
) -> SandboxDatabase | None:
    """Return the invented database in front of the pages, where this installation has a sandbox."""
    sandbox = sandbox_of(settings, clock)
    return None if sandbox is None else SandboxDatabase(sandbox, pages, clock)


def _target(environ: WSGIEnvironment) -> str:
    """The request target below `/sandbox`. It is decided on and answered from the same reading of the path."""
    path = quote(environ["PATH_INFO"].removeprefix(PREFIX).encode("latin-1"), safe=_UNRESERVED)
    query = environ.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


def _answered(passed: Passed, method: str, target: str, start_response: StartResponse) -> Iterable[bytes]:
    segments = canonical_segments(target.partition("?")[0]) or ()
    status, value = answer(method, segments, passed.allow)
    body = json.dumps(value, ensure_ascii=False).encode()
    start_response(_STATUS[status], _headers("application/json", body))
    return () if method == "HEAD" else (body,)


def _headers(kind: str, body: bytes) -> list[tuple[str, str]]:
    return [
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]
