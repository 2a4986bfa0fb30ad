"""The checklist of the technical requirements for one OIS, with what is recorded on each item. Reads the ledger only.

What a check or a person found last is what counts, and only if it was found by this version of the requirements.
Source: order cl. 6, annex 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from provisioning.ledger import LedgerReader
from provisioning.model.annexes import Requirement, TechnicalRequirements
from provisioning.model.events import EventKind, JsonValue
from provisioning.model.events.papers import OisEvidenceRecorded
from provisioning.model.ois import OisRecord


@dataclass(frozen=True, slots=True)
class Shown:
    """The newest evidence on one requirement; all but the requirement None when there is none."""

    requirement: Requirement
    passed: bool | None = None
    at: datetime | None = None
    actor: str | None = None
    found: Mapping[str, JsonValue] | None = None


def evidence_on(reader: LedgerReader, ois: OisRecord, requirements: TechnicalRequirements) -> tuple[Shown, ...]:
    """Return the checklist with the newest evidence on each item, by this version of the requirements."""
    newest = {item.id: Shown(item) for item in requirements.items}
    for event in reader.events(subject=ois.client_id, kinds=(EventKind.OIS_EVIDENCE_RECORDED,)):
        match event.content:
            case OisEvidenceRecorded(requirement=name) as told if (
                name in newest and told.requirements_version == requirements.version
            ):
                item = newest[name].requirement
                newest[name] = Shown(item, told.passed, event.at, event.actor, told.found.fields())
    return tuple(newest.values())


def unmet(reader: LedgerReader, ois: OisRecord, requirements: TechnicalRequirements) -> tuple[Requirement, ...]:
    """Return the mandatory items that neither a check nor a person has found to be met."""
    shown = evidence_on(reader, ois, requirements)
    return tuple(item.requirement for item in shown if item.requirement.mandatory and item.passed is not True)
