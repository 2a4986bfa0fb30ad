"""Errors of handing mail over."""

from __future__ import annotations

from provisioning.model.errors import AikomError, ExitCode


class MailError(AikomError):
    """Base of everything raised by `provisioning.mail`."""

    exit_code = ExitCode.UNREACHABLE


class MailServerUnreachable(MailError):
    """The server does not answer or does not let us in; every mail would fail the same way."""


class MailDelayed(MailError):
    """The server refuses this mail for now (a 4xx answer)."""


class MailRefused(MailError):
    """The server refuses this mail for good (a 5xx answer)."""
