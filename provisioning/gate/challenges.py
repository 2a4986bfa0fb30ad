"""What a 401 asks for: a bearer token, or a bound one along with a proof. Source: RFC 6750 3, RFC 9449 7.1."""

from __future__ import annotations

from typing import Final

from provisioning.gate.proofs import PROOF_ALGORITHMS
from provisioning.gate.reasons import PROOF_REASONS, Reason

_ALGORITHMS: Final = f'algs="{" ".join(PROOF_ALGORITHMS)}"'
_ASK_FOR_PROOF: Final = PROOF_REASONS | {Reason.TOKEN_BOUND, Reason.PROOF_REQUIRED}


def challenge(reason: Reason, realm: str) -> str:
    """Return the header `WWW-Authenticate` of a 401. Where no proof is asked for, either kind of token will do."""
    error = f', error="{reason.error}"' if reason.error else ""
    if reason in _ASK_FOR_PROOF:
        return f'DPoP realm="{realm}", {_ALGORITHMS}{error}'
    return f'Bearer realm="{realm}"{error}, DPoP {_ALGORITHMS}'
