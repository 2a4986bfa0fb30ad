"""A request as the proxy reports it: method, target and Authorization header, read strictly or refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from provisioning.gate.paths import Segments, canonical_segments
from provisioning.gate.reasons import Reason

LONGEST_TARGET: Final = 8_192
"""Characters of path and query together."""

_SHORT: Final = 200
_TARGETS: Final = 8_192
"""Methods and targets of up to `_SHORT` characters together whose reading is kept: a few megabytes."""

_METHOD: Final = re.compile(r"[A-Za-z-]{1,20}")
_TARGET: Final = re.compile(r"/[!-~]*")
"""Visible ASCII. A client that sends anything else on the request line does not speak HTTP (RFC 9112 3.2)."""

_CREDENTIALS: Final = re.compile(r"(Bearer|DPoP) +([A-Za-z0-9._~+/=-]+)", re.IGNORECASE | re.ASCII)
_PROVEN: Final = "dpop"
_ENCODED: Final = re.compile("%([0-9A-Fa-f]{2})")
_TOKEN_PARAMETER: Final = "access_token"  # noqa: S105 - the parameter's name in RFC 6750 2.3


@dataclass(frozen=True, slots=True)
class ProtocolCall:
    """A call of the exchange protocol: its method, and a path that has one reading."""

    method: str
    segments: Segments


def read_target(method: str, target: str) -> ProtocolCall | Reason:
    """Read method and path. `target` is the request target as the client sent it, query included.

    The method counts as sent: no header and no parameter makes another of it.
    """
    is_short = len(method) + len(target) <= _SHORT
    return _read_again(method, target) if is_short else _read(method, target)


def _read(method: str, target: str) -> ProtocolCall | Reason:
    if len(target) > LONGEST_TARGET or not _METHOD.fullmatch(method) or not _TARGET.fullmatch(target):
        return Reason.REQUEST_UNREADABLE
    path, mark, query = target.partition("?")
    if mark and _holds_token(query):
        return Reason.TOKEN_IN_QUERY
    segments = canonical_segments(path)
    return Reason.PATH_NOT_CANONICAL if segments is None else ProtocolCall(method, segments)


_read_again: Final = lru_cache(_TARGETS)(_read)
"""OIS ask for the same few paths all day. Short ones only, so that nobody fills the memory with long ones."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an Authorization header holds. `is_proven` says that it is by the scheme DPoP, which wants a proof."""

    token: str
    is_proven: bool


def read_authorization(header: str | None) -> Credentials | Reason:
    """Return the token and its scheme. Servers join repeated headers by commas, which no token holds.

    Source: RFC 6750 2.1, RFC 9449 7.1.
    """
    if not header:
        return Reason.NO_TOKEN
    if "," in header:
        return Reason.TWO_TOKENS
    found = _CREDENTIALS.fullmatch(header)
    return Reason.NO_TOKEN if found is None else Credentials(found[2], found[1].lower() == _PROVEN)


def _holds_token(query: str) -> bool:
    names = (part.partition("=")[0] for part in re.split("[&;]", query))
    return any(_ENCODED.sub(_decoded, name).lower() == _TOKEN_PARAMETER for name in names)


def _decoded(encoded: re.Match[str]) -> str:
    return chr(int(encoded[1], 16))
