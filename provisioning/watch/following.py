"""The duty `configuration`: a change in the folder is validated, planned and applied, within the guards.

What is invalid, or what a guard refuses, is reported once and waits for a person: with other content, or with
`provision apply --allow-…`. What Keycloak refuses of it is tried again with pauses, and then left to a person. The
service never gives itself an allowance. Deactivations are final, so it leaves each of
them to a person and does the rest. Source: order cl. 3, 10, 11.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.ledger.errors import LeaseHeld
from provisioning.ledger.leases.lease import find_lease, hold_lease
from provisioning.ledger.queries.summary import accounts_named
from provisioning.lifecycle.administrators import read_administrators
from provisioning.lifecycle.applying.apply import apply
from provisioning.lifecycle.applying.planning import GUARDED, LEFT, Survey, survey
from provisioning.lifecycle.failing import Failure, named, pause_after
from provisioning.lifecycle.tasks.attempting import GIVEN_UP
from provisioning.model.configuration import Configuration
from provisioning.model.events import EventKind, JsonValue, NewEvent
from provisioning.model.events.alarms import AlarmRaised
from provisioning.model.identifiers import Username
from provisioning.model.records import AccountState
from provisioning.planning.administrators import Administrators
from provisioning.planning.leaving import left_to_a_person
from provisioning.registry import LoadResult
from provisioning.watch.content import content_digest
from provisioning.watch.duty import NOTHING, DutyResult
from provisioning.watch.leadership import APPLY, HOLDER, Leadership, StoppableProgress, holder_name

MOST_NAMED: Final = 20
"""Objects that an alarm names at most."""

QUIET_S: Final = 1.0
"""Content must stand still for so long: an editor that saves several files is not overtaken."""

SUBJECT: Final = "configuration"
"""Subject of the alarm that a change waits for a person."""


class Following:
    """The content of the folder that is dealt with: applied, or refused and reported."""

    def __init__(self, leadership: Leadership, connection: KeycloakConnection) -> None:
        self._leadership = leadership
        self._connection = connection
        self._settled: str | None = None
        self._attention: str | None = None
        self._refused_at: int | None = None
        self._left: tuple[Username, ...] = ()
        self._refusals = 0
        self._again_at: float | None = None
        self._waiting: Administrators | None = None

    def look(self) -> DutyResult:
        """Apply the content if it is new. Raises KeycloakError or LedgerError; then it is tried again."""
        digest = content_digest(self._leadership.folder)
        if digest != self._settled or self._somebody_applied():
            self._refusals = 0
        elif not (self._is_time_again() or self._left_is_over() or self._waiting_is_approved()):
            return DutyResult(attention=self._attention)
        self._leadership.stop.wait(QUIET_S)
        result = self._leadership.load()
        if content_digest(self._leadership.folder) != digest:
            return NOTHING
        facts: Mapping[str, JsonValue] = {"content": digest[:12]}
        attention: str | None
        self._refused_at, self._left, self._again_at = None, (), None
        self._waiting = None
        if result.configuration is None:
            attention = _invalid(result)
        else:
            try:
                facts, attention = self._bring(result.configuration, digest)
            except LeaseHeld as error:
                return DutyResult({"postponed": error.message})
        # Accounts that somebody changed while we planned are looked at again.
        self._settled = None if "left" in facts else digest
        self._attention = attention
        return DutyResult(facts, attention)

    def _bring(self, configuration: Configuration, digest: str) -> tuple[Mapping[str, JsonValue], str | None]:
        leadership = self._leadership
        with hold_lease(leadership.ledger, name=APPLY, holder=HOLDER + holder_name()) as lease:
            if leadership.apply_token in (None, lease.token - 1):
                leadership.apply_token = lease.token
            progress = StoppableProgress(leadership.stop)
            found = survey(
                configuration,
                leadership.settings,
                self._connection,
                leadership.ledger,
                leave_endings=True,
                progress=progress,
            )
            plan = found.plan
            if plan.stops or plan.left:
                self._refused_at = lease.token
            if plan.stops:
                self._raise_alarm(GUARDED, [stop.message for stop in plan.stops], digest)
                return {"content": digest[:12]}, _stopped(found)
            applied = apply(leadership.workshop(self._connection, configuration, lease.fence), found)
            if applied.refused:
                self._refused_at = lease.token
                self._try_again(applied.refused, digest)
            if found.admission.waiting:
                self._waiting = self._administrators()
        leadership.applied, leadership.apply_token = configuration, lease.token
        done = applied.counts
        if plan.left:
            self._left = plan.left
            self._raise_alarm(LEFT, [left_to_a_person(plan.left)], digest)
            done["deactivations-left"] = len(plan.left)
        return {"content": digest[:12], **done}, _waits(found, applied.refused)

    def _try_again(self, refused: Sequence[Failure], digest: str) -> None:
        """Plan another attempt at what Keycloak refuses, or leave it to a person after the last."""
        self._refusals += 1
        pause = pause_after(self._refusals)
        if pause is None:
            self._raise_alarm(GIVEN_UP, [str(failure) for failure in refused[:MOST_NAMED]], digest)
        else:
            self._again_at = time.monotonic() + pause.total_seconds()

    def _is_time_again(self) -> bool:
        """Whether the pause after a refusal of Keycloak is over."""
        return self._again_at is not None and time.monotonic() >= self._again_at

    def _somebody_applied(self) -> bool:
        """Whether somebody, most likely a person, has held the lease of an apply since a guard refused the content."""
        if self._refused_at is None:
            return False
        with self._leadership.ledger.reader() as reader:
            lease = find_lease(reader, APPLY)
        return lease is not None and lease.token != self._refused_at and lease.is_free

    def _left_is_over(self) -> bool:
        """Whether all that was left to a person is over by another decision, at the desk or by a command."""
        if not self._left:
            return False
        with self._leadership.ledger.reader() as reader:
            accounts = accounts_named(reader, self._left)
        over = [account for account in accounts.values() if account.state is AccountState.DEACTIVATED]
        return len(over) == len(self._left)

    def _waiting_is_approved(self) -> bool:
        """Whether the administrators have answered about a new one, or the time of a proposal has passed."""
        return self._waiting is not None and self._waiting != self._administrators()

    def _administrators(self) -> Administrators:
        with self._leadership.ledger.reader() as reader:
            return read_administrators(reader)

    def _raise_alarm(self, what: str, why: Sequence[str], digest: str) -> None:
        """Say once for the same content what waits for a person, whoever leads."""
        said = AlarmRaised(what=what, content=digest, guards=tuple(why))
        with self._leadership.ledger.transaction(self._leadership.fence) as transaction:
            raised = transaction.events(subject=SUBJECT, kinds=[EventKind.ALARM_RAISED])
            earlier = [told for event in raised if isinstance(told := event.content, AlarmRaised)]
            if all((told.what, told.content) != (what, digest) for told in earlier):
                transaction.append([NewEvent(said, SUBJECT, self._leadership.actor_name, clause="cl. 3")])


def _invalid(result: LoadResult) -> str:
    first = result.errors[0]
    return (
        f"the configuration has {len(result.errors)} errors, the first at {first.source}: {first.message};"
        " see `provision validate`"
    )


def _stopped(found: Survey) -> str:
    stops = "; ".join(f"{stop.message} ({stop.remedy})" for stop in found.plan.stops)
    return f"a guard refuses the change: {stops}; see `provision plan`"


def _waits(found: Survey, refused: Sequence[Failure]) -> str | None:
    """What of the content is not applied, in words; None when all of it is."""
    refusals, left = found.plan.accounts.refusals, found.plan.left
    words = [left_to_a_person(left)] if left else []
    words += [attention.message for attention in found.plan.staff_attentions]
    if refusals:
        names = ", ".join(refusal.subject for refusal in refusals[:3]) + (", …" if len(refusals) > 3 else "")
        words.append(f"{len(refusals)} accounts are left alone ({names}); see `provision plan`")
    if refused:
        words.append(f"Keycloak refuses {len(refused)} objects: {named(refused)}")
    return "; ".join(words) or None
