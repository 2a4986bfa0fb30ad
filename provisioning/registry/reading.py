"""From a file to clean text: size, encoding, and characters that have no place in a configuration.

What can be repaired for the sake of finding further problems is repaired after it has been reported: the repaired
text is only ever used when the configuration is refused anyway.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from provisioning.model.institution import Source
from provisioning.registry.problems import Problem, error, warning

MAX_FILE_BYTES: Final = 20 * 1024 * 1024
"""A file per oblast with 2,000 institutions is under 1 MB."""

_BOM: Final = b"\xef\xbb\xbf"
_REPLACEMENT: Final = "\ufffd"
_TAB_INDENT: Final = re.compile(r"^( *\t[ \t]*)(?=[^\s#])")
_ODD_SPACE: Final = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")

MAX_LISTED: Final = 20
"""A file with more stray characters than this is not a text that somebody typed; one per line is listed."""


class Reading(NamedTuple):
    """Text of a file and what is wrong with it as text. Only a usable one is worth parsing."""

    text: str
    problems: list[Problem]
    usable: bool = True


def read_text(path: Path, file: str) -> Reading:
    """Read one file; every failure becomes a problem."""
    start = Source(file)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return _unusable(error("not-a-file", start, "this is not an ordinary file", "remove it, or make it a file"))
        if status.st_size > MAX_FILE_BYTES:
            return _unusable(_too_large(start, status.st_size))
        data = path.read_bytes()
    except OSError as failure:
        reason = failure.strerror or "unknown reason"
        return _unusable(error("unreadable", start, f"cannot be read: {reason}", "check the file and its permissions"))
    return decode(data, file)


def decode(data: bytes, file: str) -> Reading:
    """Return the text of the bytes, with every forbidden character reported and replaced."""
    problems: list[Problem] = []
    if data.startswith(_BOM):
        data = data[len(_BOM) :]
        remedy = "save the file as UTF-8 without BOM"
        problems.append(error("bom", Source(file), "the file begins with a byte order mark", remedy))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as failure:
        problems.append(_not_utf8(data, failure.start, file))
        return Reading(data.decode("utf-8", errors="replace"), problems, usable=False)
    if text.replace("\r\n", "").replace("\n", "").isprintable():
        return Reading(text, problems)
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if line.isprintable() or line == "\r":
            continue
        problems.extend(_odd_characters(line.removesuffix("\r"), file, number))
        lines[number - 1] = _repaired(line)
        if len(problems) >= MAX_LISTED:
            return Reading(text, problems, usable=False)
    return Reading("\n".join(lines), problems)


def _unusable(problem: Problem) -> Reading:
    return Reading("", [problem], usable=False)


def describe(character: str) -> str:
    """Return words for a character that cannot be seen."""
    return f"U+{ord(character):04X}"


def _odd_characters(line: str, file: str, number: int) -> Iterator[Problem]:
    tab = _TAB_INDENT.match(line)
    if tab:
        place = Source(file, number, tab[1].index("\t") + 1)
        yield error("tab", place, "a tab in the indentation", "indent with spaces, two per level")
    space = _ODD_SPACE.search(line)
    if space:
        place = Source(file, number, space.start() + 1)
        what = f"an unusual space ({describe(space[0])})"
        yield warning("odd-space", place, what, "replace each in this line by an ordinary space")
    hidden = _hidden_in(line)
    if hidden:
        column = min(map(line.index, hidden))
        yield hidden_character(line[column], Source(file, number, column + 1))


def hidden_character(character: str, place: Source) -> Problem:
    """Return the error for a control, zero-width, direction, private or unassigned character."""
    if ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0:
        return error(
            "control-character", place, f"a control character ({describe(character)})", "remove it: type the line again"
        )
    return error(
        "hidden-character",
        place,
        f"an invisible character ({describe(character)}) that can make a text look like another",
        "remove it: type the text again instead of pasting it",
    )


def _hidden_in(line: str) -> set[str]:
    """Characters of a line that nobody can see, other than tabs and unusual spaces."""
    return {c for c in set(line) if not (c.isprintable() or c == "\t" or _ODD_SPACE.match(c))}


def _repaired(line: str) -> str:
    spaced = _TAB_INDENT.sub(lambda match: match[1].replace("\t", "  "), line.removesuffix("\r"))
    return spaced.translate(dict.fromkeys(map(ord, _hidden_in(spaced)), _REPLACEMENT))


def _not_utf8(data: bytes, offset: int, file: str) -> Problem:
    before = data[:offset]
    line = before.count(b"\n") + 1
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", errors="replace")) + 1
    message = f"this is not UTF-8 text (byte 0x{data[offset]:02X})"
    return error("not-utf-8", Source(file, line, column), message, "save the file in the encoding UTF-8")


def _too_large(start: Source, size: int) -> Problem:
    limit = MAX_FILE_BYTES // (1024 * 1024)
    message = f"the file has {size / (1024 * 1024):.0f} MB; at most {limit} MB are read"
    return error("too-large", start, message, "split it into several files, one per oblast")
