"""Bound tokens for the load generator, with a fresh proof (DPoP) for each request of a round.

A proof counts once and for half a minute, so every round gets a file of its own. Source: docs/performance.md P6.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from tests.support.gate_world import PUBLIC_URL, GateWorld
from tests.support.proofs import Prover
from tests.support.token_forge import claims_in

MOST_PER_SECOND: Final = 5_000
"""More than a node decides on; a round that used up its proofs would send one twice and be refused."""


class Proofs:
    """Binds the tokens in `lines` (a token and a path each) to one key. Calling it writes the file of one round."""

    def __init__(self, world: GateWorld, lines: Iterable[str], file: Path, seconds: int) -> None:
        self._prover = Prover()
        self._file = file
        self._count = MOST_PER_SECOND * seconds
        bound = {"typ": "DPoP", "cnf": {"jkt": self._prover.thumbprint, "kc-jkt-type": "DPoP"}}
        self._lines = [(world.forge.sign({**_claims(line), **bound}), line.split()[1]) for line in lines]

    def __call__(self) -> Path:
        """Write tokens, paths and proofs that were made just now, one request a line."""
        lines = itertools.islice(itertools.cycle(self._lines), self._count)
        made = (f"{token} {path} {self._prover.proof('GET', PUBLIC_URL + path, token)}\n" for token, path in lines)
        self._file.write_text("".join(made), encoding="ascii")
        return self._file


def _claims(line: str) -> dict[str, Any]:
    return claims_in(line.split(maxsplit=1)[0])
