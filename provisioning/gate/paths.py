"""The one form in which a path is decided on.

The gate never normalises: a path that some program could read in another way is refused, so the path decided on is the
path that the central database gets. Source: RFC 3986 2.3, 3.3, 6.2.
"""

from __future__ import annotations

import re
from typing import Final, NewType

Segments = NewType("Segments", tuple[str, ...])
"""The segments of a canonical path as they were sent, percent-encoding included; () for the root."""

LONGEST_PATH: Final = 2048
"""Characters."""

_PLAIN: Final = re.compile(r"(?:/[A-Za-z0-9._~:@!$&'()*+,=%-]+)+")
"""Every character of RFC 3986's `pchar` but the semicolon, at which some programs cut."""

_ENCODED: Final = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")
"""Percent-encoding of bytes beyond ASCII, in either case of hex digits (RFC 3986 2.1). Other ASCII than the space needs
none, and encoded it is read in two ways."""

_SPACE: Final = "%20"
"""Between other characters only: some programs cut it off at the ends of a name."""

_DOTS: Final = frozenset((".", ".."))


def canonical_segments(path: str) -> Segments | None:
    """Return the segments of a path that has one reading; None for any other.

    `path` is the part of the request line before the query.
    """
    if path == "/":
        return Segments(())
    if len(path) > LONGEST_PATH or _PLAIN.fullmatch(path) is None:
        return None
    segments = path[1:].split("/")
    if not _DOTS.isdisjoint(segments):
        return None
    if "%" in path and not all(map(_reads_one_way, segments)):
        return None
    return Segments(tuple(segments))


def _reads_one_way(segment: str) -> bool:
    """Whether all percent-encoding in it is of printable text beyond ASCII or of a space inside."""
    if segment.startswith(_SPACE) or segment.endswith(_SPACE):
        return False
    if "%" in _ENCODED.sub("", segment.replace(_SPACE, "/")):
        return False
    for run in _ENCODED.findall(segment):
        try:
            text = bytes.fromhex(run.replace("%", "")).decode("utf-8")
        except UnicodeDecodeError:
            return False
        if not text.isprintable():
            return False
    return True
