"""One row of the register, and what is true of it: which authority the institution really belongs to.

Owns the columns of an export and the shape of the truth beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bench.invented.places import District, Hromada

COLUMNS: Final = (
    "Код в ЄДЕБО",
    "Повна назва",
    "Статус",
    "Тип закладу",
    "Форма власності",
    "Код КОАТУУ",
    "Код КАТОТТГ",
    "Область",
    "Населений пункт",
    "Код головного закладу",
    "Найменування органу, до сфери управління якого належить заклад освіти",
    "Електронна пошта",
    "Опорний / філія",
    "Код ЄДРПОУ",
)
TRUTH: Final = ("id", "authority", "sure", "clean", "form", "place")
"""`authority` is an id of the configuration, empty where no configured authority is right. See `Row`."""

_GOOD_EMAIL: Final = re.compile(r"[A-Za-z0-9._-]+@[a-z0-9-]+(\.[a-z0-9-]+)*\.example")
_ODD_TYPES: Final = ("коллегіум", "комбінат", "інший")


@dataclass(frozen=True, slots=True)
class Body:
    """The free text about a row's governing body, and its truth.

    `authority` is the id of the configured authority that the row belongs to; empty where there is none. `sure` says
    that text and place together name exactly that one; else a person has to be asked, though one may guess rightly.
    """

    text: str
    authority: str
    sure: bool
    form: str


@dataclass(frozen=True, slots=True)
class Row:
    """One institution of the register. `place` is where it lies: None for Kyiv as a whole."""

    id: int
    name: str
    state: str
    type: str
    ownership: str
    koatuu: str
    katottg: str
    region: str
    settlement: str
    parent: str
    body: Body
    email: str
    standing: str
    edrpou: str
    place: Hromada | District | None
    oblast: str

    @property
    def clean(self) -> bool:
        """Nothing but its governing body could keep the row from becoming a record."""
        usual = not any(word in self.type.lower() for word in _ODD_TYPES)
        alive = self.state == "працює" and not self.parent
        return alive and usual and bool(self.name) and _GOOD_EMAIL.fullmatch(self.email) is not None

    def cells(self) -> tuple[str, ...]:
        """In the order of COLUMNS."""
        return (
            *(str(self.id), self.name, self.state, self.type, self.ownership, self.koatuu, self.katottg, self.region),
            *(self.settlement, self.parent, self.body.text, self.email, self.standing, self.edrpou),
        )

    def truth(self) -> tuple[str, ...]:
        """In the order of TRUTH; `place` is the code of the hromada or district, or the oblast's two digits."""
        where = self.place.code if self.place is not None else self.oblast
        yes_no = ["yes" if told else "no" for told in (self.body.sure, self.clean)]
        return (str(self.id), self.body.authority, *yes_no, self.body.form, where)
