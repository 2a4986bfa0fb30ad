"""A run as its OIS sees it, whether by page or by API: begun, under way, over. What differs is only the form."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import structlog
from werkzeug.exceptions import NotFound

from provisioning.ledger.errors import LeaseHeld
from provisioning.ledger.operational.self_tests import find_run, runs_of
from provisioning.lifecycle.errors import LifecycleError
from provisioning.lifecycle.sandbox.runs import Begun, begin_run, open_sandbox
from provisioning.model.events import JsonValue, format_time
from provisioning.model.ois import OisRecord
from provisioning.model.self_test import CALLS, CALLS_AFTER, Run, RunState
from sidecar.doors.errors import OfficeClosed, RecordsUnavailable
from sidecar.doors.office import office
from sidecar.doors.onboarding import onboarding
from sidecar.doors.records import records
from sidecar.gate.follower import STALE_S
from sidecar.sandbox.reports import Report, record_finished_runs, report_on
from sidecar.sandbox.services import Sandbox, sandbox

log = structlog.get_logger(__name__)

_STEPS: Final = {
    RunState.CALLING: f"make {CALLS} calls in a row, with one token",
    RunState.LIMITING: "make the next call: it is answered 429",
    RunState.LIMITED: "wait as long as Retry-After says, and call again",
    RunState.RESUMED: f"make {CALLS_AFTER} more calls",
    RunState.CUTTING: "go on calling: the API key is being cut off",
    RunState.WATCHING: "stop when you learn that the key is cut off; the run watches until ends_at",
    RunState.OVER: "read the report",
}


@dataclass(frozen=True, slots=True)
class Status:
    """A run with its report, None while it is under way."""

    run: Run
    report: Report | None

    def as_json(self) -> dict[str, JsonValue]:
        """Return the run with its report as JSON for programs."""
        report = self.report
        return {
            "run": self.run.id,
            "state": self.run.state.value,
            "next": _STEPS[self.run.state],
            "started_at": format_time(self.run.started_at),
            "ends_at": format_time(self.run.ends_at),
            "report": None if report is None else report.as_json(),
            "report_sha256": None if report is None else report.sha256,
        }


def the_sandbox() -> Sandbox:
    """Return the sandbox of this installation. Raises NotFound where there is none."""
    if not sandbox.is_there:
        raise NotFound
    return sandbox()


def open_for(slug: str, name: str) -> None:
    """Open the sandbox for an OIS whose key set is on record, where there is a sandbox; otherwise do nothing.

    What hinders it is logged: pressing the button again, or beginning a run, does it then.
    """
    if not sandbox.is_there:
        return
    with records().reader() as reader:
        ois = reader.ois(slug)
    if ois is None or ois.jwks is None or ois.state.is_over:
        return
    try:
        with sandbox().office.acting_as(name) as actor:
            open_sandbox(actor, ois)
    except (LifecycleError, LeaseHeld, OfficeClosed, RecordsUnavailable) as error:
        log.warning("sandbox-not-opened", ois=slug, reason=error.message)


def begin(ois: OisRecord, name: str) -> Begun:
    """Begin a run. Raises ActionRefused, LeaseHeld, CarriedOutLater, OfficeClosed.

    Returns once every gate knows of the new key and mandate: the first call must not be refused for coming too soon.
    """
    with the_sandbox().office.acting_as(name) as actor:
        begun = begin_run(actor, ois)
    time.sleep(STALE_S)
    return begun


def statuses(slug: str) -> tuple[Status, ...]:
    """Return all runs of an OIS, newest first, after recording the results of those that are over."""
    here = _up_to_date(slug)
    with here.records.reader() as reader:
        return tuple(Status(run, report_on(reader, run, here.stop_s)) for run in runs_of(reader, slug))


def status(slug: str, identifier: str) -> Status:
    """Return one run of an OIS. Raises NotFound, also for a run of another OIS."""
    here = _up_to_date(slug)
    with here.records.reader() as reader:
        run = find_run(reader, identifier)
        if run is None or run.ois != slug:
            raise NotFound
        return Status(run, report_on(reader, run, here.stop_s))


def begun_json(begun: Begun) -> dict[str, JsonValue]:
    """Return what an OIS needs for its calls, the API key's secret among it, this once."""
    here = the_sandbox()
    return {
        "run": begun.run.id,
        "issuer": here.issuer,
        "token_endpoint": f"{here.issuer}/protocol/openid-connect/token",
        "client_id": f"ois-{begun.run.ois}",
        "database": here.database_url,
        "institution": begun.run.username,
        "api_key_id": begun.run.key,
        "api_key": begun.secret.reveal(),
        "rights": list(begun.rights),
        "next": _STEPS[begun.run.state],
        "ends_at": format_time(begun.run.ends_at),
    }


def _up_to_date(slug: str) -> Sandbox:
    here = the_sandbox()
    record_finished_runs(here, office(), slug, onboarding().current().requirements)
    return here
