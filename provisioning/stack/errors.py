"""Errors of the embedded stack, in a sentence each.

StackError
├── ToolMissing       Java or Maven is not there, or too old
├── DownloadFailed    the distribution did not arrive, or is not the one that was pinned
├── BuildFailed       Maven or Keycloak could not build
├── PortBusy          another process listens on a port that was asked for
├── PartFailed        a part ended or did not become ready
├── CredentialsLost   data without the secret that opens it
├── BackupUnusable    a backup cannot be taken or put back
└── StackBusy         another `up` or `down` is at work in the same folder
"""

from __future__ import annotations

from provisioning.model.errors import AikomError, ExitCode


class StackError(AikomError):
    """Base of everything raised by `provisioning.stack`."""

    exit_code = ExitCode.UNREACHABLE


class ToolMissing(StackError):
    """A program that has to be installed by the user is missing or too old."""


class DownloadFailed(StackError):
    """The Keycloak distribution could not be fetched, or its checksum is wrong."""


class BuildFailed(StackError):
    """The extension or the server could not be built."""


class PortBusy(StackError):
    """A port that was asked for is taken."""


class PartFailed(StackError):
    """A part ended while starting, or was not ready in time."""


class CredentialsLost(StackError):
    """Keycloak has data, but no secret at hand opens it."""


class StackBusy(StackError):
    """Another process is starting or stopping this stack."""

    exit_code = ExitCode.REFUSED


class BackupUnusable(StackError):
    """A backup cannot be taken or put back; nothing was changed."""

    exit_code = ExitCode.REFUSED
