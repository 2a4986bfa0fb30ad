"""Which governing body a row names: nearly always that of its place, written in the way that is usual there.

A hromada's institutions mostly share one text, for they copy it from each other; one hromada in four has a second.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bench.invented.authorities import MINISTRY, Authority
from bench.invented.places import OBLASTS, Hromada
from bench.invented.rows import Body
from bench.invented.spellings import spell, typed

_SECOND: Final = 0.25
_NOT_THE_PLACE: Final = (
    # what else a row names, with the share of all rows in percent
    ("oblast", 3.0),
    ("private", 2.2),
    ("unknown", 0.6),
    ("raion", 0.4),
    ("empty", 0.4),
    ("neighbour", 0.3),
    ("ministry", 0.2),
    ("elsewhere", 0.2),
)
_OTHERS: Final = (
    "Міністерство оборони України",
    "Міністерство внутрішніх справ України",
    "Міністерство культури та стратегічних комунікацій України",
    "Національна академія педагогічних наук України",
    "Державна кримінально-виконавча служба України",
    "Міністерство соціальної політики України",
    "Українська Греко-Католицька Церква",
    "Профспілка працівників освіти і науки України",
    "-",
    "немає",
    "інше",
)
_MOVED_FROM: Final = frozenset({"14", "44", "65"})
"""Oblasts whose institutions moved to others and kept their council."""

_FIRMS: Final = ("Перспектива", "Мрія", "Дивосвіт", "Розвиток", "Перша академія", "Гармонія", "Еврика", "Сонячна")


class Bodies:
    """Texts of governing bodies for one country, the same text for neighbours as a rule."""

    def __init__(self, known: Sequence[Authority], randomly: random.Random) -> None:
        self._randomly = randomly
        self.by_id = {authority.id: authority for authority in known}
        self.of_oblast = {a.oblast: a for a in known if a.level == "oblast"}
        self.of_place = {a.place.code: a for a in known if a.place is not None}
        self._raions: dict[str, list[Authority]] = {}
        for authority in known:
            if isinstance(authority.place, Hromada):
                self._raions.setdefault(authority.place.raion.code, []).append(authority)
        self._usual = {authority.id: self._spelled(authority) for authority in known}
        self._second = {a.id: self._spelled(a) for a in known if randomly.random() < _SECOND}
        stems = Counter((a.place.oblast, a.place.name.stem) for a in known if isinstance(a.place, Hromada))
        self.shared = {stem for stem, count in stems.items() if count > 1}
        """(oblast, stem) of the hromadas that have a namesake in their own oblast."""

    def of_row(self, authority: Authority, oblast: str) -> Body:
        """The body of a row that lies where `authority` governs."""
        names, weights = zip(*_NOT_THE_PLACE, strict=True)
        if self._randomly.random() * 100 >= sum(weights):
            return self.usual(authority)
        way = self._randomly.choices(names, weights)[0]
        if way == "oblast":
            return self._spelled(self.of_oblast[oblast]) if oblast in self.of_oblast else self.usual(authority)
        if way == "ministry":
            return self._spelled(self.by_id[MINISTRY])
        if way == "empty":
            return Body("", "", False, "empty")
        return self.strange(way, authority, oblast)

    def usual(self, authority: Authority) -> Body:
        """As the institutions of `authority` write it."""
        second = self._second.get(authority.id)
        return second if second is not None and self._randomly.random() < 0.3 else self._usual[authority.id]

    def respell(self, authority: Authority, *, sure: bool = False) -> Body:
        """From now on they write it otherwise."""
        before = self._usual[authority.id].text
        while (body := self._spelled(authority, sure=sure)).text == before:
            pass
        self._usual[authority.id] = body
        self._second.pop(authority.id, None)
        return body

    def strange(self, way: str, authority: Authority, oblast: str) -> Body:
        """A body that is not the one of the place: `private`, `raion`, `neighbour`, `elsewhere` or `unknown`."""
        place = authority.place
        if way == "private":
            return Body(typed(self._private(authority), self._randomly), "", False, "private")
        if way == "raion" and isinstance(place, Hromada):
            return Body(typed(self._raion(place), self._randomly), "", False, "raion")
        if way == "neighbour" and isinstance(place, Hromada):
            others = [a for a in self._raions[place.raion.code] if a is not authority]
            if others:
                return replace(self._spelled(self._randomly.choice(others), sure=True), sure=False, form="neighbour")
        if way == "elsewhere":
            far = [a for a in self.of_place.values() if a.oblast in _MOVED_FROM - {oblast}]
            return replace(self._spelled(self._randomly.choice(far), sure=True), sure=False, form="elsewhere")
        return Body(typed(self._randomly.choice(_OTHERS), self._randomly), "", False, "unknown")

    def _spelled(self, authority: Authority, *, sure: bool = False) -> Body:
        spelling = spell(authority, self._randomly, sure=sure)
        return Body(spelling.text, authority.id if authority.configured else "", spelling.sure, spelling.form)

    def _private(self, authority: Authority) -> str:
        firm, place = self._randomly.choice(_FIRMS), authority.place
        if isinstance(place, Hromada) and self._randomly.random() < 0.2:
            firm = f"{place.name.masculine} ліцей"  # named after its place: not under the council for that
        options = (
            f"Товариство з обмеженою відповідальністю «{firm}»",
            f'ТОВ "{firm}"',
            f"Приватний заклад освіти «{firm}»",
            f"ПРИВАТНЕ ПІДПРИЄМСТВО «{firm}»",
            f"Громадська організація «{firm}»",
            f"Благодійний фонд «{firm}»",
            "Фізична особа - підприємець",
            "Приватна власність",
            "Засновник",
        )
        return self._randomly.choice(options)

    def _raion(self, place: Hromada) -> str:
        """The raion that there is today: it runs no schools, and is called like the hromada of its town."""
        name, oblast = place.raion.name, OBLASTS[place.oblast]
        options = (
            f"{name.feminine} районна рада",
            f"{name.feminine} районна рада {oblast}ої області",
            f"{name.feminine} районна державна адміністрація {oblast}ої області",
            f"{name.feminine} районна військова адміністрація",
            f"Відділ освіти {name.feminine_genitive} районної військової адміністрації",
        )
        return self._randomly.choice(options)
