"""What a realm of this Keycloak has besides what the configuration asks for: fields with Keycloak's own values, and
objects that are born with every realm.

`fresh_realm.json` holds it, by type, name and field; a test makes a realm and compares, so that a newer Keycloak shows
what it adds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from provisioning.planning.objects import FieldPath, ObjectType, RealmObject, Value

FRESH: Final = Path(__file__).with_name("fresh_realm.json")
_REALM: Final = "{realm}"

Baseline = Mapping[tuple[ObjectType, str], Mapping[FieldPath, Value]]


def with_baseline(asked: Iterable[RealmObject], realm: str) -> Iterator[RealmObject]:
    """Yield the objects as wholes, with a fresh realm's fields, and its objects that were not asked for."""
    baseline = dict(baseline_of(realm))
    for wanted in asked:
        born = baseline.pop((wanted.type, wanted.name), {})
        common = baseline_of(realm).get((wanted.type, ""), {})
        yield replace(wanted, fields={**common, **born, **wanted.fields}, whole=True)
    for (kind, name), fields in baseline.items():
        if name:
            yield RealmObject(kind, name, fields, whole=True)


@cache
def baseline_of(realm: str) -> Baseline:
    """Return the fields of a fresh realm of this name, by type and name of the object; those under the empty name are
    of every object of the type.
    """
    rows = json.loads(FRESH.read_text(encoding="utf-8").replace(_REALM, realm))
    return {
        (ObjectType(kind), name): {tuple(path): _value(value) for path, value in fields}
        for kind, objects in rows.items()
        for name, fields in objects.items()
    }


def _value(value: Value | list[str]) -> Value:
    return tuple(value) if isinstance(value, list) else value
