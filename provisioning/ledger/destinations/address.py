"""Checkpoints sent to an address that takes a PUT, such as an archive that only ever takes in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final
from urllib.parse import urlsplit

import requests

from provisioning.ledger.checkpoint import Checkpoint
from provisioning.ledger.destinations.place import DestinationFailed

TIMEOUT_S: Final = (5, 30)
"""To connect, and to wait for an answer."""

_SUCCESS: Final = range(200, 300)
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class HttpAddress:
    """An address that takes a PUT. It may hold a signature, so only its host and path are ever shown."""

    template: str
    can_be_read: ClassVar[bool] = False

    def existing(self) -> tuple[str, ...]:
        """Return nothing: no checkpoint can be read back; that is what a second place is for (decision 18)."""
        return ()

    def newest(self) -> str | None:
        return None

    def write(self, checkpoint: Checkpoint, token: str) -> str:
        address = self.template.replace("{seq}", str(checkpoint.seq))
        shown = without_secrets(address)
        headers = {"Content-Type": "application/jose"}
        try:
            answer = requests.put(address, data=token, headers=headers, timeout=TIMEOUT_S, allow_redirects=False)
        except requests.RequestException as error:
            # Not chained: the library's exception holds the whole address.
            raise DestinationFailed(f"{shown} does not answer: {type(error).__name__}", remedy="try again") from None
        if answer.status_code not in _SUCCESS:
            raise DestinationFailed(
                f"{shown} answered {answer.status_code}", remedy="see that the address is right and not out of date"
            )
        return shown


def refuse_clear(url: str) -> None:
    """Raise DestinationFailed for an address that is reached in clear over a network."""
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise DestinationFailed(f"{without_secrets(url)} is not encrypted", remedy="give an https address")


def without_secrets(url: str) -> str:
    """Return scheme, host and path: a query may hold a signature, and the part before the host a password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}{parts.path}"
