"""`POST /api/v1/keys/cut-off`: the institution asks that its API keys be cut off (order cl. 8).

Authorised by the institution's own session with a fresh second factor, not by an API key's token: the OIS holds that
key, and a request is the institution's. A finder of a key who wants it dead posts it to `/leaks`.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import UnprocessableEntity, UnsupportedMediaType

from provisioning.lifecycle.keys.cut_off import CutOffRequest
from provisioning.lifecycle.keys.cut_off_decisions import request_cut_off
from provisioning.lifecycle.keys.cut_off_requests import RequestedCutOff
from provisioning.model.cut_off import CutOffReason
from provisioning.model.events import JsonValue
from sidecar.auth.acting import acting
from sidecar.auth.guards import identity
from sidecar.doors.policy import cut_off_approval
from sidecar.frame.limits import limiter
from sidecar.frame.mistakes import Mistake, MistakenRequest, json_body

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

NOTE_CHARACTERS: Final = 500
_FIELDS: Final = frozenset({"note", "ois", "reason"})


@blueprint.post("/keys/cut-off")
@limiter.limit("10/minute")
def cut_off() -> ResponseReturnValue:
    """End all live keys of the account, or ask for it. Needs the form token in `X-CSRFToken`.

    JSON with `note`, `ois` (client id of the OIS that loses its access) and `reason`, all optional; an institution has
    one reason of the list, `request`, and any other is answered by 422. 200 with the keys when done, 202 with the
    number of the request when it waits for the Administrator, 409 when the account has no live key.
    """
    who, asked = identity(), _read()
    with acting() as actor:
        done = request_cut_off(actor, who.username, asked, cut_off_approval())
    if isinstance(done, RequestedCutOff):
        return jsonify(state="waiting", request=done.number), 202
    return jsonify(state="cut-off", ended=list(done.ended), new=done.new)


def _read() -> CutOffRequest:
    if not request.is_json:
        raise UnsupportedMediaType
    body = json_body()
    if unknown := sorted(body.keys() - _FIELDS):
        raise MistakenRequest(*(Mistake(f"/{name}", "unknown-field", tuple(sorted(_FIELDS))) for name in unknown))
    note, ois = (_line(body, name) for name in ("note", "ois"))
    if body.get("reason", CutOffReason.REQUEST.value) != CutOffReason.REQUEST.value:
        raise UnprocessableEntity
    return CutOffRequest(CutOffReason.REQUEST, identity().actor, ois or None, note or None)


def _line(body: dict[str, JsonValue], name: str) -> str | None:
    """A field of one printable line, or none."""
    value = body.get(name)
    if value is None or (isinstance(value, str) and len(value) <= NOTE_CHARACTERS and value.isprintable()):
        return value
    raise MistakenRequest(Mistake(f"/{name}", "not-a-line", (f"at most {NOTE_CHARACTERS} printable characters",)))
