"""Places: an institution lies in the oblast of its authority. Source: order cl. 3 (the sphere of activity)."""

from __future__ import annotations

from collections.abc import Iterator

from provisioning.model.katottg import NATIONAL, OBLASTS, authority_oblast, place_oblast
from provisioning.registry.problems import Problem, warning
from provisioning.registry.records import Record
from provisioning.registry.rules.scene import Scene


def other_oblast(scene: Scene) -> Iterator[Problem]:
    """Report records whose place and whose authority's oblast differ; a national authority (`00-…`) is
    of all oblasts.
    """
    for record in scene.records:
        authority = scene.by_id.get(record.entry.get("authority", ""))
        if authority is None or not record.alive or "id" not in record.entry:
            continue
        here = place_oblast(record.entry["id"], record.entry.get("katottg"))
        there = _of(authority)
        if there not in (NATIONAL, here) and here != NATIONAL:
            message = f"it lies in oblast {_named(here)}, and its authority is of oblast {_named(there)}"
            remedy = "correct `authority:` or `katottg:`; leave it only if that authority shall see this one's data"
            yield warning("other-oblast", record.at("authority"), message, remedy)


def _of(authority: Record) -> str:
    return authority_oblast(authority.entry.get("id", ""), authority.entry.get("katottg"))


def _named(oblast: str) -> str:
    return f"{oblast} {OBLASTS.get(oblast, '')}".strip()
