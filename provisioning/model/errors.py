"""The root of every error this project raises on purpose.

    AikomError
    ├── registry.errors   bad input (exit code 1)
    ├── keycloak.errors   Keycloak not reachable or refusing (exit code 3)
    ├── ledger.errors     the ledger cannot be read or written (exit code 3)
    ├── planning.errors   a guard said no (exit code 4)
    └── stack.errors      the embedded stack lacks something

Expected refusals inside the domain are values, not exceptions.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the `provision` command tells the shell."""

    OK = 0
    INVALID_INPUT = 1
    DIFFERENCES = 2
    UNREACHABLE = 3
    REFUSED = 4


class AikomError(Exception):
    """A failure with words for the person who has to act on it.

    `message` says what failed and names the object; `remedy` says what to do next.
    Neither ever holds a secret, a token or the body of a response.
    """

    exit_code: ExitCode = ExitCode.UNREACHABLE

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def diagnostics(self) -> str:
        """Return the message and the next step, as lines for a terminal."""
        return f"{self.message}\n  what to do: {self.remedy}" if self.remedy else self.message
