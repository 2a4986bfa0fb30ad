"""Rights that an apply would bring into force, against those that the ledger has. Pure.

Keycloak puts an institution's rights into tokens; the gate lets a token open no more than the ledger has. So a right
that is taken away ends when that is recorded, not when the last token expires. Source: order cl. 3.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from provisioning.model.identifiers import InstitutionId
from provisioning.model.rights import RightsInForce
from provisioning.planning.objects import FieldChange


@dataclass(frozen=True, slots=True)
class RightsDiff:
    """Rights wanted, and what of them the ledger lacks: a field for each kind, and for each institution with an
    exception. None is what has no entry: an institution without an exception is as its kind.
    """

    wanted: RightsInForce = field(default_factory=RightsInForce)
    changes: tuple[FieldChange, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.changes


def diff_rights(recorded: RightsInForce | None, wanted: RightsInForce, named: Collection[InstitutionId]) -> RightsDiff:
    """Compare rights by kind and by institution. Exceptions of institutions that no file names (`named`) stay."""
    old = recorded or RightsInForce()
    kept = {name: rights for name, rights in old.of_institution.items() if name not in named}
    wanted = RightsInForce(wanted.of_kind, kept | dict(wanted.of_institution))
    kinds = _changes("kind", old.of_kind, wanted.of_kind)
    return RightsDiff(wanted, (*kinds, *_changes("institution", old.of_institution, wanted.of_institution)))


def _changes(word: str, old: Mapping[Any, frozenset[str]], new: Mapping[Any, frozenset[str]]) -> Iterator[FieldChange]:
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield FieldChange((word, str(name)), _sorted(old.get(name)), _sorted(new.get(name)))


def _sorted(rights: frozenset[str] | None) -> tuple[str, ...] | None:
    return None if rights is None else tuple(sorted(rights))


NO_CHANGE: Final = RightsDiff()
"""For plans in which rights play no part."""
