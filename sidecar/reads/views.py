"""`/account/reads` and `/desk/reads`: who reached whose data in the last days: chart, table, CSV. Order cl. 12."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from provisioning.gate.explanations import EXPLANATIONS
from provisioning.gate.reasons import Reason
from provisioning.ledger.operational.access import counts
from provisioning.model.access import AccessCount
from provisioning.model.identifiers import parse_username
from sidecar.auth.guards import identity
from sidecar.doors.records import records
from sidecar.doors.services import current_time
from sidecar.frame.languages import said
from sidecar.reads.chart import HEIGHT, chart
from sidecar.reads.summary import as_csv, summary

PERIODS_DAYS: Final = (1, 7, 30, 365)
_MOST_ROWS: Final = 100_000
"""Rows of one answer; a busier stretch is asked for in shorter periods."""

own = Blueprint("reads", __name__, url_prefix="/account")
desk = Blueprint("desk_reads", __name__, url_prefix="/desk")


@dataclass(frozen=True, slots=True)
class Found:
    """Counts of a period, and the names of the OIS in them."""

    days: int
    counts: list[AccessCount]
    names: Mapping[str, str]


@own.get("/reads")
def reads() -> ResponseReturnValue:
    """Show who reached the visitor's data."""
    return _page("reads/own.html", _found(reached=identity().institution), None)


@own.get("/reads.csv")
def reads_csv() -> ResponseReturnValue:
    """Send the same, hour by hour, as CSV."""
    return _file(_found(reached=identity().institution))


@desk.get("/reads")
def all_reads() -> ResponseReturnValue:
    """Show who reached the data of one institution, or of all, through one OIS or any."""
    return _page("reads/desk.html", _asked_for(), request.args.get("institution", ""))


@desk.get("/reads.csv")
def all_reads_csv() -> ResponseReturnValue:
    """Send the same, hour by hour, as CSV."""
    return _file(_asked_for())


def _asked_for() -> Found:
    institution, ois = request.args.get("institution", "").strip(), request.args.get("ois", "").strip()
    if institution and parse_username(institution) is None:
        raise BadRequest
    return _found(reached=institution or None, ois=ois or None)


def _found(*, reached: str | None, ois: str | None = None) -> Found:
    days = request.args.get("days", "7")
    if days not in map(str, PERIODS_DAYS):
        raise BadRequest
    now = current_time()
    with records().reader() as reader:
        since = now - timedelta(days=int(days))
        found = list(counts(reader, since, now, reached=reached, ois=ois, limit=_MOST_ROWS))
        names = {str(slug): record.name for slug, record in reader.all_ois().items()} if found else {}
    return Found(int(days), found, names)


def _page(template: str, found: Found, institution: str | None) -> str:
    return render_template(
        template,
        lines=summary(found.counts),
        chart=chart(found.counts, found.days, current_time()),
        height=HEIGHT,
        names=found.names,
        days=found.days,
        periods_days=PERIODS_DAYS,
        institution=institution,
        ois=request.args.get("ois", ""),
        reason=_words,
    )


def _file(found: Found) -> Response:
    """With a mark that makes spreadsheets read it as UTF-8."""
    response = Response("\ufeff" + as_csv(found.counts), mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=reads.csv"
    return response


def _words(code: str) -> str:
    """A reason in the visitor's language; the code itself where a later version wrote one that is not known here."""
    if code not in set(Reason):
        return code
    return said(EXPLANATIONS[Reason(code)].title)
