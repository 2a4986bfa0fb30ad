"""Records which routes of the central database are in force from when on, and finds them again (order cl. 3, 4)."""

from __future__ import annotations

from typing import Final

from provisioning.ledger import LedgerReader
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.configuration import ExchangeProtocol, Route
from provisioning.model.events import NewEvent
from provisioning.model.events.realm import ProtocolChanged
from provisioning.planning.protocol import ProtocolDiff

SUBJECT: Final = "protocol"


def recorded_protocol(reader: LedgerReader) -> ExchangeProtocol | None:
    """Return the routes last recorded; None before the first apply."""
    last = reader.last_told(SUBJECT, ProtocolChanged)
    if last is None:
        return None
    return ExchangeProtocol(last[1].version, tuple(Route(*route) for route in last[1].routes))


def record_protocol(workshop: Workshop, diff: ProtocolDiff) -> int:
    """Write the routes down as in force from now on; how many. Repeating it with a new plan changes nothing."""
    if diff.is_empty:
        return 0
    wanted = diff.wanted
    routes = tuple((route.method, route.path, route.right) for route in wanted.routes)
    changed = ProtocolChanged(version=wanted.version, checksum=wanted.checksum, routes=routes)
    with workshop.actor.transaction() as transaction:
        transaction.append([NewEvent(changed, SUBJECT, workshop.actor.name)])
    return len(wanted.routes)
