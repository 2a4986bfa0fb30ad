"""A decoder of mail headers that follows RFC 2047 to the letter and repairs nothing, apart from Python's own."""

from __future__ import annotations

import re
from binascii import a2b_base64
from email.message import EmailMessage
from typing import Final

_WORD: Final = re.compile(r"=\?([A-Za-z0-9-]+)\?([bBqQ])\?([!->@-~]*)\?=")
_BETWEEN: Final = re.compile(r"(\?=)[ \t\r\n]+(?==\?)")
"""Space between two encoded words is not shown (section 6.2); all other space is."""

_ESCAPED: Final = re.compile(rb"=([0-9A-F]{2})")


def headers_of(message: EmailMessage) -> dict[str, str]:
    """Each header as it goes over the wire, unfolded (RFC 5322 section 2.2.3)."""
    return raw_headers(message.as_bytes(policy=message.policy.clone(linesep="\r\n")))


def raw_headers(content: bytes) -> dict[str, str]:
    """Each header of a mail's bytes, unfolded; fails when one holds anything but ASCII."""
    head = content.split(b"\r\n\r\n" if b"\r\n" in content else b"\n\n", 1)[0].decode("ascii")
    unfolded = re.sub(r"\r?\n(?=[ \t])", "", head)
    return dict(re.split(r":[ \t]?", line, maxsplit=1) for line in unfolded.splitlines())


def decoded(value: str) -> str:
    """The text of an unfolded header."""
    return _WORD.sub(_decoded_word, _BETWEEN.sub(r"\1", value))


def _decoded_word(word: re.Match[str]) -> str:
    charset, kind, text = word[1], word[2].lower(), word[3].encode("ascii")
    if kind == "b":
        return a2b_base64(text, strict_mode=True).decode(charset)
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), text.replace(b"_", b" ")).decode(charset)
