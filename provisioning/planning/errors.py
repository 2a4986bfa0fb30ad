"""What planning and guards refuse (exit code 4)."""

from __future__ import annotations

from provisioning.model.errors import AikomError, ExitCode


class PlanRefused(AikomError):
    """A guard or a rule says that this plan must not be carried out."""

    exit_code = ExitCode.REFUSED
