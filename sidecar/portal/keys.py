"""`/account/keys/…`: the institution shows, rotates and ends its own API keys (order cl. 4, 8).

Behind a guard that wants password and second factor of the last minutes. Every page says first what will happen and
what stops; the secret is in one answer only, never in a session, an address or a log.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import NotFound
from wtforms import RadioField, SelectChoice

from provisioning.ledger import LedgerReader
from provisioning.lifecycle.keys.revelation import reveal_key
from provisioning.lifecycle.keys.rotation import live_keys
from provisioning.lifecycle.keys.rotation import retire as retire_key
from provisioning.lifecycle.keys.rotation import rotate as rotate_key
from provisioning.lifecycle.realm_keys import issuer_of
from provisioning.model.identifiers import Username
from provisioning.model.records import ApiKeyRecord
from sidecar.auth.acting import acting
from sidecar.auth.guards import identity
from sidecar.doors.policy import api_key_policy
from sidecar.doors.records import records
from sidecar.doors.services import settings
from sidecar.frame.forms import ButtonForm, Form

blueprint = Blueprint("keys", __name__, url_prefix="/account/keys")

OVERLAPS: Final = (
    SelectChoice("24", lazy_gettext("24 hours: enough when one person changes the key everywhere")),
    SelectChoice("168", lazy_gettext("7 days: when the OIS needs time")),
    SelectChoice("720", lazy_gettext("30 days: the longest there is")),
    SelectChoice("0", lazy_gettext("None: the present key ends at once")),
)
"""How long both keys work, in hours; `api_key.max_overlap_hours` in realm.yaml may take the longest away."""


class Rotation(Form):
    """How long the present key goes on working."""

    overlap = RadioField(lazy_gettext("How long should the present key go on working?"), choices=OVERLAPS, default="24")


@blueprint.route("/<client_id>/reveal", methods=["GET", "POST"])
def reveal(client_id: str) -> ResponseReturnValue:
    """Show a key's secret, once. A key that was shown before is not shown again: 409 (order cl. 4)."""
    key, form = _own(client_id), ButtonForm()
    if not form.validate_on_submit():
        return render_template("portal/keys/reveal.html", key=key, form=form)
    with acting() as actor:
        revealed = reveal_key(actor, key.client_id)
    endpoint = f"{issuer_of(settings())}/protocol/openid-connect/token"
    return render_template("portal/keys/secret.html", revealed=revealed, endpoint=endpoint)


@blueprint.route("/rotate", methods=["GET", "POST"])
def rotate() -> ResponseReturnValue:
    """Make the next key; the present one ends after the overlap. 409 while an earlier rotation is under way."""
    form, policy = Rotation(), api_key_policy()
    form.overlap.choices = [option for option in OVERLAPS if timedelta(hours=int(option.value)) <= policy.max_overlap]
    with records().reader() as reader:
        live = live_keys(reader, identity().username)
    if not form.validate_on_submit():
        return render_template("portal/keys/rotate.html", live=live, form=form)
    with acting() as actor:
        rotated = rotate_key(actor, identity().username, timedelta(hours=int(form.overlap.data)), policy)
    flash(gettext("The new API key is ready. Show its secret and put it into use."))
    return redirect(url_for("keys.reveal", client_id=rotated.new), 303)


@blueprint.route("/<client_id>/retire", methods=["GET", "POST"])
def retire(client_id: str) -> ResponseReturnValue:
    """End the older key of a rotation before its time; the only live key cannot end this way: 409."""
    key, form = _own(client_id), ButtonForm()
    if not form.validate_on_submit():
        return render_template("portal/keys/retire.html", key=key, form=form)
    with acting() as actor:
        retire_key(actor, key.client_id)
    flash(gettext("API key No. %(number)s has ended.", number=key.number))
    return redirect(url_for("portal.account"), 303)


def _own(client_id: str) -> ApiKeyRecord:
    """The visitor's own key; somebody else's does not exist for them."""
    with records().reader() as reader:
        return own_key(reader, identity().username, client_id)


def own_key(reader: LedgerReader, username: Username, client_id: str) -> ApiKeyRecord:
    """Return a key of this account. Raises NotFound for any other."""
    key = reader.api_key(client_id)
    if key is None or key.username != username:
        raise NotFound
    return key
