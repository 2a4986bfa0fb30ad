"""Errors of an action on one account, key, OIS or mandate.

LifecycleError
├── UnknownAccount   no such account or key (exit code 1)
├── UnknownOis       no such OIS or mandate (1)
├── ActionRefused    the order, a state or a guard forbids it (4)
│   └── RequirementsUnmet   a positive conclusion while mandatory items of the checklist are not met
└── CarriedOutLater  recorded, and not carried out in Keycloak yet (3)
"""

from __future__ import annotations

from provisioning.model.account_states import REMEDIES, StateRefusal
from provisioning.model.errors import AikomError, ExitCode


class LifecycleError(AikomError):
    """Base of everything raised by `provisioning.lifecycle`."""


class UnknownAccount(LifecycleError):
    """There is no such account or key."""

    exit_code = ExitCode.INVALID_INPUT


class UnknownOis(LifecycleError):
    """There is no such OIS or mandate."""

    exit_code = ExitCode.INVALID_INPUT


class ActionRefused(LifecycleError):
    """It may not be done, with the way out. Nothing was recorded and nothing was changed."""

    exit_code = ExitCode.REFUSED


class RequirementsUnmet(ActionRefused):
    """No positive conclusion while mandatory requirements are not met. Source: order cl. 6, annex 2."""


class CarriedOutLater(LifecycleError):
    """A decision that is recorded and in force; Keycloak did not answer, and is brought to it later."""

    exit_code = ExitCode.UNREACHABLE


def refused_by_state(subject: str, refusal: StateRefusal) -> ActionRefused:
    """Return a refusal of the state table in words."""
    return ActionRefused(f"{subject}: {refusal.value}", remedy=REMEDIES[refusal])
