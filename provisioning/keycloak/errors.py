"""Errors of Keycloak, in words for the person who has to act."""

from __future__ import annotations

from provisioning.model.errors import AikomError, ExitCode


class KeycloakError(AikomError):
    """Base of everything raised by `provisioning.keycloak`."""

    exit_code = ExitCode.UNREACHABLE


class KeycloakUnreachable(KeycloakError):
    """No answer, or an answer that says it is not ready."""


class KeycloakBusy(KeycloakUnreachable):
    """An answer that asks for patience, or a stumble (429, 500, 502, 503, 504)."""


class KeycloakStumbled(KeycloakBusy):
    """An answer that says nothing but that something went wrong inside (500): of Keycloak, or of one object only."""


class KeycloakAuthenticationError(KeycloakError):
    """The service account's credentials were refused."""


class KeycloakTooOld(KeycloakError):
    """The server is below the version floor."""


class KeycloakRefused(KeycloakError):
    """An error that Keycloak answered with. `status` is the HTTP status."""

    def __init__(self, message: str, *, status: int, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.status = status


class KeycloakConflict(KeycloakRefused):
    """A name that is taken already (HTTP 409)."""
