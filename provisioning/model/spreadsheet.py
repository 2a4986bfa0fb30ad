"""Cells of CSV files that people open in a spreadsheet. Pure."""

from __future__ import annotations

from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: object) -> str:
    """Return a value that no spreadsheet takes for a formula: one that could be gets an apostrophe in front.

    Source: OWASP, CSV injection.
    """
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
