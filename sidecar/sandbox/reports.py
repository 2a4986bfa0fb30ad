"""The report of a run, and what of it becomes evidence. It can be computed again: its hash is in the ledger.

The first look at a run that has ended records its results, once. Source: order cl. 6, annex 2.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from provisioning.ledger import LedgerReader
from provisioning.ledger.errors import LeaseHeld
from provisioning.ledger.leases.lease import hold_lease
from provisioning.ledger.operational.self_tests import change_run, current_run, mark_recorded, requests_of, runs_of
from provisioning.lifecycle.actor import Actor
from provisioning.model.annexes import TechnicalRequirements
from provisioning.model.events import EventKind, JsonValue, canonical_json, format_time
from provisioning.model.events.papers import OisEvidenceRecorded
from provisioning.model.ois import ois_client_id
from provisioning.model.self_test import Observation, Run, end_if_due
from provisioning.model.self_test_judging import Judgement, judge
from sidecar.applications.checking import CheckResult
from sidecar.applications.recording import record_results
from sidecar.doors.office import Office
from sidecar.sandbox.observing import with_marks
from sidecar.sandbox.services import Sandbox

ACTOR: Final = "sandbox"


@dataclass(frozen=True, slots=True)
class Report:
    """A run that is over, with its judgements and what they rest on."""

    run: Run
    judgements: tuple[Judgement, ...]
    seen: tuple[Observation, ...]

    @property
    def passed(self) -> bool:
        return all(judgement.passed for judgement in self.judgements)

    def as_json(self) -> dict[str, JsonValue]:
        """Return the whole report, for programs and for the hash. Times in ISO 8601, UTC."""
        run = self.run
        return {
            "run": run.id,
            "ois": run.ois,
            "institution": run.username,
            "started_at": format_time(run.started_at),
            "cut_off_at": None if run.cut_off_at is None else format_time(run.cut_off_at),
            "ended_at": format_time(run.changed_at),
            "passed": self.passed,
            "results": [_result(judgement) for judgement in self.judgements],
            "requests": [_request(one) for one in self.seen],
        }

    @property
    def sha256(self) -> str:
        """Return the hash of the report in canonical JSON (RFC 8785), in hex."""
        return hashlib.sha256(canonical_json(self.as_json())).hexdigest()


def report_on(reader: LedgerReader, run: Run, stop_s: int) -> Report | None:
    """Return the report of a run; None while it is under way."""
    if not run.is_over:
        return None
    seen = with_marks(requests_of(reader, run))
    return Report(run, judge(run, seen, stop_s), seen)


def record_finished_runs(sandbox: Sandbox, office: Office, slug: str, requirements: TechnicalRequirements) -> None:
    """End the run of an OIS whose time is over, and record what runs that are over have shown. Safe to repeat.

    `office` is the real one: evidence belongs into the real ledger.
    """
    ledger = sandbox.records.ledger()
    with ledger.aside() as connection:
        run = current_run(connection, slug, lock=True)
        ended = None if run is None else end_if_due(run, ledger.clock())
        if ended is not None and ended.is_over:
            change_run(connection, ended)
    with sandbox.records.reader() as reader:
        waiting = [run for run in runs_of(reader, slug) if run.is_over and run.settled_at is None]
        reports = [report_on(reader, run, sandbox.stop_s) for run in reversed(waiting)]
    for report in reports:
        if report is not None:
            # Somebody else who looks at the same moment records it.
            with suppress(LeaseHeld):
                _record(sandbox, office, report, requirements)


def _record(sandbox: Sandbox, office: Office, report: Report, requirements: TechnicalRequirements) -> None:
    run, ledger = report.run, sandbox.records.ledger()
    with hold_lease(ledger, name=f"self-test:{run.ois}", holder=ACTOR):
        with office.acting_as(f"{ACTOR}:{run.ois}") as actor:
            if not _is_recorded(actor, run):
                record_results(actor, run.ois, results_of(report), requirements)
        with ledger.aside() as connection:
            mark_recorded(connection, run.id, ledger.clock())


def results_of(report: Report) -> tuple[CheckResult, ...]:
    """Turn the judgements into evidence: each names its run and the report's hash."""
    proof: dict[str, JsonValue] = {"run": report.run.id, "report_sha256": report.sha256}
    return tuple(
        CheckResult(
            judgement.check,
            judgement.passed,
            tuple(fault.value for fault in judgement.faults),
            {**judgement.found, **proof},
        )
        for judgement in report.judgements
    )


def _is_recorded(actor: Actor, run: Run) -> bool:
    """Whether a process that crashed before it could say so has recorded this run."""
    with actor.ledger.reader() as reader:
        events = reader.events(subject=ois_client_id(run.ois), kinds=(EventKind.OIS_EVIDENCE_RECORDED,))
        return any(
            isinstance(told := event.content, OisEvidenceRecorded) and told.found.fields().get("run") == run.id
            for event in events
        )


def _result(judgement: Judgement) -> dict[str, JsonValue]:
    return {
        "check": judgement.check.value,
        "passed": judgement.passed,
        "problems": [fault.value for fault in judgement.faults],
        "found": judgement.found,
    }


def _request(seen: Observation) -> dict[str, JsonValue]:
    return {
        "number": seen.number,
        "at": format_time(seen.at),
        "method": seen.method,
        "path": seen.path,
        "status": seen.status,
        "reason": seen.reason,
        "token": seen.token,
        "token_in_url": seen.token_in_url,
    }
