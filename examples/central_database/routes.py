"""The routes of the exchange protocol that this database serves, and the right that each needs.

A copy of what `realm-config/protocol.yaml` says, as the real database has one of its own; a test holds both together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_ONE: Final = "/v1/institutions/{institution}"


@dataclass(frozen=True, slots=True)
class Route:
    """A method, a path template with one word in braces per segment, and a right."""

    method: str
    path: str
    right: str


def _collection(path: str, name: str, methods: str = "GET POST") -> tuple[Route, ...]:
    return tuple(Route(m, f"{_ONE}{path}", f"{name}.{'read' if m == 'GET' else 'write'}") for m in methods.split())


ROUTES: Final = (
    Route("GET", "/v1/institutions", "institution.read"),
    *_collection("", "institution", "GET PATCH"),
    *_collection("/students", "students"),
    *_collection("/students/{student}", "students", "GET PATCH"),
    *_collection("/students/{student}/transfers", "students", "POST"),
    *_collection("/students/{student}/grades", "grades", "GET"),
    *_collection("/classes", "classes"),
    *_collection("/classes/{class}", "classes", "GET PATCH"),
    *_collection("/classes/{class}/students/{student}", "classes", "PUT DELETE"),
    *_collection("/classes/{class}/grades", "grades"),
    *_collection("/classes/{class}/attendance", "attendance", "GET"),
    *_collection("/classes/{class}/attendance/{date}", "attendance", "PUT"),
    *_collection("/staff", "staff"),
    *_collection("/staff/{employee}", "staff", "GET PATCH"),
    *_collection("/schedule", "schedule", "GET"),
    *_collection("/schedule/{week}", "schedule", "PUT"),
    *_collection("/queue", "queue"),
    *_collection("/queue/{application}", "queue", "PATCH"),
    *_collection("/documents", "documents"),
    *_collection("/reports", "reports"),
    *_collection("/reports/{report}", "reports", "GET"),
)
