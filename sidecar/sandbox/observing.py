"""What an OIS does in a run of its self-test: every request is seen, held where the run says so, and written down.

A request belongs to the run of the OIS whose verified token it carries, wherever it carries it. Its place in the run,
the run's next state and the record are one transaction, so that several workers see one order.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product
from typing import Final

from provisioning.gate.claims import Claims
from provisioning.gate.reasons import Reason
from provisioning.ledger.operational.self_tests import add_request, change_run, current_run
from provisioning.model.self_test import Observation, Run, RunState, end_if_due, take_call
from sidecar.doors.records import Records
from sidecar.gate.judge import Passed, Refused
from sidecar.gate.verified import VerifiedTokens

_TOKENS: Final = re.compile(r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*|aikom_[A-Za-z0-9_-]{16,}")
"""What a token or an API key looks like."""

_MASK: Final = "***"
_LONGEST_PATH: Final = 300
_MARK: Final = 16


@dataclass(frozen=True, slots=True)
class Seen:
    """A request and its answer. `run` is the run it belongs to, as it is afterwards; None without one."""

    outcome: Passed | Refused
    run: Run | None


def exposed_in(target: str) -> list[str]:
    """Return the tokens and keys that stand in an address."""
    return _TOKENS.findall(target)


class Observer:
    """Sees the requests of all OIS. Safe to share between threads."""

    def __init__(self, records: Records, tokens: VerifiedTokens) -> None:
        self._records = records
        self._tokens = tokens

    def see(self, method: str, target: str, outcome: Passed | Refused, now: datetime) -> Seen:
        """Take a request into the run of its OIS, if there is one. Raises what the ledger raises."""
        claims = outcome.claims or self._claims_in(target, now)
        if claims is None or claims.ois is None:
            return Seen(outcome, None)
        # One transaction for the place in the run, its next state and the record: with the row locked, calls that come
        # at once to several workers are numbered in one order, and no two of them are "the next call".
        with self._records.ledger().aside() as connection:
            current = current_run(connection, claims.ois, lock=True)
            if current is None:
                return Seen(outcome, None)
            due = end_if_due(current, now)
            if due.is_over:
                change_run(connection, due)
                return Seen(outcome, None)
            run, wait_s = take_call(due, passed=isinstance(outcome, Passed), now=now)
            if wait_s is not None:
                # The run holds this call: the OIS is to meet a 429 that the gate itself would not have given.
                outcome = Refused(Reason.TOO_MANY_REQUESTS, claims, claims.institution, retry_after_s=wait_s)
            change_run(connection, run)
            add_request(connection, run, _observation(method, target, claims, outcome, now))
        return Seen(outcome, run)

    def _claims_in(self, target: str, now: datetime) -> Claims | None:
        """Whose token stands in an address: believed only when it verifies, so that nobody spoils another's run."""
        for scheme, token in product(("Bearer", "DPoP"), exposed_in(target)):
            found = self._tokens.claims(f"{scheme} {token}", now.timestamp())
            if not isinstance(found, Reason):
                return found
        return None


def is_to_be_cut(seen: Seen) -> bool:
    """Return whether the run waits for its key to be cut off."""
    return seen.run is not None and seen.run.state is RunState.CUTTING


def _observation(method: str, target: str, claims: Claims, outcome: Passed | Refused, now: datetime) -> Observation:
    reason = None if isinstance(outcome, Passed) else outcome.reason
    return Observation(
        number=0,
        at=now,
        method=method[:20],
        path=_TOKENS.sub(_MASK, target)[:_LONGEST_PATH],
        status=200 if reason is None else reason.status,
        reason=None if reason is None else reason.value,
        token=hashlib.sha256(claims.token_id.encode()).hexdigest()[:_MARK],
        token_ends_at=datetime.fromtimestamp(claims.expires_at, UTC),
        token_in_url=bool(exposed_in(target)) or reason is Reason.TOKEN_IN_QUERY,
    )


def with_marks(seen: tuple[Observation, ...]) -> tuple[Observation, ...]:
    """Return the same observations with tokens counted from 1 instead of digests."""
    numbers = {token: str(number) for number, token in enumerate(dict.fromkeys(one.token for one in seen), start=1)}
    return tuple(replace(one, token=numbers[one.token]) for one in seen)
