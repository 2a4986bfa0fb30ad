"""`/desk/ledger`: the record page by page, and whether a span of it is what was recorded. Source: order cl. 12."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from flask import Blueprint, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from provisioning.ledger.queries.browsing import Wanted, browse, event_numbered
from provisioning.model.calendar import beginning_of
from provisioning.model.events import EventKind
from sidecar.desk.links import subject_url
from sidecar.desk.verifying import last_verified, verify_step
from sidecar.doors.records import records
from sidecar.words import accounts as wording
from sidecar.words import record as words

blueprint = Blueprint("desk_ledger", __name__, url_prefix="/desk/ledger")

_TEXT_MAX: Final = 100
_DIGITS_MAX: Final = 15


@dataclass(frozen=True, slots=True)
class EventFilter:
    """The filter in the address, as typed into the form. Days are Kyiv's; `until` is the last one that counts."""

    subject: str = ""
    kind: str = ""
    actor: str = ""
    since: str = ""
    until: str = ""

    def wanted(self) -> Wanted:
        """Return the filter for the ledger. A value that cannot be read filters nothing."""
        return Wanted(
            self.subject or None,
            (EventKind(self.kind),) if self.kind in set(EventKind) else (),
            self.actor or None,
            _midnight(self.since, 0),
            _midnight(self.until, 1),
        )

    def query(self, **more: int) -> dict[str, str | int]:
        """Return the arguments of an address with the same filter."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return {**{name: value for name, value in fields.items() if value}, **more}


@blueprint.get("")
def page() -> ResponseReturnValue:
    """List events by subject, kind, actor and days, newest first."""
    asked = EventFilter(**{name: request.args.get(name, "").strip()[:_TEXT_MAX] for name in EventFilter.__slots__})
    with records().reader() as reader:
        head = reader.chain_head()
        found = browse(reader, asked.wanted(), before=_number("before"), after=_number("after"))
        verified = last_verified(reader)
    return render_template(
        "desk/ledger/page.html",
        asked=asked,
        head=head,
        found=found,
        verified=verified,
        wording=wording,
        subject_url=subject_url,
    )


@blueprint.get("/<int:seq>")
def event(seq: int) -> ResponseReturnValue:
    """Show one event with everything that its hash covers."""
    with records().reader() as reader:
        found = event_numbered(reader, seq)
        head = reader.chain_head()
    status = 200 if found is not None else 404
    page = render_template(
        "desk/ledger/event.html", seq=seq, event=found, head=head, wording=wording, subject_url=subject_url
    )
    return page, status


@blueprint.get("/verify")
def verify() -> ResponseReturnValue:
    """Verify one step of the ledger; the answer sends the browser on to the next step until all is verified."""
    with records().reader() as reader:
        end = reader.chain_head().seq
        first = max(1, _number("first") or 1)
        last = min(_number("last") or end, end)
        begin = max(first, _number("begin") or first)
        step = verify_step(reader, first, begin, last)
    following = url_for("desk_ledger.verify", first=first, last=last, begin=step.reached + 1)
    response = make_response(
        render_template("desk/ledger/verify.html", step=step, end=end, following=following, words=words)
    )
    if not step.is_done:
        # Without delay, so that nothing on the page is taken away from somebody who is reading it.
        response.headers["Refresh"] = f"0; url={following}"
    return response


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX else None


def _midnight(day: str, later: int) -> datetime | None:
    """The beginning of a day in Kyiv, or of one some days later."""
    try:
        return beginning_of(date.fromisoformat(day) + timedelta(days=later))
    except (ValueError, OverflowError):
        return None
