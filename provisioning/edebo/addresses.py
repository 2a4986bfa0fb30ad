"""E-mail addresses of rows: mended where they have one meaning, asked where they have several. Pure.

An address is never guessed and never chosen: the base key goes there (order cl. 4).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from provisioning.registry.rules.emails import email_fault

_LABEL: Final = re.compile(
    r"^(?:mailto|[eе]\s*-?\s*m[aа]il|ел(?:ектронна)?\.?\s*(?:пошта|адреса)|пошта|[eе]\.\s*пошта|імейл)\s*[:：\-–—]?\s+(?=\S)"
    r"|^(?:mailto|[eе]\s*-?\s*m[aа]il|ел(?:ектронна)?\.?\s*(?:пошта|адреса)|пошта|[eе]\.\s*пошта|імейл)\s*[:：]\s*",
    re.IGNORECASE,
)
"""What people write before an address, its letters Latin or Cyrillic."""

_EDGES: Final = " \t;,.:<>()[]\"'«»“”"
_SEPARATORS: Final = re.compile(r"[,;\s/|]+")


@dataclass(frozen=True, slots=True)
class Address:
    """`value` is one address that can be used, or None. `mended` says what was taken off, `fault` what is wrong.

    `several` are the addresses of which a person has to choose one.
    """

    value: str | None = None
    mended: str | None = None
    fault: str | None = None
    several: tuple[str, ...] = ()


def read_address(text: str) -> Address:
    """Return the address that a field of the register holds; `text` has single spaces and something in it."""
    if email_fault(text) is None:
        return Address(text)
    bare = _LABEL.sub("", text).strip(_EDGES)
    if email_fault(bare) is None:
        return Address(bare, mended=f"“{text[:80]}” was read as {bare}")
    parts = [_LABEL.sub("", part).strip(_EDGES) for part in _SEPARATORS.split(bare)]
    good = tuple(dict.fromkeys(part for part in parts if part and email_fault(part) is None))
    if len(good) == 1 and len({part.lower() for part in parts if part}) == 1:
        return Address(good[0], mended=f"“{text[:80]}” says {good[0]} twice")
    if good and sum("@" in part for part in parts) > 1:
        return Address(fault=f"several addresses: “{text[:120]}”", several=good)
    fault = email_fault(text)
    return Address(fault=fault.message if fault else None)
