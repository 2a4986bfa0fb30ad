"""Asks for the proof of possession (DPoP) that goes with a bound token, and lets each count once on this node.

The address that a proof has to name comes from the settings, never from a header of the client's. RFC 9449 4.3, 11.1.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flask import Flask

from provisioning.gate.proofs import ProvenCall, check_proof, plain_address
from provisioning.gate.reasons import Reason
from provisioning.settings import Settings, SettingsError
from sidecar.doors.parts import Part
from sidecar.doors.used_proofs import UsedProofs


class Possession:
    """Checks proofs for calls below one public address; `base` is None where that address is not known.

    Safe to share between threads. Raises SettingsError for an address that no proof could name.
    """

    def __init__(self, base: str | None, *, used: UsedProofs | None = None) -> None:
        plain = None if base is None else plain_address(base)
        if base is not None and plain is None:
            raise SettingsError(
                f"{base!r} is no address that proofs could name",
                remedy="write the public address as clients call it, such as https://database.example.ua",
            )
        self._base = None if plain is None else plain.removesuffix("/")
        self._used = UsedProofs() if used is None else used

    def refusal(self, call: ProvenCall, proof: str | None, now_s: float) -> Reason | None:
        """Return why the sender has not shown that it holds the key, None when it has; the proof is used up then.

        The call's address is its target: a path, and maybe a query. `now_s` is in seconds since the epoch.
        """
        if self._base is None:
            return Reason.PROOFS_UNAVAILABLE
        full = replace(call, address=self._base + call.address.partition("?")[0])
        found = check_proof(proof, full, now_s)
        return found if isinstance(found, Reason) else self._used.take(found, now_s)


possession: Final = Part[Possession]("possession")
"""Of calls of this application's own addresses."""


def init_possession(app: Flask, settings: Settings) -> None:
    """Let this application take bound tokens, with proofs that name its public address."""
    possession.register(app, Possession(settings.sidecar_url))
