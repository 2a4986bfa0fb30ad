"""Routes of the central database, compiled: which rule a method and a path fall under. No rule, no access.

A route is found by its method, its number of segments and the words in it; there is no pattern matching. Where two
routes fit, the one with a word furthest to the left wins; the registry refuses configurations where that would matter
for what is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from provisioning.gate.paths import Segments
from provisioning.model.configuration import ExchangeProtocol, Route

INSTITUTION: Final = "{institution}"


@dataclass(frozen=True, slots=True)
class Rule:
    """A route as the gate decides by it. `at` is the segment that holds the institution's id; None when the path names
    none: then the request reaches the account's own sphere, and the central database filters by it.
    """

    method: str
    template: str
    right: str
    at: int | None


@dataclass(frozen=True, slots=True)
class _Shape:
    """Routes whose words stand at the same places."""

    places: tuple[int, ...]
    rules: Mapping[tuple[str, ...], Rule]


class Rules:
    """All routes of one version of the protocol."""

    def __init__(self, protocol: ExchangeProtocol) -> None:
        self.version: Final = protocol.version
        self.checksum: Final = protocol.checksum
        self._shapes: Final = _compiled(protocol.routes)

    def find(self, method: str, segments: Segments) -> Rule | None:
        """Find the rule for a request. Methods and words are compared exactly: `get` is not `GET`.

        HEAD falls under the rule of GET unless a route of its own fits. Source: RFC 9110 9.3.2.
        """
        for shape in self._shapes.get((method, len(segments)), ()):
            rule = shape.rules.get(tuple([segments[place] for place in shape.places]))
            if rule is not None:
                return rule
        return self.find("GET", segments) if method == "HEAD" else None


def _compiled(routes: tuple[Route, ...]) -> Mapping[tuple[str, int], tuple[_Shape, ...]]:
    found: dict[tuple[str, int], dict[tuple[int, ...], dict[tuple[str, ...], Rule]]] = {}
    for route in routes:
        segments = route.path[1:].split("/")
        places = tuple(place for place, segment in enumerate(segments) if not segment.startswith("{"))
        at = segments.index(INSTITUTION) if INSTITUTION in segments else None
        rule = Rule(route.method, route.path, route.right, at)
        shapes = found.setdefault((route.method, len(segments)), {})
        shapes.setdefault(places, {})[tuple(segments[place] for place in places)] = rule
    return {
        key: tuple(_Shape(places, rules) for places, rules in sorted(shapes.items(), key=lambda item: _order(item[0])))
        for key, shapes in found.items()
    }


def _order(places: tuple[int, ...]) -> tuple[float, ...]:
    """Words further to the left come first; of equals the longer."""
    return (*places, float("inf"))
