"""Routes of the central database: templates that match exactly what they say, and no two for the same request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from provisioning.model.institution import Source

from ..problems import Problem, error, shown
from .scene import Scene

_LITERAL: Final = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*")
_PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def path_templates(scene: Scene) -> Iterator[Problem]:
    """Each path is a template that the gate can match without guessing."""
    for route in scene.singles.routes:
        fault = template_fault(route.entry.path)
        if fault is not None:
            remedy = "write a path such as /v1/institutions/{institution}/students/{student}"
            yield error("path-shape", route.at("path"), f"path: {fault}", remedy)


def template_fault(path: str) -> str | None:
    """What is wrong with a path template, or None."""
    if not path.startswith("/"):
        return "it does not start with /"
    names: list[str] = []
    for segment in path[1:].split("/"):
        placeholder = _PLACEHOLDER.fullmatch(segment)
        if placeholder:
            names.append(placeholder[1])
        elif segment == "":
            return "it has an empty segment (// or a slash at the end)"
        elif segment in (".", ".."):
            return f"the segment {segment} leads elsewhere"
        elif not _LITERAL.fullmatch(segment):
            return f"the segment “{shown(segment)}” is neither a plain word nor a name in braces"
    twice = next((name for name in names if names.count(name) > 1), None)
    return None if twice is None else f"{{{twice}}} stands in it twice"


def duplicate_routes(scene: Scene) -> Iterator[Problem]:
    """Two routes for one method and one shape of path: one of them would never be asked."""
    seen: dict[tuple[str, str], Source] = {}
    for route in scene.singles.routes:
        key = (route.entry.method, _PLACEHOLDER.sub("{}", route.entry.path))
        place = route.at("path")
        if key in seen:
            message = f"the route {route.entry.method} {shown(route.entry.path)} stands first at {seen[key]}"
            yield error("duplicate-route", place, message, "remove one of the two")
        seen.setdefault(key, place)
