"""Rights as the ledger has them in force: those of each kind, and of institutions with exceptions. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioning.model.identifiers import InstitutionId


@dataclass(frozen=True, slots=True)
class RightsInForce:
    """What institutions may do at most. `of_institution` names all the rights of those that differ from their kind.

    Source: order cl. 3.
    """

    of_kind: Mapping[str, frozenset[str]] = field(default_factory=dict)
    of_institution: Mapping[InstitutionId, frozenset[str]] = field(default_factory=dict)

    def of(self, institution: InstitutionId, kind: str) -> frozenset[str] | None:
        """Return the rights of an institution of a kind; None when there is no record of that kind."""
        own = self.of_institution.get(institution)
        return self.of_kind.get(kind) if own is None else own
