"""`/api/v1/ois/…` for a connected OIS, known by the token of its own client: its state, its mandates.

Polling: a client that asks with the number it got last misses no change. One OIS never sees another's mandates, for the
token alone says which ones are meant. Source: order cl. 5, 6, 8.
"""

from __future__ import annotations

from typing import Final, cast

from flask import Blueprint, Response, g, jsonify, request
from flask.typing import ResponseReturnValue

from provisioning.lifecycle.lookups import find_ois
from provisioning.lifecycle.ois.accession import asked_text
from provisioning.lifecycle.realm_keys import issuer_of
from provisioning.model.events import JsonValue
from provisioning.model.ois import MandateRecord, Slug
from sidecar.applications.ois_tokens import CONNECTED, refuse_unless, require_ois
from sidecar.auth.guards import Guard
from sidecar.doors.onboarding import onboarding
from sidecar.doors.realm_keys import realm_keys
from sidecar.doors.records import records
from sidecar.doors.services import current_day, current_time, settings
from sidecar.frame.mistakes import number

blueprint = Blueprint("connected_api", __name__, url_prefix="/api/v1/ois")

PAGE: Final = 1_000
_LARGEST_SEQ: Final = 2**53


@blueprint.get("/self")
def myself() -> ResponseReturnValue:
    """Return what the ledger says of the OIS that asks, and whether it must accede to a new text of the agreement."""
    today = current_day()
    with records().reader() as reader:
        ois = find_ois(reader, asking_ois())
    text = asked_text(onboarding().current().agreements, ois, today)
    return jsonify(
        slug=ois.slug,
        state=ois.state.value,
        open=ois.is_open(today),
        rights=list(ois.rights),
        conclusion_number=ois.conclusion_number,
        conclusion_until=None if ois.conclusion_until is None else ois.conclusion_until.isoformat(),
        agreement_version=ois.agreement_version,
        accede_by=None if text is None or text.accede_by is None else text.accede_by.isoformat(),
    )


@blueprint.get("/mandates")
def mandates() -> Response:
    """Return the OIS's mandates that changed after event number `after`, oldest change first, at most 1,000.

    The answer carries an ETag: as long as nothing changed, If-None-Match gets 304 and no body.
    """
    after = number("after", 0, _LARGEST_SEQ)
    today = current_day()
    with records().reader() as reader:
        found = reader.mandates(ois=asking_ois(), after_seq=after)
    shown = _whole_changes(found)
    following = shown[-1].changed_seq if shown else after
    listed = [_as_json(mandate, mandate.stands(today)) for mandate in shown]
    response = jsonify(mandates=listed, next=following, more=len(shown) < len(found))
    response.add_etag()
    response.make_conditional(request)
    return response


def _whole_changes(found: tuple[MandateRecord, ...]) -> tuple[MandateRecord, ...]:
    """A page that ends with an event, not in the middle of one that changed many: its number is where to go on."""
    if len(found) <= PAGE:
        return found
    last = found[PAGE].changed_seq
    # The first one beyond the page may share its event with the last ones on it: they all wait for the next page. When
    # one event fills more than a page there is no such cut, and the whole event is sent.
    page = tuple(mandate for mandate in found[:PAGE] if mandate.changed_seq < last)
    return page or tuple(mandate for mandate in found if mandate.changed_seq == last)


def _as_json(mandate: MandateRecord, stands: bool) -> dict[str, JsonValue]:
    return {
        "id": mandate.id,
        "account": mandate.username,
        "authority": mandate.authority,
        "rights": list(mandate.rights),
        "contract_number": mandate.contract_number,
        "contract_date": mandate.contract_date.isoformat(),
        "until": None if mandate.until is None else mandate.until.isoformat(),
        "state": mandate.state.value,
        "stands": stands,
        "changed": mandate.changed_seq,
    }


def asking_ois() -> Slug:
    """Return the OIS whose token came with the request, behind the guard `OIS`."""
    return cast(Slug, g.ois)


def _require() -> ResponseReturnValue | None:
    """Nobody but a connected OIS with a token of its own client. Raises 401, 403; 503 without keys or ledger."""
    asking = require_ois(realm_keys(), issuer_of(settings()), current_time())
    refuse_unless(asking, CONNECTED)
    g.ois = asking.slug
    return None


OIS: Final = Guard("ois", None, asks=_require)
