"""An API key that nobody has and a wrong secret of one that somebody has take equally long. docs/security.md row 32.

Each is asked for in turn, so that whatever else the machine does falls on both: if the time told them apart, one would
be slower in most of the pairs. Chance alone leaves these bounds in fewer than one of a hundred million runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from provisioning.model.api_key_secret import new_api_key
from provisioning.model.secret import Secret
from tests.support.configuration import school
from tests.support.office import Office, office

__all__ = ["office"]
pytestmark = [pytest.mark.keycloak, pytest.mark.assure]

PAIRS = 200
AT_MOST = 140
"""Of 200 pairs: 5.6 standard deviations from half of them."""

KNOWN, UNKNOWN, ENDED = "api-46-0000001-k1", "api-46-7777777-k1", "api-46-0000002-k1"
DEACTIVATED = 'deactivated: {reason: liquidation, document: "№ 12-о", date: 2026-01-20}'


@pytest.fixture(scope="module")
def ask(office: Office) -> Callable[[str], float]:
    """Seconds that the token endpoint takes to refuse a client with a well-formed secret that is not its own."""
    office.folder.write(school(1), school(2, DEACTIVATED))
    office.apply()
    office.reveal("46-0000001")
    secret: Secret = new_api_key()

    def seconds(client_id: str) -> float:
        began = time.perf_counter()
        answer = office.token(client_id, secret)
        took = time.perf_counter() - began
        assert answer.status_code == 401
        return took

    for client_id in (KNOWN, UNKNOWN, ENDED) * 20:
        seconds(client_id)
    return seconds


@pytest.mark.parametrize("other", [UNKNOWN, ENDED])
def test_the_time_of_a_refusal_does_not_tell_a_live_key_from_another(ask: Callable[[str], float], other: str) -> None:
    slower = 0
    for number in range(PAIRS):
        # Who is first changes, so that being first is no advantage.
        names = (KNOWN, other) if number % 2 else (other, KNOWN)
        took = {name: ask(name) for name in names}
        slower += took[KNOWN] > took[other]
    assert PAIRS - AT_MOST <= slower <= AT_MOST, f"the live key was slower in {slower} of {PAIRS}"
