"""Where to go after sign-in: only ever a page of this site. PURE."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote, urlsplit

HOME: Final = "/"
_MAX_CHARACTERS: Final = 512
"""The path travels in the session cookie, which has room for little."""


def local_path(text: str | None) -> str:
    """Return `text` when it is an absolute path of this site, else the home page.

    Browsers read `\\` as `/` and drop line ends and tabs, so `/\\evil` and `/<tab>/evil` leave the site:
    both the text and what it decodes to must be free of them. Source: docs/security.md row 25.
    """
    if not text or len(text) > _MAX_CHARACTERS:
        return HOME
    return text if _is_local(text) and _is_local(unquote(text)) else HOME


def _is_local(text: str) -> bool:
    if not text.startswith("/") or text.startswith("//") or "\\" in text or not text.isprintable():
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc and not parts.path.startswith("//")
