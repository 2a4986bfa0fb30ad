"""`/api/v1/ois/usage` and `…/refusals`: the OIS's own calls, asked with the token of its own client. Order cl. 5, 12.

The token alone says whose counts are meant. Answers carry an ETag: a poll with If-None-Match gets 304.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from flask import Blueprint, Response, jsonify, request

from provisioning.ledger.operational.access import counts
from provisioning.model.access import AccessCount
from provisioning.model.calendar import beginning_of
from provisioning.model.events import JsonValue, format_time
from sidecar.doors.records import records
from sidecar.doors.services import current_day, settings
from sidecar.frame.languages import said
from sidecar.frame.mistakes import Mistake, MistakenRequest, chosen, day
from sidecar.ois_portal import views
from sidecar.ois_portal.usage import Grain, RefusalLine, refusals, usage
from sidecar.ois_portal.views import explanation_of
from sidecar.onboarding.connected_api import asking_ois

blueprint = Blueprint("ois_usage_api", __name__, url_prefix="/api/v1/ois")

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_BEFORE: Final = timedelta(days=6)
_EARLIEST: Final = date(1970, 1, 1)
LONGEST: Final = timedelta(days=31)
"""Of one answer; more is asked for in parts."""


@blueprint.get("/usage")
def used() -> Response:
    """Return calls from day `from` to day `to`, both included (Kyiv), by `day` or `hour`; by default of seven days."""
    grain = chosen("by", [grain.value for grain in Grain], Grain.DAY.value)
    first, last, found = _counts()
    lines = [line.as_json() for line in usage(found, Grain(grain))]
    return _answer(
        {
            "from": first.isoformat(),
            "to": last.isoformat(),
            "by": grain,
            "complete": _is_complete(found),
            "usage": lines,
        }
    )


@blueprint.get("/refusals")
def refused() -> Response:
    """Return what was refused in the same days, why, and what to do about it."""
    first, last, found = _counts()
    lines = [_refusal(line) for line in refusals(found)]
    return _answer(
        {"from": first.isoformat(), "to": last.isoformat(), "complete": _is_complete(found), "refusals": lines}
    )


def _counts() -> tuple[date, date, list[AccessCount]]:
    first, last = _days()
    since, until = beginning_of(first), beginning_of(last + _DAY) - _HOUR
    with records().reader() as reader:
        return first, last, list(counts(reader, since, until, ois=asking_ois(), limit=views.MOST_COUNTS))


def _is_complete(found: list[AccessCount]) -> bool:
    """Whether all of these days is there; otherwise the newest hours are, and shorter periods bring the rest."""
    return len(found) < views.MOST_COUNTS


def _days() -> tuple[date, date]:
    """Raises MistakenRequest for what is no day, days in the wrong order, and more than `LONGEST`."""
    last = day("to", current_day())
    first = day("from", max(last, _EARLIEST) - _BEFORE)
    if not timedelta() <= last - first < LONGEST:
        allowed = f"a day from {max(last, _EARLIEST) - LONGEST + _DAY} to {last}, the day of `to`"
        raise MistakenRequest(Mistake("from", "not-in-range", (allowed,), first.isoformat()))
    return first, last


def _refusal(line: RefusalLine) -> dict[str, JsonValue]:
    explained = explanation_of(line.reason)
    return {
        "reason": line.reason,
        "title": said(explained.title) if explained else None,
        "what_to_do": said(explained.detail) if explained else None,
        "about": f"{settings().public_url}/problems/{line.reason}" if explained else None,
        "reached": line.reached,
        "by": line.by,
        "right": line.right,
        "refused": line.refused,
        "last_at": format_time(line.last_at),
    }


def _answer(body: dict[str, JsonValue]) -> Response:
    response = jsonify(body)
    response.add_etag()
    response.make_conditional(request)
    return response
