"""Who asks, as the gate told the proxy and the proxy told us. Trusts the X-Aikom-* headers and nothing else.

Nobody but the proxy can reach this process (a Unix socket), so the headers need no signature here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

INSTITUTION: Final = "X-Aikom-Institution"
SPHERE: Final = "X-Aikom-Sphere"
OIS: Final = "X-Aikom-Ois"
RIGHTS: Final = "X-Aikom-Rights"
DECISION: Final = "X-Aikom-Decision"


@dataclass(frozen=True, slots=True)
class Caller:
    """An institution or authority, through an OIS or by itself (`ois` is then empty).

    `sphere` is its path from the root authority down: `/00-0000001/46-0000012/46-0001234`.
    """

    institution: str
    sphere: str
    ois: str
    rights: frozenset[str]
    decision: str

    def reaches(self, path: str, *, is_authority: bool) -> bool:
        """Whether an institution with this path is the caller or, for an authority, subordinate to it. Order cl. 3."""
        return path == self.sphere or (is_authority and path.startswith(f"{self.sphere}/"))


def read_caller(headers: Mapping[str, str]) -> Caller | None:
    """The caller; None when a header that the gate always sets is missing, for then no gate has decided."""
    institution, sphere, decision = (headers.get(name, "") for name in (INSTITUTION, SPHERE, DECISION))
    if not institution or not decision or sphere.rpartition("/")[2] != institution:
        return None
    rights = frozenset(headers.get(RIGHTS, "").split())
    return Caller(institution, sphere, headers.get(OIS, ""), rights, decision)
