"""What a register row changes in a record: three ways, so that what was edited by hand stays. Pure.

`base` is what the last import wrote, `here` what the file says now, `there` what the register says now.

    here = base, there ≠ base    take the register's value
    here ≠ base, there = base    edited by hand: stays
    here ≠ base, there ≠ base    both changed: stays, and a person looks
    no base yet                  the record is older than the import: stays where it says something, filled in where not

`authority` and `branch_of` are one field, the superior: a record has one of the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

FIELDS: Final = ("kind", "name", "edrpou", "katottg", "email")
"""Fields that the register has a say in, beside the superior."""

_SUPERIORS: Final = ("branch_of", "authority")

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Merged:
    """Fields to write, None for one to remove, and those in which file and register disagree: (field, here, there)."""

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
        if (present is None and before is None) or (before is not None and present == before):
            changes[field] = wanted
        elif wanted != before:
            disagreements.append((field, present, wanted))
    _merge_superior(superior_of(base or {}), superior_of(here), superior_of(there), changes, disagreements)
    return Merged(changes, tuple(disagreements))


def superior_of(values: Values) -> tuple[str, str] | None:
    """Return the field that names a record's superior, and whom; None where none is named."""
    return next(((field, values[field]) for field in _SUPERIORS if values.get(field) is not None), None)


def _merge_superior(
    before: tuple[str, str] | None,
    present: tuple[str, str] | None,
    wanted: tuple[str, str] | None,
    changes: dict[str, Any],
    disagreements: list[tuple[str, Any, Any]],
) -> None:
    if wanted is None or wanted == present:
        return
    if present is not None and present[0] == "branch_of" and wanted[0] == "authority":
        return  # The register nearly always leaves out whose branch it is: that takes nothing away.
    if before is not None and present == before:
        changes[wanted[0]] = wanted[1]
        if present[0] != wanted[0]:
            changes[present[0]] = None
    elif wanted != before:
        disagreements.append((wanted[0], None if present is None else present[1], wanted[1]))
