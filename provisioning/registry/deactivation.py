"""What `realm.yaml` says about deactivation, for those who must act in an incident, whatever state the files are in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from provisioning.model.configuration import Limit
from provisioning.model.upkeep import BulkApproval, DeactivationPolicy
from provisioning.registry.errors import InvalidConfiguration
from provisioning.registry.realm_alone import load_realm_policy


@dataclass(frozen=True, slots=True)
class DeactivationRules:
    """Who decides on a bulk, how long a proposal waits, and the guard by number and share."""

    bulk_approval: BulkApproval
    proposal_lifespan: timedelta
    limit: Limit


def deactivation_rules(folder: Path) -> DeactivationRules:
    """Return the rules in force; the strictest when the file cannot be read."""
    try:
        policy = load_realm_policy(folder)
    except InvalidConfiguration:
        return _rules(DeactivationPolicy(), Limit(1, 0.0))
    return _rules(policy.deactivation, policy.guards.deactivations)


def _rules(policy: DeactivationPolicy, limit: Limit) -> DeactivationRules:
    return DeactivationRules(policy.bulk_approval, policy.proposal_lifespan, limit)
