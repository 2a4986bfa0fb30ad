"""Rights and staff that an apply would bring into force, against those that the ledger has. Pure.

Keycloak puts an institution's rights into tokens; the gate lets a token open no more than the ledger has. So a right
that is taken away ends when that is recorded, not when the last token expires. The desk admits the staff that the
ledger has, whatever Keycloak says of a user. Source: order cl. 2, 3, 12.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any, Final

from provisioning.model.configuration import Configuration, StaffRole
from provisioning.model.rights import RightsInForce
from provisioning.planning.objects import FieldChange

Roles = Mapping[str, frozenset[StaffRole]]
"""Roles of people by username."""


@dataclass(frozen=True, slots=True)
class RightsDiff:
    """Rights and staff wanted, and what of them the ledger lacks: a field for each kind, for each institution with an
    exception, and for each person. None is what has no entry: an institution without an exception is as its kind.
    """

    wanted: RightsInForce = field(default_factory=RightsInForce)
    staff: Roles = field(default_factory=dict)
    changes: tuple[FieldChange, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.changes


def diff_rights(
    recorded: RightsInForce | None, staff: Roles | None, configuration: Configuration, held: Set[str] = frozenset()
) -> RightsDiff:
    """Compare rights by kind and by institution, and staff by person, with what is on record.

    Exceptions of institutions that no file names stay, and so do the people of `held`.
    """
    wanted, named = configuration.rights_in_force(), {one.id for one in configuration.institutions}
    old = recorded or RightsInForce()
    kept = {name: rights for name, rights in old.of_institution.items() if name not in named}
    wanted = RightsInForce(wanted.of_kind, kept | dict(wanted.of_institution))
    kinds = _changes("kind", old.of_kind, wanted.of_kind)
    institutions = _changes("institution", old.of_institution, wanted.of_institution)
    people = configuration.staff_roles() | {name: roles for name, roles in (staff or {}).items() if name in held}
    return RightsDiff(wanted, people, (*kinds, *institutions, *_changes("staff", staff or {}, people)))


def _changes(word: str, old: Mapping[Any, Set[Any]], new: Mapping[Any, Set[Any]]) -> Iterator[FieldChange]:
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield FieldChange((word, name), _sorted(old.get(name)), _sorted(new.get(name)))


def _sorted(rights: Set[str] | None) -> tuple[str, ...] | None:
    return None if rights is None else tuple(sorted(rights))


NO_CHANGE: Final = RightsDiff()
"""For plans in which rights play no part."""
