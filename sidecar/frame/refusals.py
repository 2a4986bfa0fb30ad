"""Why a request is refused: the closed list for people and OIS, and the HTTP errors that bear a name."""

from __future__ import annotations

from enum import StrEnum

from werkzeug.exceptions import BadRequest, Forbidden


class Refusal(StrEnum):
    """Why access is refused to a person who is signed in or an OIS with its token. Each has a text in `problems`."""

    NO_PERSONA = "no-persona"
    UNKNOWN_ACCOUNT = "unknown-account"
    DEACTIVATED = "account-deactivated"
    OIS_ENDED = "ois-ended"
    OIS_SUSPENDED = "ois-suspended"
    OIS_NOT_CONNECTED = "ois-not-connected"
    WRONG_PERSONA = "wrong-persona"
    NOT_FRESH = "not-fresh"


class AccessRefused(Forbidden):
    """403 with one of the reasons of `Refusal`."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__()
        self.code_name = refusal.value


class LoginRefused(BadRequest):
    """400: the answer to a login did not verify."""

    code_name = "login-not-completed"


class ForeignRequest(Forbidden):
    """403: a form was sent from another site, or without the form's own token."""

    code_name = "foreign-request"
