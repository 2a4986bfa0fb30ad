"""`/ois` for people and `/ois.json` for programs: one content, with ETag, the same for everybody."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from flask import Blueprint, Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue

from sidecar.services import services

from .source import ConnectedOis

blueprint = Blueprint("directory", __name__)

MAX_AGE_S: Final = 60


@blueprint.get("/ois")
def page() -> ResponseReturnValue:
    """The list as a page; 503 when the ledger cannot be read. Source: order cl. 5."""
    response = make_response(render_template("directory/list.html", connected=services().directory.connected()))
    # The header names who is signed in, so only the visitor's own browser may keep the page.
    response.cache_control.private = True
    response.cache_control.no_cache = True
    response.vary.update(("Accept-Language", "Cookie"))
    return _conditional(response)


@blueprint.get("/ois.json")
def document() -> ResponseReturnValue:
    """The list as JSON, readable from other sites; 503 when the ledger cannot be read. Source: order cl. 5."""
    listed = [_as_json(ois) for ois in services().directory.connected()]
    response = jsonify(connected=listed, count=len(listed))
    response.cache_control.public = True
    response.cache_control.max_age = MAX_AGE_S
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return _conditional(response)


def _as_json(ois: ConnectedOis) -> dict[str, Any]:
    return asdict(ois) | {"rights": sorted(ois.rights), "connected_at": ois.connected_at.isoformat()}


def _conditional(response: Response) -> Response:
    response.add_etag()
    response.make_conditional(request)
    return response
