"""Texts for people in both languages. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """One text for people in both languages; Ukrainian comes first everywhere."""

    uk: str
    en: str
