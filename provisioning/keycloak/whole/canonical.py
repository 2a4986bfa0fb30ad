"""The canonical form of an object, which our Keycloak extension computes too: names sorted, nothing empty. Pure.

Absent, null and the empty text are the same thing, as they are for Keycloak; the order of a list means nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from provisioning.planning.objects import FieldChange, FieldPath, Value

DIGEST_BYTES: Final = 16

_encode: Final = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":")
).encode

Whole = Mapping[str, Any]
"""Canonical fields: plain values, sorted lists of texts, and maps of these."""


def canonical(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields without what is empty, and with lists sorted."""
    pruned = {name: _value(value) for name, value in fields.items()}
    return {name: value for name, value in pruned.items() if not _is_empty(value)}


def canonical_user(representation: Mapping[str, Any]) -> dict[str, Any]:
    """Return the canonical form of a user's representation, its roles as a map of `place:role`."""
    plain = {name: value for name, value in representation.items() if name not in ("realmRoles", "clientRoles")}
    places = {"realm": representation.get("realmRoles", ()), **representation.get("clientRoles", {})}
    roles = {f"{place}:{name}": True for place, names in places.items() for name in names}
    return canonical({"emailVerified": False, **plain, "roles": roles})


def without(whole: Whole, left: Mapping[str, str]) -> dict[str, Any]:
    """Return the whole but for what `left` names: `name`, or `map/name` for an entry of a map."""
    kept = {name: value for name, value in whole.items() if name not in left}
    for path in left:
        name, slash, entry = path.partition("/")
        if slash and isinstance(entries := kept.get(name), Mapping) and entry in entries:
            kept[name] = {key: value for key, value in entries.items() if key != entry}
    return {name: value for name, value in kept.items() if not _is_empty(value)}


def digest_of_whole(whole: Whole) -> bytes:
    """Return the first 128 bits of the SHA-256 of the canonical JSON."""
    return hashlib.sha256(_encode(whole).encode()).digest()[:DIGEST_BYTES]


def diff_wholes(wanted: Whole, found: Whole, prefix: FieldPath = ()) -> Iterator[FieldChange]:
    """Yield every field that differs, foreign ones too, sorted by name."""
    for name in sorted({*wanted, *found}):
        before, after = found.get(name), wanted.get(name)
        if before == after:
            continue
        if isinstance(before, Mapping) or isinstance(after, Mapping):
            yield from diff_wholes(_map(after), _map(before), (*prefix, name))
        else:
            yield FieldChange((*prefix, name), _flat(before), _flat(after))


def _map(value: Any) -> Whole:
    return value if isinstance(value, Mapping) else {}


def _flat(value: Any) -> Value:
    if isinstance(value, list):
        return tuple(map(str, value))
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def _value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return canonical(value)
    return sorted(set(value)) if isinstance(value, (list, tuple, set, frozenset)) else value


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, (str, list, dict)) and not value)
