"""Routes of the central database that an apply would bring into force, against those that the ledger has. Pure.

Keycloak knows nothing of routes: the gate reads them from the configuration, and the ledger says which were in force
when. Source: order cl. 3, 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from provisioning.model.configuration import ExchangeProtocol
from provisioning.planning.changes import Attention


@dataclass(frozen=True, slots=True)
class RouteChange:
    """Change of one route. `before` and `after` are the right that it needs, None where there is no such route."""

    method: str
    path: str
    before: str | None
    after: str | None

    @property
    def verb(self) -> str:
        """`add`, `change` or `remove`."""
        if self.before is None:
            return "add"
        return "remove" if self.after is None else "change"


@dataclass(frozen=True, slots=True)
class ProtocolDiff:
    """Difference between the protocol version in force and the wanted one. `before` is None when none was ever
    recorded.
    """

    before: str | None
    wanted: ExchangeProtocol
    changes: tuple[RouteChange, ...]

    @property
    def is_empty(self) -> bool:
        return not self.changes and self.before == self.wanted.version

    @property
    def attention(self) -> Attention | None:
        """Warning about other routes under the same version: two gates could not say which of them they go by."""
        if not self.changes or self.before != self.wanted.version:
            return None
        return Attention(
            "same-version",
            "protocol",
            f"routes change and the exchange protocol's version stays {self.before}",
            "raise `version` in protocol.yaml, so that OIS and support can tell the two apart",
        )

    def as_json(self) -> dict[str, Any]:
        """Return the difference as plain values for `--json`."""
        changes = [
            {"action": each.verb, "method": each.method, "path": each.path, "before": each.before, "after": each.after}
            for each in self.changes
        ]
        return {"before": self.before, "after": self.wanted.version, "changes": changes}


def diff_protocol(recorded: ExchangeProtocol | None, wanted: ExchangeProtocol) -> ProtocolDiff:
    """Compare routes by path and method. Their order in the file means nothing."""
    old, new = _rights(recorded), _rights(wanted)
    changes = (
        RouteChange(method, path, old.get((path, method)), new.get((path, method)))
        for path, method in sorted(old.keys() | new.keys())
    )
    differing = tuple(change for change in changes if change.before != change.after)
    return ProtocolDiff(None if recorded is None else recorded.version, wanted, differing)


def _rights(protocol: ExchangeProtocol | None) -> dict[tuple[str, str], str]:
    return {} if protocol is None else {(route.path, route.method): route.right for route in protocol.routes}


UNCHANGED: Final = ProtocolDiff("", ExchangeProtocol("", ()), ())
"""For plans in which routes play no part."""
