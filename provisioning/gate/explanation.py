"""The shape of an explanation: what a reason means, and what an integrator does about it, in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from provisioning.model.text import Text


@dataclass(frozen=True, slots=True)
class Explanation:
    """Words for one reason: `title` says what is wrong, `detail` what to do. Source: RFC 9457 3.1."""

    title: Text
    detail: Text


def explanation(title_uk: str, detail_uk: str, title_en: str, detail_en: str) -> Explanation:
    """Return the words for one reason in both languages."""
    return Explanation(Text(uk=title_uk, en=title_en), Text(uk=detail_uk, en=detail_en))
