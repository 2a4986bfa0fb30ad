"""What was found about an OIS goes into the ledger, and a key set that was found there replaces the one on record."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import CarriedOutLater
from provisioning.lifecycle.ois.keys import change_key
from provisioning.lifecycle.ois.papers import Evidence, record_evidence
from provisioning.model.annexes import TechnicalRequirements
from provisioning.model.events import JsonValue
from sidecar.applications.checking import CheckResult, Looked


def record_look(actor: Actor, slug: str, looked: Looked, requirements: TechnicalRequirements) -> None:
    """Record every result as evidence on its requirement, and take over a key set that is new."""
    if looked.jwks is not None:
        change_key(actor, slug, looked.jwks)
    record_results(actor, slug, looked.results, requirements)


def record_results(
    actor: Actor, slug: str, results: Iterable[CheckResult], requirements: TechnicalRequirements
) -> None:
    """Record the results of checks that a requirement asks for; leave out the others."""
    items = {item.check: item.id for item in requirements.items if item.check is not None}
    for result in results:
        if result.check in items:
            found: dict[str, JsonValue] = {**result.found, "problems": list(result.problems)}
            evidence = Evidence(items[result.check], requirements.version, result.passed, found)
            # Keycloak has nothing to follow here; if it is silent, what waits for it is finished by others.
            with suppress(CarriedOutLater):
                record_evidence(actor, slug, evidence)
