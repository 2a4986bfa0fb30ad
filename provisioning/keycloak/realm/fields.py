"""Between Keycloak's nested JSON and flat fields. Pure."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping
from typing import Any

from provisioning.planning.objects import FieldChange, FieldPath, Value


def flatten(representation: Mapping[str, Any], prefix: FieldPath = ()) -> dict[FieldPath, Value]:
    """Return nested objects as paths; a list is one value (a tuple of texts, objects in it as canonical JSON)."""
    fields: dict[FieldPath, Value] = {}
    for key, value in representation.items():
        path = (*prefix, key)
        if isinstance(value, dict):
            fields.update(flatten(value, path))
        elif isinstance(value, (list, tuple)):
            fields[path] = tuple(item if isinstance(item, str) else _canonical(item) for item in value)
        else:
            fields[path] = value
    return fields


def nest(fields: Mapping[FieldPath, Value]) -> dict[str, Any]:
    """Return the reverse of `flatten`, for lists of plain texts."""
    return merged({}, (FieldChange(path, None, value) for path, value in fields.items()))


def merged(representation: Mapping[str, Any], changes: Iterable[FieldChange]) -> dict[str, Any]:
    """Return a deep copy of `representation` with the changed fields set; what comes to None in a map goes."""
    result = copy.deepcopy(dict(representation))
    for change in changes:
        place = result
        for step in change.path[:-1]:
            place = place.setdefault(step, {})
        value = change.after
        if value is None and len(change.path) > 1:
            place.pop(change.path[-1], None)
        else:
            place[change.path[-1]] = list(value) if isinstance(value, tuple) else value
    return result


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
