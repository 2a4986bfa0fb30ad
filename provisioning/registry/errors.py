"""Errors of reading the configuration."""

from __future__ import annotations

from provisioning.model.errors import AikomError, ExitCode


class InvalidConfiguration(AikomError):
    """The configuration has errors; nothing may be contacted or changed on the strength of it."""

    exit_code = ExitCode.INVALID_INPUT
