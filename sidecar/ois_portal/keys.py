"""`/operator/keys`: how the OIS proves who it is, and how its operator rolls its keys over. Source: order cl. 6.

Behind a guard that wants password and second factor of the last minutes: putting a key in means acting as the OIS.
Keys are public here; a private one that is handed in is refused before anything is stored.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from joserfc.jwk import JWKRegistry
from wtforms import StringField, TextAreaField

from provisioning.ledger import LedgerReader
from provisioning.lifecycle.errors import CarriedOutLater
from provisioning.lifecycle.ois.keys import change_key
from provisioning.model.events import Event, EventKind
from provisioning.model.events.ois import OisApplied, OisKeyChanged
from provisioning.model.jwks import jwks_faults
from provisioning.model.ois import OisRecord
from sidecar.auth.acting import acting
from sidecar.doors.records import records
from sidecar.frame.forms import Form
from sidecar.frame.limits import limiter
from sidecar.ois_portal.views import operated, own_ois
from sidecar.outside.fetching import Refused, outside
from sidecar.sandbox.services import sandbox
from sidecar.words.ois import problem_text

blueprint = Blueprint("ois_portal_keys", __name__, url_prefix="/operator/keys")

CHANGES = "20 per hour"

SHOWN_CHANGES: Final = 20
"""Lines of the history, the newest first."""


class KeysForm(Form):
    """A key set, or the address where it is published."""

    jwks = TextAreaField(
        lazy_gettext("Public keys (JWKS)"),
        description=lazy_gettext("Public keys only. Never send a private one to anybody."),
        render_kw={"rows": 8, "spellcheck": "false"},
    )
    jwks_url = StringField(
        lazy_gettext("Or the address to fetch them from now"),
        description=lazy_gettext("Fetched once, when you press the button. Begins with https://"),
    )


@dataclass(frozen=True, slots=True)
class ShownKey:
    """A key on record. `thumbprint` as in RFC 7638, for comparing with one's own."""

    kid: str
    kind: str
    thumbprint: str


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A line of the history: `kids` are the keys of the new set, none where a secret took its place."""

    at: datetime
    actor: str
    with_application: bool
    kids: tuple[str, ...]


@blueprint.get("/")
def page() -> ResponseReturnValue:
    """Show the keys on record, when they were changed, and the form."""
    return _page(KeysForm()), 200


@blueprint.post("/")
@limiter.limit(CHANGES)
def change() -> ResponseReturnValue:
    """Take another key set; 422 with what is wrong with it. Keys that are not in it open nothing from then on."""
    form = KeysForm()
    text = _handed_in(form)
    if text is None:
        return _page(form), 422
    try:
        with acting() as actor:
            change_key(actor, operated(), text)
        flash(gettext("The keys are on record and work from now on."))
    except CarriedOutLater:
        flash(gettext("The keys are on record. The sign-in service is brought to them within minutes."))
    return redirect(url_for("ois_portal_keys.page"), 303)


def keys_of(ois: OisRecord) -> list[ShownKey]:
    """Return the keys on record; none for an OIS that authenticates by a secret. Pure."""
    return [_shown(key) for key in json.loads(ois.jwks)["keys"]] if ois.jwks else []


def _handed_in(form: KeysForm) -> str | None:
    """The key set, checked; None when there is none to be used, and the form says why."""
    pasted, address = (form.jwks.data or "").strip(), (form.jwks_url.data or "").strip()
    if bool(pasted) == bool(address):
        form.jwks.errors = [str(problem_text("one-source-of-keys"))]
        return None
    field, text = form.jwks, pasted
    if address:
        field, answer = form.jwks_url, outside().get(address)
        if isinstance(answer, Refused):
            field.errors = [str(problem_text(answer.fault.value))]
            return None
        text = answer.decode("utf-8", "replace")
    found = jwks_faults(text)
    field.errors = [f"{problem_text(f.fault.value)}{f' ({f.kid})' if f.kid else ''}" for f in found]
    return None if found else text


def _page(form: KeysForm) -> str:
    with records().reader() as reader:
        ois = own_ois(reader)
        changes = _changes(reader, ois)
    shown = {"keys": keys_of(ois), "changes": changes, "has_sandbox": sandbox.is_there}
    return render_template("ois_portal/keys.html", ois=ois, form=form, **shown)


def _changes(reader: LedgerReader, ois: OisRecord) -> list[KeyChange]:
    kinds = (EventKind.OIS_APPLIED, EventKind.OIS_KEY_CHANGED)
    events = list(reader.events(subject=ois.client_id, kinds=kinds))
    return [_change(event) for event in reversed(events[-SHOWN_CHANGES:])]


def _change(event: Event) -> KeyChange:
    kids = event.content.kids if isinstance(event.content, OisKeyChanged) else None
    return KeyChange(event.at, event.actor, isinstance(event.content, OisApplied), kids or ())


def _shown(key: dict[str, str | list[str]]) -> ShownKey:
    kind = " ".join(str(part) for part in (key["kty"], key.get("crv"), key.get("alg")) if part)
    return ShownKey(str(key["kid"]), kind, JWKRegistry.import_key(key).thumbprint())
