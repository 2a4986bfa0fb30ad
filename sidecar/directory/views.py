"""The list of connected OIS at stable addresses: for people, for programs, signed; one content, with ETag.

Source: order cl. 5.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from provisioning.lifecycle.lookups import find_ois
from provisioning.model.ois import OisRecord, ois_client_id
from sidecar.directory import documents, wording
from sidecar.directory.conclusions import JWS_TYPE, KINDS, ConclusionNote, conclusions
from sidecar.directory.listing import ListedOis
from sidecar.directory.source import directory
from sidecar.doors.onboarding import onboarding
from sidecar.doors.records import records
from sidecar.doors.services import current_time, settings
from sidecar.doors.signing import signer
from sidecar.frame.headers import allow_frames

blueprint = Blueprint("directory", __name__)

MAX_AGE_S: Final = 60


@blueprint.get("/ois")
def page() -> ResponseReturnValue:
    """Show the list, searched by `q` and `purpose`; 503 when the ledger cannot be read."""
    public = directory().current()
    words, purpose = request.args.get("q", "").strip(), request.args.get("purpose", "")
    found = public.matching(words, purpose)
    return _personal(render_template("directory/list.html", public=public, found=found, words=words, purpose=purpose))


@blueprint.get("/ois/embed")
def embed() -> ResponseReturnValue:
    """Show the list without header and footer, for frames on the sites of AIKOM_EMBED_ORIGINS."""
    allow_frames((settings().get("AIKOM_EMBED_ORIGINS") or "").split())
    public = directory().current()
    return _shared(make_response(render_template("directory/embed.html", public=public)))


@blueprint.get("/ois/<slug>")
def one(slug: str) -> ResponseReturnValue:
    """Show one OIS at its permanent address, suspended and terminated ones included."""
    ois = _listed(slug)
    _, notes = _conclusions(slug)
    policies = onboarding().current()
    described = {right.name: right.description for right in policies.rights.rights}
    return _personal(render_template("directory/one.html", ois=ois, notes=notes, described=described))


@blueprint.get("/ois/<slug>/conclusion.jws")
def signed_conclusion(slug: str) -> ResponseReturnValue:
    """Send the newest conclusion on a listed OIS, signed."""
    _listed(slug)
    record, notes = _conclusions(slug)
    if not notes:
        raise NotFound
    payload = notes[0].as_payload(record, settings().sidecar_url)
    return _signed(signer().sign(payload, JWS_TYPE))


@blueprint.get("/ois.json")
def document() -> ResponseReturnValue:
    """Send the list as JSON, readable from other sites."""
    return _shared(jsonify(documents.as_json(directory().current())))


@blueprint.get("/ois.csv")
def table() -> ResponseReturnValue:
    """Send the list as CSV, with a mark that makes spreadsheets read it as UTF-8."""
    body = "\ufeff" + documents.as_csv(directory().current())
    response = _shared(Response(body, mimetype="text/csv"))
    response.headers["Content-Disposition"] = "attachment; filename=ois.csv"
    return response


@blueprint.get("/ois.atom")
def feed() -> ResponseReturnValue:
    """Send the newest changes as an Atom feed."""
    title = gettext("Connected OIS")
    words = {kind.value: str(text) for kind, text in wording.CHANGES.items()}
    address = settings().sidecar_url
    body = documents.as_atom(directory().current(), address, title, words)
    response = _shared(Response(body, content_type="application/atom+xml; charset=utf-8"))
    response.vary.update(("Accept-Language", "Cookie"))
    return response


@blueprint.get("/ois.jws")
def signed_list() -> ResponseReturnValue:
    """Send the list as a compact JWS whose keys are at `/.well-known/aikom-jwks.json`."""
    payload = documents.signed_payload(directory().current(), settings().sidecar_url, current_time())
    return _signed(signer().sign(payload, documents.JWS_TYPE))


@blueprint.get("/.well-known/aikom-jwks.json")
def keys() -> ResponseReturnValue:
    """Send the public keys that lists and conclusions are signed with."""
    return _shared(jsonify(signer().jwks()))


def _listed(slug: str) -> ListedOis:
    found = directory().current().find(slug)
    if found is None:
        raise NotFound
    return found


def _conclusions(slug: str) -> tuple[OisRecord, tuple[ConclusionNote, ...]]:
    with records().reader() as reader:
        record = find_ois(reader, slug)
        return record, conclusions(reader.events(subject=ois_client_id(record.slug), kinds=KINDS))


def _personal(body: str) -> Response:
    """A page whose header names who is signed in: only the visitor's own browser may keep it."""
    response = make_response(body)
    response.cache_control.private = True
    response.cache_control.no_cache = True
    response.vary.update(("Accept-Language", "Cookie"))
    return _conditional(response)


def _signed(token: str) -> Response:
    return _shared(Response(token, content_type="application/jose"))


def _shared(response: Response) -> Response:
    """The same for everybody, and for other sites to read."""
    response.cache_control.public = True
    response.cache_control.max_age = MAX_AGE_S
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return _conditional(response)


def _conditional(response: Response) -> Response:
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"listing": wording}
