"""The sphere of activity: which institutions an account may reach (order cl. 3).

A path of institution ids from the root authority down: `/00-0000001/46-0000001/46-0001234`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NewType

from provisioning.model.identifiers import InstitutionId

SpherePath = NewType("SpherePath", str)


def sphere_path(institution: InstitutionId, superior: Mapping[InstitutionId, InstitutionId | None]) -> SpherePath:
    """Return the path of an institution, walking up `superior` (institution → what it is subordinate to, None at the
    root).

    Raises ValueError on a cycle and KeyError on an unknown superior; the registry reports both before it gets here.
    """
    chain: list[InstitutionId] = []
    seen: set[InstitutionId] = set()
    current: InstitutionId | None = institution
    while current is not None:
        if current in seen:
            raise ValueError(f"cycle in the hierarchy at {current}")
        seen.add(current)
        chain.append(current)
        current = superior[current]
    return SpherePath("/" + "/".join(reversed(chain)))


def reaches(own: SpherePath, is_authority: bool, target: SpherePath) -> bool:
    """Return whether an account with path `own` may reach `target`: itself always, what is below it only for an
    authority.

    Source: order cl. 3. Compared by whole segments, so `/a/b` does not reach `/a/bc`.
    """
    return target == own or (is_authority and target.startswith(own + "/"))
