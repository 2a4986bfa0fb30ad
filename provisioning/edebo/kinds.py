"""Types of institution as the register writes them, and the kind that each means. Pure.

Owns the spellings. An unknown type, or one that calls itself “another institution”, has no kind: a person says it.
"""

from __future__ import annotations

import re
from typing import Final

from provisioning.model.institution import Kind
from provisioning.model.text import folded

_OTHER: Final = re.compile(r"\bінш(?:ий|і|а|е|их|ого)\b")

_KINDS: Final = tuple(
    (kind, re.compile("|".join(words)))
    for kind, words in (
        (Kind.AUTHORITY, (r"орган управління", r"^департамент", r"^управління освіти", r"^відділ освіти")),
        (
            Kind.EXTRACURRICULAR,
            (
                *(r"позашкільн", r"творчост", r"спортивна школа", r"дитячо-?юнацьк", r"юнацтва", r"юних", r"юнацьк"),
                *(r"початков\w+ мистецьк\w+ освіт", r"(?:музична|художня|хореографічна|театральна|хорова) школа"),
                *(r"школа мистецтв", r"мистецька школа", r"мала академія наук", r"школа естетичного виховання"),
                r"спеціалізован\w+ мистецьк\w+ навчальн\w+ заклад",
            ),
        ),
        (Kind.PRE_HIGHER, (r"фахов", r"передвищ", r"технікум")),
        (
            Kind.VOCATIONAL,
            (
                *(r"професійно-?\s*технічн", r"професійної освіти", r"професійн\w+ (?:ліцей|коледж|училище|школа)"),
                *(r"\(професійно", r"училище", r"центр професійно-технічної освіти", r"професійної \("),
            ),
        ),
        (
            Kind.SPECIAL,
            (r"спеціальн", r"реабілітаційн", r"санаторн", r"школа соціальної реабілітації"),
        ),
        (Kind.PRESCHOOL, (r"дошкільн", r"\bясла", r"садок", r"дитячий сад\b", r"центр розвитку дитини")),
        (
            Kind.SCHOOL,
            (
                *(r"середньої освіти", r"загальноосвітн", r"школа", r"ліцей", r"гімназі", r"навчально-?\s*виховн"),
                *(r"коллегі", r"колегі", r"міжшкільний (?:навчально-?\s*виробничий комбінат|ресурсний центр)", r"мнвк"),
                r"освітн(?:ій|ьо-?виховний) комплекс",
            ),
        ),
    )
)
"""Kind → patterns in the type's name, in small letters; the first that fits counts."""

_NO_KIND: Final = re.compile(r"професійного розвитку|інклюзивно-?\s*ресурсний|університет|академія(?! наук)|інститут")


def kind_of(type_name: str) -> Kind | None:
    """Return the kind that a type's name means; None when no word of it is known or it says “another”."""
    words = folded(type_name).lower()
    if _OTHER.search(words) or _NO_KIND.search(words):
        return None
    return next((kind for kind, pattern in _KINDS if pattern.search(words)), None)
