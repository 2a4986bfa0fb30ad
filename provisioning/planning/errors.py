"""Refusals of planning and guards (exit code 4)."""

from __future__ import annotations

from provisioning.model.errors import AikomError, ExitCode


class PlanRefused(AikomError):
    """A plan that a guard or a rule does not let through."""

    exit_code = ExitCode.REFUSED
