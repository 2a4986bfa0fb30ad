"""Which numbers of ids (the seven digits behind the hyphen) belong to whom: no two sources give the same id. Pure.

    1 to 99,999              given by hand
    100,000 to 7,999,999     institutions of the register, by their EDEBO id
    8,000,000 to 8,099,999   those whose EDEBO id is below 100,000, as in other registers it is: 8,000,000 more
    9,000,000 to 9,999,999   authorities that `provision import authorities` brings in

Ids that exist stay as they are: an id is never changed nor given again (order cl. 11).
"""

from __future__ import annotations

from typing import Final

REGISTER: Final = range(100_000, 8_000_000)
SMALL: Final = range(1, 100_000)
REGISTERED: Final = range(100_000, 9_000_000)
"""Both ranges that EDEBO ids lead to."""

AUTHORITIES: Final = range(9_000_000, 10_000_000)

_LIFT: Final = 8_000_000


def register_number(edebo_id: int) -> int | None:
    """Return the number that an institution of the register gets; None for an EDEBO id that none is kept for."""
    if edebo_id in REGISTER:
        return edebo_id
    return edebo_id + _LIFT if edebo_id in SMALL else None


def number_of(identifier: str) -> int:
    """Return the seven digits of an id."""
    return int(identifier[3:])
