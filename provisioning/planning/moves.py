"""Accounts that a plan puts under another authority, summed up: from whom, to whom, how many. Pure.

Source: order cl. 3.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provisioning.model.identifiers import InstitutionId
from provisioning.planning.changes import AccountChange, UpdateAccount

_SPHERE = ("attributes", "sphere")


@dataclass(frozen=True, slots=True)
class Move:
    """So many accounts leave the sphere of one authority for another's; whole branches count with all below them.

    `before` is None for what had nothing above it, `after` for what has nothing above it now. Names are empty where the
    configuration has none.
    """

    before: InstitutionId | None
    after: InstitutionId | None
    accounts: int
    before_name: str = ""
    after_name: str = ""

    @property
    def message(self) -> str:
        """Return the move in words."""
        from_whom, to_whom = _titled(self.before, self.before_name), _titled(self.after, self.after_name)
        return f"{self.accounts} {'account' if self.accounts == 1 else 'accounts'} from {from_whom} to {to_whom}"


def moves_of(changes: Iterable[AccountChange], names: Mapping[InstitutionId, str]) -> tuple[Move, ...]:
    """Sum up the moves among changes, the largest first; `names` are of institutions in the configuration."""
    spheres = (
        (field.before, field.after)
        for change in changes
        if isinstance(change, UpdateAccount)
        for field in change.changes
        if field.path == _SPHERE
    )
    counts = Counter(
        _parting(before, after) for before, after in spheres if isinstance(before, str) and isinstance(after, str)
    )
    moves = [
        Move(before, after, count, names.get(before, "") if before else "", names.get(after, "") if after else "")
        for (before, after), count in counts.items()
    ]
    return tuple(sorted(moves, key=lambda move: (-move.accounts, move.before or "", move.after or "")))


def _parting(before: str, after: str) -> tuple[InstitutionId | None, InstitutionId | None]:
    """Who stood above, and stands above now, at the place from which on downwards both spheres are the same."""
    old, new = [part for part in before.split("/") if part], [part for part in after.split("/") if part]
    while old and new and old[-1] == new[-1]:
        old.pop()
        new.pop()
    return (InstitutionId(old[-1]) if old else None), (InstitutionId(new[-1]) if new else None)


def _titled(institution: InstitutionId | None, name: str) -> str:
    return "nobody" if institution is None else f"{institution} {name}".strip()
