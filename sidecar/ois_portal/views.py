"""`/operator`: an OIS's operator sees its state, its mandates, its calls, and what was refused and why.

Which OIS that is comes from the session alone, so no operator can ask for another one. Source: order cl. 5, 6, 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from provisioning.gate.explanation import Explanation
from provisioning.gate.explanations import EXPLANATIONS
from provisioning.gate.reasons import Reason
from provisioning.ledger import LedgerReader
from provisioning.ledger.operational.access import counts
from provisioning.ledger.queries.summary import accounts_named
from provisioning.lifecycle.ois.accession import asked_text
from provisioning.model.access import AccessCount
from provisioning.model.ois import MandateRecord, OisRecord, Slug
from sidecar.auth.guards import identity
from sidecar.directory import wording as listing
from sidecar.directory.conclusions import KINDS, conclusions
from sidecar.doors.errors import RecordsUnavailable
from sidecar.doors.onboarding import onboarding
from sidecar.doors.records import records
from sidecar.doors.services import current_day, current_time
from sidecar.ois_portal.usage import Grain, as_csv, refusals, usage
from sidecar.sandbox.services import sandbox
from sidecar.words import ois as wording

blueprint = Blueprint("ois_portal", __name__, url_prefix="/operator")

PERIODS_DAYS: Final = (1, 7, 30, 365)
RENEW_WITHIN: Final = timedelta(days=60)
"""How long before the conclusion's last day the page begins to say so."""

MOST_COUNTS: Final = 100_000
"""Hours of one answer, counted for each institution, key and right; a busier OIS asks for shorter periods."""

_MOST_LINES: Final = 500
"""Lines of a page; the CSV file has all."""


@dataclass(frozen=True, slots=True)
class Period:
    """Counts of the last days, and the names of the accounts that have given a mandate, by institution.

    `complete` is false when there were more counts than one answer takes: the newest ones are there.
    """

    days: int
    grain: Grain
    counts: list[AccessCount]
    complete: bool
    names: Mapping[str, str]


@blueprint.get("/")
def overview() -> ResponseReturnValue:
    """Show the state of the OIS and what its operator has to do next."""
    now, today = current_time(), current_day()
    with records().reader() as reader:
        ois = own_ois(reader)
        mandates = reader.mandates(ois=ois.slug)
        notes = conclusions(reader.events(subject=ois.client_id, kinds=KINDS))
        week = list(counts(reader, now - timedelta(days=7), now, ois=ois.slug, limit=MOST_COUNTS))
    return render_template(
        "ois_portal/overview.html",
        ois=ois,
        note=notes[0] if notes else None,
        asked=asked_text(onboarding().current().agreements, ois, today),
        standing=sum(mandate.stands(today) for mandate in mandates),
        allowed=sum(count.allowed for count in week),
        refused=sum(count.refused for count in week),
        renew=ois.conclusion_until is not None and ois.conclusion_until - today <= RENEW_WITHIN,
    )


@blueprint.get("/mandates")
def mandates() -> ResponseReturnValue:
    """Show which accounts let this OIS work, until when and with which rights, and which mandates have ended."""
    today = current_day()
    with records().reader() as reader:
        ois = own_ois(reader)
        found = sorted(reader.mandates(ois=ois.slug), key=lambda mandate: mandate.changed_seq, reverse=True)
        standing = [mandate for mandate in found if mandate.stands(today)]
        ended = [mandate for mandate in found if not mandate.stands(today)][:_MOST_LINES]
        names = _names(reader, [*standing[:_MOST_LINES], *ended])
    shown = {"ois": ois, "standing": standing[:_MOST_LINES], "total": len(standing), "ended": ended, "names": names}
    return render_template("ois_portal/mandates.html", **shown)


@blueprint.get("/usage")
def used() -> ResponseReturnValue:
    """Show calls to the central database by institution and right, by day or hour."""
    period = _period()
    lines = usage(period.counts, period.grain)
    shown = {"lines": lines[:_MOST_LINES], "more": max(0, len(lines) - _MOST_LINES), "grains": list(Grain)}
    return render_template("ois_portal/usage.html", period=period, periods_days=PERIODS_DAYS, **shown)


@blueprint.get("/usage.csv")
def used_csv() -> Response:
    """Send the same, all of it, as CSV with a mark that makes spreadsheets read it as UTF-8."""
    period = _period()
    response = Response("\ufeff" + as_csv(usage(period.counts, period.grain), period.grain), mimetype="text/csv")
    response.headers["Content-Disposition"] = f"attachment; filename={identity().ois}-usage.csv"
    return response


@blueprint.get("/refusals")
def refused() -> ResponseReturnValue:
    """Show what was refused, why, and what to do about it."""
    period = _period()
    lines = refusals(period.counts)[:_MOST_LINES]
    shown = {"lines": lines, "explained": {line.reason: explanation_of(line.reason) for line in lines}}
    return render_template("ois_portal/refusals.html", period=period, periods_days=PERIODS_DAYS, **shown)


def explanation_of(code: str) -> Explanation | None:
    """Explain a reason; None for one that a later version of this program wrote."""
    return EXPLANATIONS[Reason(code)] if code in set(Reason) else None


def operated() -> Slug:
    """Return the OIS of the signed-in operator, behind the operators' guard."""
    slug = identity().ois
    if slug is None:
        raise RecordsUnavailable("somebody without an OIS has passed the guard of operators")
    return slug


def own_ois(reader: LedgerReader) -> OisRecord:
    """Read the OIS of the signed-in operator. Raises RecordsUnavailable when it is gone since the guard saw it."""
    ois = reader.ois(operated())
    if ois is None:
        raise RecordsUnavailable("the ledger lost an OIS between two reads")
    return ois


def _period() -> Period:
    days, grain = request.args.get("days", "7"), request.args.get("by", Grain.DAY.value)
    if days not in map(str, PERIODS_DAYS) or grain not in set(Grain):
        raise BadRequest
    now = current_time()
    with records().reader() as reader:
        ois = own_ois(reader)
        found = list(counts(reader, now - timedelta(days=int(days)), now, ois=ois.slug, limit=MOST_COUNTS))
        names = _names(reader, reader.mandates(ois=ois.slug)) if found else {}
    return Period(int(days), Grain(grain), found, len(found) < MOST_COUNTS, names)


def _names(reader: LedgerReader, mandates: tuple[MandateRecord, ...] | list[MandateRecord]) -> dict[str, str]:
    """Names of the accounts of these mandates, by username and by institution."""
    known = accounts_named(reader, {mandate.username for mandate in mandates}).values()
    return {a.username: a.name for a in known} | {a.institution_id: a.name for a in known}


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"wording": wording, "listing": listing, "has_sandbox": sandbox.is_there}
