"""What a register row changes in a record: three ways, so that what was edited by hand stays. Pure.

`base` is what the last import wrote, `here` what the file says now, `there` what the register says now.

    here = base, there ≠ base    take the register's value
    here ≠ base, there = base    edited by hand: stays
    here ≠ base, there ≠ base    both changed: stays, and a person looks
    no base yet                  the record is older than the import: stays where it says something, filled in where not
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

FIELDS: Final = ("kind", "name", "edrpou", "katottg", "authority", "branch_of", "email")
"""Fields that the register has a say in."""

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Merged:
    """Fields to write, and those in which the file and the register disagree, as (field, here, there)."""

    changes: dict[str, Any]
    disagreements: tuple[tuple[str, Any, Any], ...]


def merge(base: Values | None, here: Values, there: Values) -> Merged:
    """Merge by the table above. A field that the register lacks is never taken away."""
    changes: dict[str, Any] = {}
    disagreements: list[tuple[str, Any, Any]] = []
    for field in FIELDS:
        wanted, present = there.get(field), here.get(field)
        if wanted is None or wanted == present:
            continue
        before = None if base is None else base.get(field)
        empty = present is None and before is None and field not in ("authority", "branch_of")
        if empty or (before is not None and present == before):
            changes[field] = wanted
        elif wanted != before and not _is_other_superior(field, here):
            disagreements.append((field, present, wanted))
    return Merged(changes, tuple(disagreements))


def _is_other_superior(field: str, here: Values) -> bool:
    """A record with `branch_of` has no `authority`, and the other way round: not a disagreement."""
    other = {"authority": "branch_of", "branch_of": "authority"}.get(field)
    return other is not None and other in here
