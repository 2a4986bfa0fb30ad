"""What was found about an OIS goes into the ledger, and a key set that was found there replaces the one on record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from provisioning.ledger import LedgerReader
from provisioning.lifecycle.errors import CarriedOutLater
from provisioning.lifecycle.ois.keys import change_key
from provisioning.lifecycle.ois.papers import Evidence, record_evidence
from provisioning.lifecycle.operator import Operator
from provisioning.model.annexes import Requirement, TechnicalRequirements
from provisioning.model.events import EventKind, JsonValue
from provisioning.model.ois import Slug, ois_client_id

from .checking import CheckResult, Looked


@dataclass(frozen=True, slots=True)
class Shown:
    """The newest evidence on one requirement; all but the requirement None when there is none."""

    requirement: Requirement
    passed: bool | None = None
    at: datetime | None = None
    actor: str | None = None
    found: Mapping[str, JsonValue] | None = None


def record_look(operator: Operator, slug: str, looked: Looked, requirements: TechnicalRequirements) -> None:
    """Record every result as evidence on its requirement, and take over a key set that is new."""
    if looked.jwks is not None:
        change_key(operator, slug, looked.jwks)
    record_results(operator, slug, looked.results, requirements)


def record_results(
    operator: Operator, slug: str, results: Iterable[CheckResult], requirements: TechnicalRequirements
) -> None:
    """Record results, but for those that no requirement asks for."""
    items = {item.check: item.id for item in requirements.items if item.check is not None}
    for result in results:
        if result.check in items:
            found: dict[str, JsonValue] = {**result.found, "problems": list(result.problems)}
            evidence = Evidence(items[result.check], requirements.version, result.passed, found)
            # Keycloak has nothing to follow here; if it is silent, what waits for it is finished by others.
            with suppress(CarriedOutLater):
                record_evidence(operator, slug, evidence)


def evidence_on(reader: LedgerReader, slug: str, requirements: TechnicalRequirements) -> tuple[Shown, ...]:
    """The checklist with the newest evidence on each item, by this version of the requirements."""
    newest = {item.id: Shown(item) for item in requirements.items}
    for event in reader.events(subject=ois_client_id(Slug(slug)), kinds=(EventKind.OIS_EVIDENCE_RECORDED,)):
        name = str(event.data.get("requirement"))
        if name in newest and event.data.get("requirements_version") == requirements.version:
            found = event.data.get("found")
            newest[name] = Shown(
                newest[name].requirement,
                event.data.get("passed") is True,
                event.at,
                event.actor,
                found if isinstance(found, Mapping) else {},
            )
    return tuple(newest.values())
