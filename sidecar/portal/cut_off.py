"""`/account/cut-off/…`: the institution asks that an OIS lose its access (order cl. 8), and sees what became of it.

Behind the same guard as the pages of its API keys. Whether the Administrator decides first or has approved beforehand
is said in `realm.yaml`; the page says which before the button is pressed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import NotFound
from wtforms import TextAreaField
from wtforms.validators import Length

from provisioning.ledger import LedgerReader
from provisioning.ledger.operational.access import counts
from provisioning.ledger.operational.key_use import last_used
from provisioning.lifecycle.keys.cut_off import CutOffRequest
from provisioning.lifecycle.keys.cut_off_decisions import request_cut_off
from provisioning.lifecycle.keys.cut_off_requests import KINDS, CutOffState, RequestedCutOff, cut_off_requests
from provisioning.lifecycle.keys.rotation import live_keys
from provisioning.model.cut_off import CutOffReason
from provisioning.model.identifiers import ClientId, InstitutionId
from provisioning.model.ois import MandateRecord, OisRecord, Slug
from provisioning.model.records import ApiKeyRecord
from provisioning.model.upkeep import Approval
from sidecar.auth.acting import acting
from sidecar.auth.guards import identity
from sidecar.doors.policy import cut_off_approval
from sidecar.doors.records import records
from sidecar.doors.services import current_time
from sidecar.frame.forms import Form, TypedName

blueprint = Blueprint("cut_off", __name__, url_prefix="/account/cut-off")

NOTE_CHARACTERS: Final = 500
LOOK_BACK: Final = timedelta(days=365)
"""How far back the last request of an OIS is looked for."""


class CutOffForm(Form):
    """Why, and the institution's code typed out: this cannot be undone."""

    note = TextAreaField(
        lazy_gettext("Why (optional). No names of people, no passwords, no keys."),
        validators=[Length(max=NOTE_CHARACTERS, message=lazy_gettext("This is too long."))],
    )
    confirmation = TypedName(
        lazy_gettext("Type your institution's code to confirm"),
        wrong=lazy_gettext("This is not your institution's code."),
    )

    def __init__(self, code: str) -> None:
        super().__init__()
        self.confirmation.expected = code


@dataclass(frozen=True, slots=True)
class Stake:
    """A mandate in force, its OIS, and when that OIS last asked for data; None when it did not within a year."""

    mandate: MandateRecord
    ois: OisRecord
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that the pages show, of one moment. `used` has the last known use of each live key that was used."""

    stakes: tuple[Stake, ...]
    live: tuple[ApiKeyRecord, ...]
    used: Mapping[ClientId, datetime]
    requested: tuple[RequestedCutOff, ...]
    names: Mapping[Slug, str]

    @property
    def waiting(self) -> tuple[RequestedCutOff, ...]:
        return tuple(each for each in self.requested if each.state is CutOffState.WAITING)

    def of(self, slug: str) -> Stake:
        """Return what is at stake with one OIS. Raises NotFound for one without a mandate."""
        for stake in self.stakes:
            if stake.ois.slug == slug:
                return stake
        raise NotFound


@blueprint.get("/")
def overview() -> ResponseReturnValue:
    """Show whose access can be ended, and what has become of earlier requests."""
    return render_template("portal/cut_off/overview.html", found=_read())


@blueprint.route("/every", methods=["GET", "POST"])
def every() -> ResponseReturnValue:
    """Ask that every OIS lose its access and its mandate."""
    found = _read()
    return _ask(found, found.stakes, CutOffRequest(CutOffReason.REQUEST, identity().actor))


@blueprint.route("/leak", methods=["GET", "POST"])
def leak() -> ResponseReturnValue:
    """Ask for a new key because a stranger may know it: the old one ends, mandates stay, and OIS need the new one."""
    return _ask(_read(), (), CutOffRequest(CutOffReason.LEAK, identity().actor))


@blueprint.route("/ois/<slug>", methods=["GET", "POST"])
def one(slug: str) -> ResponseReturnValue:
    """Ask that one OIS lose its access and its mandate; the others need the new key."""
    found = _read()
    return _ask(found, (found.of(slug),), CutOffRequest(CutOffReason.OIS, identity().actor, slug))


def _ask(found: Found, losing: Collection[Stake], request: CutOffRequest) -> ResponseReturnValue:
    form = CutOffForm(str(identity().institution))
    at_once = cut_off_approval() is Approval.STANDING
    if not form.validate_on_submit():
        staying = [stake for stake in found.stakes if stake not in losing]
        shown = {"found": found, "losing": losing, "staying": staying, "at_once": at_once, "leak": _is_leak(request)}
        return render_template("portal/cut_off/ask.html", form=form, **shown), 422 if form.is_submitted() else 200
    noted = CutOffRequest(request.reason, request.requested_by, request.ois, (form.note.data or "").strip() or None)
    with acting() as actor:
        done = request_cut_off(actor, identity().username, noted, cut_off_approval())
    if isinstance(done, RequestedCutOff):
        flash(gettext("Your request is with the Administrator. Its state is below."))
    else:
        flash(gettext("The API key is cut off. A new one is ready."))
    return redirect(url_for("cut_off.overview"), 303)


def _is_leak(request: CutOffRequest) -> bool:
    return request.reason is CutOffReason.LEAK


def _read() -> Found:
    who = identity()
    with records().reader() as reader:
        ois = reader.all_ois()
        granted = reader.mandates(username=who.username, standing=True)
        live = tuple(live_keys(reader, who.username))
        return Found(
            stakes=tuple(Stake(m, ois[m.ois], _last_request(reader, who.institution, m.ois)) for m in granted),
            live=live,
            used=last_used(reader, [key.client_id for key in live]),
            requested=tuple(reversed(cut_off_requests(reader.events(subject=who.username, kinds=KINDS)))),
            names={slug: record.name for slug, record in ois.items()},
        )


def _last_request(reader: LedgerReader, institution: InstitutionId | None, slug: Slug) -> datetime | None:
    now = current_time()
    newest = next(counts(reader, now - LOOK_BACK, now, reached=institution, ois=slug, limit=1), None)
    return None if newest is None else newest.last_at
