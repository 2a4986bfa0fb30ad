"""The list in the forms that programs read: JSON, CSV, Atom, and the payload that is signed. PURE."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from xml.etree import ElementTree

from provisioning.model.events import JsonValue, format_time
from provisioning.model.spreadsheet import safe_cell
from sidecar.directory.listing import PublicList

VERSION: Final = 1
JWS_TYPE: Final = "aikom-ois-list+jws"
DATED_EVERY: Final = timedelta(hours=1)
"""The signed list bears the beginning of the hour, so that within it every node gives the same bytes."""

VALID_FOR: Final = timedelta(hours=25)
FEED_ENTRIES: Final = 100
_ATOM: Final = "http://www.w3.org/2005/Atom"

COLUMNS: Final = (
    *("slug", "name", "operator", "edrpou", "site", "standing", "purposes", "rights", "connected_at"),
    *("suspended_at", "conclusion_number", "conclusion_until", "agreement_version", "institutions"),
)


def as_json(public: PublicList) -> dict[str, JsonValue]:
    """Return the list as a JSON object."""
    return {
        "version": VERSION,
        "updated": format_time(public.at),
        "count": len(public.listed),
        "ois": [ois.as_json() for ois in public.listed],
    }


def signed_payload(public: PublicList, issuer: str, now: datetime) -> dict[str, JsonValue]:
    """Return the list with its issuer, its hour and its last moment of validity, to be signed. Times as in RFC 7519."""
    issued = int(now.timestamp()) // int(DATED_EVERY.total_seconds()) * int(DATED_EVERY.total_seconds())
    until = issued + int(VALID_FOR.total_seconds())
    return {"iss": issuer, "iat": issued, "exp": until, **as_json(public)}


def as_csv(public: PublicList) -> str:
    """Return the list as CSV; no cell begins like a formula. Several values in one cell are separated by `; `."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS)
    writer.writeheader()
    for ois in public.listed:
        writer.writerow({name: safe_cell(_cell(value)) for name, value in ois.as_json().items()})
    return buffer.getvalue()


def as_atom(public: PublicList, address: str, title: str, words: Mapping[str, str]) -> bytes:
    """Return the newest changes as a feed (RFC 4287); `words` name the kinds of change."""
    ElementTree.register_namespace("", _ATOM)
    feed = ElementTree.Element(f"{{{_ATOM}}}feed")
    _text(feed, "id", f"{address}/ois")
    _text(feed, "title", title)
    shown = public.changes[:FEED_ENTRIES]
    _text(feed, "updated", _time(shown[0].at if shown else datetime.fromtimestamp(0, UTC)))
    _link(feed, "self", f"{address}/ois.atom")
    author = ElementTree.SubElement(feed, f"{{{_ATOM}}}author")
    _text(author, "name", title)
    for change in shown:
        entry = ElementTree.SubElement(feed, f"{{{_ATOM}}}entry")
        _text(entry, "id", f"{address}/ois/{change.slug}#event-{change.seq}")
        _text(entry, "title", f"{change.name}: {words[change.kind.value]}")
        _text(entry, "updated", _time(change.at))
        _link(entry, "alternate", f"{address}/ois/{change.slug}")
    return bytes(ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True))


def _cell(value: JsonValue) -> str:
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)


def _text(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}").text = "".join(c for c in text if c.isprintable())


def _link(parent: ElementTree.Element, relation: str, address: str) -> None:
    ElementTree.SubElement(parent, f"{{{_ATOM}}}link", {"rel": relation, "href": address})


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
