"""Records which routes of the central database are in force from when on, and finds them again (order cl. 3, 4)."""

from __future__ import annotations

from typing import Any, Final

from provisioning.ledger import LedgerReader
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.configuration import ExchangeProtocol, Route
from provisioning.model.events import Event, EventKind, NewEvent
from provisioning.planning.protocol import ProtocolDiff

SUBJECT: Final = "protocol"


def recorded_protocol(reader: LedgerReader) -> ExchangeProtocol | None:
    """Return the routes last recorded; None before the first apply."""
    last: Event | None = None
    for event in reader.events(subject=SUBJECT, kinds=[EventKind.PROTOCOL_CHANGED]):
        last = event
    if last is None:
        return None
    data: Any = last.data
    routes = tuple(Route(str(method), str(path), str(right)) for method, path, right in data["routes"])
    return ExchangeProtocol(str(data["version"]), routes)


def record_protocol(workshop: Workshop, diff: ProtocolDiff) -> int:
    """Write the routes down as in force from now on; how many. Repeating it with a new plan changes nothing."""
    if diff.is_empty:
        return 0
    wanted = diff.wanted
    data = {
        "version": wanted.version,
        "checksum": wanted.checksum,
        "routes": [[route.method, route.path, route.right] for route in wanted.routes],
    }
    with workshop.actor.transaction() as transaction:
        transaction.append([NewEvent(EventKind.PROTOCOL_CHANGED, SUBJECT, workshop.actor.name, "cl. 4", data)])
    return len(wanted.routes)
