"""How large a request may be: address, headers, body and numbers, refused by their size before anything reads them.

A body without a stated length is cut off by Flask at the same limit (`MAX_CONTENT_LENGTH`) when it is read. What is
refused is answered like every failure, as a page or a problem document. Source: RFC 9110 15.5.14, 15.5.15; RFC 6585 5.
"""

from __future__ import annotations

from typing import Final

from flask import Flask, request
from werkzeug.exceptions import RequestEntityTooLarge, RequestHeaderFieldsTooLarge, RequestURITooLarge
from werkzeug.routing import IntegerConverter

MAX_ADDRESS_BYTES: Final = 8 * 1024
"""Path and query string. Our longest own address has some hundred."""

MAX_HEADER_BYTES: Final = 32 * 1024
"""All names and values together: three cookies of 4 KB and a token of 8 KB leave room."""


class NumberInAddress(IntegerConverter):
    """A number that every database can hold. A longer one is no address here: 404."""

    regex = r"\d{1,18}"


def init_bounds(app: Flask) -> None:
    """Refuse requests that are too large. Register after what widens a route's limit, before what reads a form, and
    before routes.
    """
    app.url_map.converters["int"] = NumberInAddress
    app.before_request(_refuse_large)


def _refuse_large() -> None:
    """Raise 414, 431 or 413."""
    if len(request.path.encode()) + len(request.query_string) > MAX_ADDRESS_BYTES:
        raise RequestURITooLarge
    if sum(len(name) + len(value) for name, value in request.headers.items()) > MAX_HEADER_BYTES:
        raise RequestHeaderFieldsTooLarge
    limit = request.max_content_length
    if limit is not None and (request.content_length or 0) > limit:
        raise RequestEntityTooLarge
