"""Whom an institution of the register is subordinate to: the register has a free text, we need one authority.

The sphere of activity follows from it (order cl. 3), so nothing is guessed: a name fits exactly, but for letters that
look alike, or a person says what it means. Pure.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import Institution
from provisioning.model.names import folded

_NEAR: Final = 0.88
"""How alike two names must be to be suggested, 0 to 1: departments of two towns are not yet alike."""

_COMPARED: Final = 12
"""So many names with most words in common are compared letter by letter."""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several authorities have this name."""

    ids: tuple[InstitutionId, ...]


@dataclass(slots=True)
class Authorities:
    """Authorities by name, with letters folded."""

    by_name: dict[str, tuple[InstitutionId, ...]]
    names: dict[str, str]
    told: Mapping[str, InstitutionId]
    _by_word: defaultdict[str, list[str]] = field(init=False, default_factory=lambda: defaultdict(list))
    _nearest: dict[str, str | None] = field(init=False, default_factory=dict)

    @classmethod
    def of(cls, institutions: Iterable[Institution], told: Mapping[str, InstitutionId]) -> Authorities:
        """From the configuration, and from what a person told about names of the register."""
        result = cls({}, {}, {folded(name): identifier for name, identifier in told.items()})
        for institution in institutions:
            if institution.kind.is_authority and institution.deactivated is None:
                result.learn(institution.id, institution.name)
        return result

    def learn(self, identifier: InstitutionId, name: str) -> None:
        """One authority more."""
        key = folded(name)
        self.by_name[key] = (*self.by_name.get(key, ()), identifier)
        if key not in self.names:
            for word in set(key.split()):
                self._by_word[word].append(key)
        self.names[key] = name
        self._nearest.clear()

    def find(self, governance: str) -> InstitutionId | Ambiguous | None:
        """The authority that a text of the register names."""
        key = folded(governance)
        if key in self.told:
            return self.told[key]
        found = self.by_name.get(key, ())
        if len(found) == 1:
            return found[0]
        return Ambiguous(found) if found else None

    def nearest(self, governance: str) -> str | None:
        """`id name` of the authority whose name is most like it; None when none is."""
        key = folded(governance)
        if key not in self._nearest:
            shared = Counter(name for word in key.split() for name in self._by_word.get(word, ()))
            likely = [name for name, _ in shared.most_common(_COMPARED)]
            near = get_close_matches(key, likely, n=1, cutoff=_NEAR)
            self._nearest[key] = f"{self.by_name[near[0]][0]} {self.names[near[0]]}" if near else None
        return self._nearest[key]
