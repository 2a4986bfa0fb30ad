"""Which types the events of each kind have, and how an event is read by them. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from provisioning.model.events import (
    accounts,
    alarms,
    api_keys,
    base_keys,
    cut_offs,
    decisions,
    mandates,
    ois,
    papers,
    realm,
    requests,
)
from provisioning.model.events.canonical import JsonValue
from provisioning.model.events.codec import VERSION_FIELD, Content, shape_of
from provisioning.model.events.codec_atoms import OddShape


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What is known of an event that no type reads: why not. It stays in the chain, and its subject is refused."""

    why: str


class Catalogue:
    """Types by kind and version. A version of a kind has several types where it records different decisions."""

    def __init__(self, types: Iterable[type[Content]]) -> None:
        self.types = tuple(types)
        self._shapes: defaultdict[tuple[str, int], list[type[Content]]] = defaultdict(list)
        for each in self.types:
            self._shapes[each.KIND, each.VERSION].append(each)
        self._newest = {
            each.KIND: max(one.VERSION for one in self.types if one.KIND is each.KIND) for each in self.types
        }

    def read(self, kind: str, data: object) -> Content | Unreadable:
        """Read the data of an event of this kind; Unreadable when no type reads it."""
        if not isinstance(data, Mapping):
            return Unreadable("its data is no object")
        version = data.get(VERSION_FIELD, 1)
        shapes = self._shapes.get((kind, version)) if type(version) is int else None
        if shapes is None:
            known = any(kind == name for name in self._newest)
            return Unreadable(f"its version {version!r} is unknown" if known else f"its kind {kind!r} is unknown")
        return _first_that_reads(shapes, data)

    def shapes(self) -> Mapping[str, JsonValue]:
        """Return the shape that data of each kind may have, any of those that its types have."""
        found: defaultdict[str, list[JsonValue]] = defaultdict(list)
        for each in self.types:
            found[each.KIND].append(shape_of(each))
        return {kind: {"any": shapes} for kind, shapes in found.items()}

    def is_newest(self, content: Content) -> bool:
        """Return whether new events of the kind have this shape."""
        return self._newest.get(content.KIND) == content.VERSION and type(content) in self.types


def _first_that_reads(shapes: list[type[Content]], data: Mapping[str, Any]) -> Content | Unreadable:
    why: list[str] = []
    for shape in shapes:
        try:
            return shape.from_data(data)
        except OddShape as error:
            why.append(str(error))
    return Unreadable("; ".join(dict.fromkeys(why)))


CATALOGUE: Final = Catalogue(
    found
    for module in (realm, accounts, base_keys, api_keys, cut_offs, ois, papers, mandates, requests, decisions, alarms)
    for found in vars(module).values()
    if isinstance(found, type) and issubclass(found, Content) and found.__module__ == module.__name__
)
"""Every type there is."""
