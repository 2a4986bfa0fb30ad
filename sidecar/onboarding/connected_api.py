"""`/api/v1/ois/…` for a connected OIS, known by the token of its own client: its state, its mandates, its self-test.

Polling: whoever asks with the number it got last misses no change. One OIS never sees another's mandates, since the
token alone says which ones are meant. Source: order cl. 5, 6, 8.
"""

from __future__ import annotations

from typing import Any, Final, cast

from flask import Blueprint, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, NotFound, ServiceUnavailable, Unauthorized

from provisioning.gate.reasons import Reason
from provisioning.gate.tokens import LONGEST_TOKEN, read_header, verify
from provisioning.ledger import LedgerReader
from provisioning.lifecycle.ois.accession import asked_text
from provisioning.model.annexes import Check
from provisioning.model.events import JsonValue, format_time
from provisioning.model.ois import MandateRecord, OisRecord, Slug
from sidecar.auth.guards import Guard
from sidecar.limits import limiter
from sidecar.services import services

from .checking import CheckResult
from .ois_tokens import bearer_of, key_id, ois_of
from .recording import record_results

blueprint = Blueprint("connected_api", __name__, url_prefix="/api/v1/ois")

PAGE: Final = 1_000
_LARGEST_SEQ: Final = 2**53


@blueprint.get("/self")
def myself() -> ResponseReturnValue:
    """What the ledger says of the OIS that asks, and whether it must accede to a new text of the agreement."""
    today = services().clock().date()
    with services().records.reader() as reader:
        ois = _record(reader)
    text = asked_text(services().policies.current().agreements, ois, today)
    return jsonify(
        slug=ois.slug,
        state=ois.state.value,
        open=ois.is_open(today),
        rights=list(ois.rights),
        suspension_reason=ois.suspension_reason,
        conclusion_number=ois.conclusion_number,
        conclusion_until=None if ois.conclusion_until is None else ois.conclusion_until.isoformat(),
        agreement_version=ois.agreement_version,
        accede_by=None if text is None or text.accede_by is None else text.accede_by.isoformat(),
    )


@blueprint.get("/mandates")
def mandates() -> Response:
    """The OIS's mandates that changed after event number `after`, oldest change first, at most 1,000.

    The answer carries an ETag: as long as nothing changed, If-None-Match gets 304 and no body.
    """
    after = request.args.get("after", "0")
    if not (after.isascii() and after.isdigit()) or int(after) > _LARGEST_SEQ:
        raise BadRequest
    today = services().clock().date()
    with services().records.reader() as reader:
        found = reader.mandates(ois=asking_ois(), after_seq=int(after))
    shown = _whole_changes(found)
    following = shown[-1].changed_seq if shown else int(after)
    listed = [_as_json(mandate, mandate.stands(today)) for mandate in shown]
    response = jsonify(mandates=listed, next=following, more=len(shown) < len(found))
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.post("/self-test")
@limiter.limit("20 per hour")
def self_test() -> ResponseReturnValue:
    """Record what the OIS's own token shows, and an exchanged one if it sends it: evidence for the next conclusion.

    With a key set on record its client takes nothing but signed assertions, so its token was got by one.
    """
    body: Any = request.get_json(silent=True)
    if not isinstance(body, dict) or not body.keys() <= {"exchanged_token"}:
        raise BadRequest
    with services().records.reader() as reader:
        ois = _record(reader)
    results = [CheckResult(Check.PRIVATE_KEY_JWT, ois.jwks is not None, (), {"client": ois.client_id})]
    if "exchanged_token" in body:
        results.append(_exchanged(body["exchanged_token"], ois))
    with services().office.operator(ois.client_id) as operator:
        record_results(operator, ois.slug, results, services().policies.current().requirements)
    told = [{"check": result.check.value, "passed": result.passed, "found": result.found} for result in results]
    return jsonify(ois=ois.slug, at=format_time(services().clock()), results=told)


def _exchanged(token: object, ois: OisRecord) -> CheckResult:
    """Whether a token is one that this OIS exchanged for an institution."""
    if not isinstance(token, str) or len(token) > LONGEST_TOKEN:
        raise BadRequest
    header = read_header(token)
    key = header if isinstance(header, Reason) else services().realm_keys.find(header.kid)
    if isinstance(header, Reason) or isinstance(key, Reason):
        return CheckResult(Check.EXCHANGE, False, (), {"reason": str(key.value if isinstance(key, Reason) else "")})
    claims = verify(token, header, key, services().sso.issuer, services().clock().timestamp())
    if isinstance(claims, Reason):
        return CheckResult(Check.EXCHANGE, False, (), {"reason": claims.value})
    mine = claims.ois == ois.slug
    found: dict[str, JsonValue] = {"institution": claims.institution, "rights": sorted(claims.rights)} if mine else {}
    return CheckResult(Check.EXCHANGE, mine, (), found)


def _whole_changes(found: tuple[MandateRecord, ...]) -> tuple[MandateRecord, ...]:
    """A page that ends with an event, not in the middle of one that changed many: its number is where to go on."""
    if len(found) <= PAGE:
        return found
    last = found[PAGE].changed_seq
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


def _record(reader: LedgerReader) -> OisRecord:
    found = reader.ois(asking_ois())
    if found is None:
        raise NotFound
    return found


def asking_ois() -> Slug:
    """The OIS whose token came with the request, behind the guard `OIS`."""
    return cast(Slug, g.ois)


def _require() -> ResponseReturnValue | None:
    """Nobody but an OIS with a token of its own client. Raises 401, or 503 when the realm's keys cannot be had."""
    token = bearer_of(request.headers.get("Authorization"))
    kid = None if token is None else key_id(token)
    if token is None or kid is None:
        raise Unauthorized
    key = services().realm_keys.find(kid)
    if key is Reason.SIGNING_KEYS_UNAVAILABLE:
        raise ServiceUnavailable
    slug = None if isinstance(key, Reason) else ois_of(token, key, services().sso.issuer, services().clock())
    if slug is None:
        raise Unauthorized
    g.ois = slug
    return None


OIS: Final = Guard("ois", None, asks=_require)
