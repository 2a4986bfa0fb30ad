"""A thread that does its duties one after the other, with a connection to Keycloak of its own.

A duty that fails is logged with its reason and waits longer; the others go on. Only a lost lease and the wish to stop
end a lane.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from provisioning.ledger.errors import LeaseLost
from provisioning.ledger.operational.duties import DutyRecord
from provisioning.model.errors import AikomError, ExitCode
from provisioning.watch.duty import Duty, DutyResult, wait_after
from provisioning.watch.journal import Journal
from provisioning.watch.leadership import Leadership, StopRequested, holder_name
from provisioning.watch.waking import Waking

log = structlog.get_logger("provision.watch")

LONGEST_SLEEP_S: Final = 5.0
"""A lane looks up at least this often, since intervals may have changed."""

_RARE: Final = timedelta(hours=1)
"""A duty this rare is not done anew because the leader changed."""


@dataclass(slots=True)
class _Planned:
    """A duty with what came of it, and when it is next done (seconds of the monotonic clock)."""

    duty: Duty
    record: DutyRecord
    due: float


class Lane:
    """Duties in a row. `exit_code` is the worst of what happened, as for the shell."""

    def __init__(
        self, leadership: Leadership, duties: Sequence[Duty], journal: Journal, waking: Waking | None = None
    ) -> None:
        self._leadership = leadership
        self._journal = journal
        self._waking = waking
        self._planned = [self._plan(duty, journal.known) for duty in duties]
        self.exit_code = ExitCode.OK

    def run(self) -> None:
        """Do the duties, each when it is due, until the service is to stop. Raises LeaseLost."""
        try:
            while not self._leadership.stop.is_set():
                for planned in self._due():
                    self._do(planned)
                self._rest(self._sleep())
        except StopRequested:
            log.info("step-finished")
        finally:
            if self._waking is not None:
                self._waking.close()

    def _rest(self, seconds: float) -> None:
        """Until the next duty is due; what was recorded meanwhile is taken up at once, unless the duty fails."""
        if self._waking is None:
            self._leadership.stop.wait(seconds)
        elif self._waking.wait(seconds):
            for planned in self._planned:
                if planned.duty.wakes is not None and not planned.record.failures:
                    planned.due = time.monotonic()

    def run_once(self) -> None:
        """Do every duty once, no matter when it was done last. Raises LeaseLost."""
        try:
            for planned in self._planned:
                if self._every(planned) is not None:
                    self._do(planned)
        except StopRequested:
            log.info("step-finished")

    def _plan(self, duty: Duty, known: Mapping[str, DutyRecord]) -> _Planned:
        now = self._leadership.ledger.clock()
        before = known.get(duty.name)
        record = DutyRecord(duty.name, holder_name(), now) if before is None else replace(before, holder=holder_name())
        return _Planned(duty, record, time.monotonic() + self._first_wait_s(duty, before, now))

    def _first_wait_s(self, duty: Duty, before: DutyRecord | None, now: datetime) -> float:
        every = duty.every(self._leadership.policy)
        if before is None or before.succeeded_at is None or before.failures or every is None or every < _RARE:
            return 0.0
        return min(max((before.succeeded_at + every - now).total_seconds(), 0.0), every.total_seconds())

    def _every(self, planned: _Planned) -> timedelta | None:
        return planned.duty.every(self._leadership.policy)

    def _due(self) -> list[_Planned]:
        now = time.monotonic()
        return [planned for planned in self._planned if planned.due <= now and self._every(planned) is not None]

    def _sleep(self) -> float:
        now = time.monotonic()
        waits = [planned.due - now for planned in self._planned if self._every(planned) is not None]
        return max(0.0, min([*waits, LONGEST_SLEEP_S]))

    def _do(self, planned: _Planned) -> None:
        if self._leadership.stop.is_set():
            raise StopRequested
        before, now = planned.record, self._leadership.ledger.clock()
        outcome, error = self._attempt(planned.duty)
        if error is None:
            planned.record = replace(
                before,
                ran_at=now,
                succeeded_at=now,
                failures=0,
                error=None,
                attention=outcome.attention,
                facts=outcome.facts or before.facts,
            )
        else:
            planned.record = replace(before, ran_at=now, failures=before.failures + 1, error=error)
        self._tell(before, planned.record, outcome)
        every = self._every(planned) or _RARE
        planned.due = time.monotonic() + wait_after(every, planned.record.failures).total_seconds()
        self._journal.keep(planned.record, news=bool(outcome.facts))

    def _attempt(self, duty: Duty) -> tuple[DutyResult, str | None]:
        try:
            return duty.act(), None
        except (StopRequested, LeaseLost):
            raise
        except AikomError as error:
            self.exit_code = max(self.exit_code, error.exit_code)
            return DutyResult(), f"{error.message}; {error.remedy}" if error.remedy else error.message
        except Exception as error:
            self.exit_code = max(self.exit_code, ExitCode.UNREACHABLE)
            log.exception("unexpected", duty=duty.name)
            return DutyResult(), f"unexpected: {type(error).__name__}"

    def _tell(self, before: DutyRecord, after: DutyRecord, outcome: DutyResult) -> None:
        """Say what is news: something was done, a first or another failure, a recovery, a person is needed."""
        if after.error is not None:
            log.error("duty-failed", duty=after.name, reason=after.error, failures=after.failures)
            return
        if before.error is not None:
            log.info("duty-recovered", duty=after.name, failures=before.failures)
        if outcome.facts:
            log.info("duty-done", duty=after.name, facts=dict(outcome.facts))
        if after.attention is not None:
            self.exit_code = max(self.exit_code, ExitCode.DIFFERENCES)
            if after.attention != before.attention:
                log.warning("person-needed", duty=after.name, reason=after.attention)


def guarded(run: Callable[[], None], on_lost: Callable[[BaseException], None]) -> Callable[[], None]:
    """Wrap a lane's run as a thread's target: an exception that ends it early is handed to `on_lost`."""

    def target() -> None:
        try:
            run()
        except BaseException as error:
            on_lost(error)

    return target
