"""The duty `configuration`: a change in the folder is validated, planned and applied, within the guards.

What is invalid, or what a guard refuses, is reported once and waits for a person: with other content, or with
`provision apply --allow-…`. The service never gives itself an allowance. Source: order cl. 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.ledger.errors import LeaseHeld
from provisioning.ledger.leases.lease import find_lease, hold_lease
from provisioning.lifecycle.applying.apply import apply
from provisioning.lifecycle.applying.planning import GUARDED, Survey, survey
from provisioning.model.configuration import Configuration
from provisioning.model.events import EventKind, JsonValue, NewEvent
from provisioning.registry import LoadResult
from provisioning.watch.content import content_digest
from provisioning.watch.duty import NOTHING, DutyResult
from provisioning.watch.leadership import Leadership, StoppableProgress, holder_name

APPLY: Final = "apply"
"""The lease that `provision apply` holds."""

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

    def look(self) -> DutyResult:
        """Apply the content if it is new. Raises KeycloakError or LedgerError; then it is tried again."""
        digest = content_digest(self._leadership.folder)
        if digest == self._settled and not self._somebody_applied():
            return DutyResult(attention=self._attention)
        self._leadership.stop.wait(QUIET_S)
        result = self._leadership.load()
        if content_digest(self._leadership.folder) != digest:
            return NOTHING
        facts: Mapping[str, JsonValue] = {"content": digest[:12]}
        attention: str | None
        self._refused_at = None
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
        with hold_lease(leadership.ledger, name=APPLY, holder=f"watch on {holder_name()}") as lease:
            progress = StoppableProgress(leadership.stop)
            found = survey(configuration, leadership.settings, self._connection, leadership.ledger, progress=progress)
            if found.plan.stops:
                self._refused_at = lease.token
                self._raise_alarm(found, digest)
                return {"content": digest[:12]}, _stopped(found)
            applied = apply(leadership.workshop(self._connection, configuration, lease.fence), found)
        done = {name: count for name, count in asdict(applied).items() if count}
        return {"content": digest[:12], **done}, _left_alone(found)

    def _somebody_applied(self) -> bool:
        """Whether somebody, most likely a person, has held the lease of an apply since a guard refused the content."""
        if self._refused_at is None:
            return False
        with self._leadership.ledger.reader() as reader:
            lease = find_lease(reader, APPLY)
        return lease is not None and lease.token != self._refused_at and lease.is_free

    def _raise_alarm(self, found: Survey, digest: str) -> None:
        """Once for the same content, whoever leads."""
        data: dict[str, JsonValue] = {
            "what": GUARDED,
            "content": digest,
            "guards": [stop.message for stop in found.plan.stops],
        }
        with self._leadership.ledger.transaction(self._leadership.fence) as transaction:
            known = {event.data.get("content") for event in transaction.events(subject=SUBJECT)}
            if digest not in known:
                transaction.append(
                    [NewEvent(EventKind.ALARM_RAISED, SUBJECT, self._leadership.actor_name, "cl. 3", data)]
                )


def _invalid(result: LoadResult) -> str:
    first = result.errors[0]
    return (
        f"the configuration has {len(result.errors)} errors, the first at {first.source}: {first.message};"
        " see `provision validate`"
    )


def _stopped(found: Survey) -> str:
    stops = "; ".join(f"{stop.message} ({stop.remedy})" for stop in found.plan.stops)
    return f"a guard refuses the change: {stops}; see `provision plan`"


def _left_alone(found: Survey) -> str | None:
    refusals = found.plan.accounts.refusals
    if not refusals:
        return None
    names = ", ".join(refusal.subject for refusal in refusals[:3])
    return (
        f"{len(refusals)} accounts are left alone ({names}{', …' if len(refusals) > 3 else ''}); see `provision plan`"
    )
