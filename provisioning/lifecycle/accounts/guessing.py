"""Notices when wrong passwords are tried at many names: read from Keycloak's events, raised as an alarm.

The alarm on record holds neither names nor addresses; the sentence for the status of the watch does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from provisioning.keycloak.events import read_wrong_passwords
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.alarms import last_raised
from provisioning.model.events import NewEvent
from provisioning.model.events.alarms import AlarmRaised

SUBJECT: Final = "logins"
NAMES_TRIED: Final = "names-tried"

WINDOW: Final = timedelta(minutes=10)
FROM_ONE_ADDRESS: Final = 20
"""Names: more than people behind one address mistype in `WINDOW`."""

FROM_ALL: Final = 300
"""Names: more than the country mistypes in `WINDOW` on a Monday morning."""

QUIET: Final = timedelta(hours=1)
"""An alarm is not raised again within this time, so that an attack of days fills no ledger."""

EVENTS_AT_ONCE: Final = 20_000

_IPV6_PREFIX: Final = 64
"""Who has one address of IPv6 has this network; the login form counts so as well."""


@dataclass(frozen=True, slots=True)
class Guessing:
    """How many names were tried in `WINDOW`, and how many of them from the busiest address."""

    names: int
    address: str
    names_of_address: int

    @property
    def is_alarming(self) -> bool:
        """Whether people mistyping do not explain it."""
        return self.names_of_address >= FROM_ONE_ADDRESS or self.names >= FROM_ALL

    @property
    def sentence(self) -> str:
        """What the watch's status says."""
        return (
            f"wrong passwords were tried at {self.names} names within {int(WINDOW.total_seconds() // 60)} minutes,"
            f" at {self.names_of_address} of them from {self.address}; block the address at the proxy"
        )


def summed_up(tried: Iterable[tuple[str, str]]) -> Guessing:
    """Sum names and addresses up. Pure."""
    names: set[str] = set()
    of_address: dict[str, set[str]] = defaultdict(set)
    for name, address in tried:
        names.add(name.lower())
        of_address[_network(address)].add(name.lower())
    address = max(of_address, key=lambda each: len(of_address[each]), default="")
    return Guessing(len(names), address, len(of_address.get(address, ())))


def _network(address: str) -> str:
    """Return the network of an IPv6 address; any other text as it is."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    is_wide = isinstance(found, IPv6Address) and found.ipv4_mapped is None
    return str(ip_network((found, _IPV6_PREFIX), strict=False)) if is_wide else address


def look_for_guessing(actor: Actor) -> Guessing:
    """Read the wrong passwords of the last minutes, and raise an alarm when they were tried at many names.

    Safe to repeat. Raises KeycloakError or LedgerError.
    """
    found = summed_up(read_wrong_passwords(actor.connection, actor.now() - WINDOW, EVENTS_AT_ONCE))
    if found.is_alarming:
        with actor.transaction() as transaction:
            at = last_raised(transaction, SUBJECT, NAMES_TRIED)
            if at is None or actor.now() - at >= QUIET:
                said = AlarmRaised(what=NAMES_TRIED)
                transaction.append([NewEvent(said, SUBJECT, actor.name, clause="cl. 3")])
    return found
