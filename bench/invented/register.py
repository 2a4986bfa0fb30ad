"""The older export: all rows of the register, each with a body and its truth."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from bench.invented.authorities import MINISTRY, Authority
from bench.invented.bodies import Bodies
from bench.invented.places import CITIES, KYIV, OBLASTS, Codifier, Hromada, Settlement
from bench.invented.rows import Body, Row
from bench.invented.schools import OTHERS, STATES, TYPES, edrpou, email, school_name

SCHOOLS: Final = 16_434
OTHER_KINDS: Final = 600
_BRANCHES: Final = 0.12
_NAMES_ITS_PARENT: Final = 0.03
_STATE_KINDS: Final = frozenset({"вище професійне училище", "фаховий коледж"})
_SMALL_IDS: Final = range(372, 1_002)
"""Ids of another register of the same authority: colleges have such."""

_WEIGHTS: Final = {"міськ": 3.0, "селищн": 1.6, "сільськ": 1.0}
_OF_A_CITY: Final = 8.0
_OF_KYIV: Final = 9.0


class Register:
    """Makes rows, and more of them later; numbers are never given twice."""

    def __init__(self, places: Codifier, known: Sequence[Authority], seed: int, scale: float = 1.0) -> None:
        self._randomly = random.Random(f"{seed}:register")  # noqa: S311 - invented data, not secrets
        self._places = places
        self.bodies = Bodies(known, self._randomly)
        self._posts = [authority for authority in known if authority.place is not None]
        self._shares = [_weight(authority, scale) for authority in self._posts]
        self._ids = iter(sorted(self._randomly.sample(range(17_000, 180_000), 30_000)))
        self._small = iter(self._randomly.sample(_SMALL_IDS, len(_SMALL_IDS)))

    def schools(self, count: int) -> Iterator[Row]:
        """General secondary schools; some are branches, and few of those name their institution."""
        made: list[Row] = []
        for _ in range(count):
            row = self._row(next(self._ids), self._type(TYPES))
            if made and self._randomly.random() < _BRANCHES:
                row = self._branch(row, self._randomly.choice(made[-50:]))
            made.append(row)
            yield row

    def others(self, count: int) -> Iterator[Row]:
        """Kindergartens, extracurricular and vocational institutions."""
        for _ in range(count):
            kind = self._type(OTHERS)
            row = self._row(next(self._small if kind[0] == "фаховий коледж" else self._ids), kind)
            if kind[0] in _STATE_KINDS:
                superior = MINISTRY if self._randomly.random() < 0.4 else self.bodies.of_oblast[row.oblast].id
                row = replace(row, body=self.bodies.respell(self.bodies.by_id[superior]))
            yield row

    def _type(self, types: Sequence[tuple[str, str, float]]) -> tuple[str, str, float]:
        return self._randomly.choices(types, [weight for _, _, weight in types])[0]

    def _branch(self, row: Row, head: Row) -> Row:
        parent = ""
        if self._randomly.random() < _NAMES_ITS_PARENT:
            parent = str(head.id if self._randomly.random() < 0.7 else 999_000 + self._randomly.randrange(900))
        return replace(row, standing="філія", edrpou=head.edrpou, parent=parent)

    def _row(self, number: int, kind: tuple[str, str, float]) -> Row:
        authority = self._randomly.choices(self._posts, self._shares)[0]
        place, oblast, city = authority.place, authority.oblast, authority.city
        hromada = place if isinstance(place, Hromada) else city
        settlement, katottg, koatuu = self._where(authority, hromada)
        body = self.bodies.of_row(authority, oblast)
        draft = Row(
            id=number,
            name=school_name(self._randomly, kind[1], hromada, settlement),
            state=self._randomly.choices([s for s, _ in STATES], [w for _, w in STATES])[0],
            type=kind[0],
            ownership="Приватна" if body.form == "private" else "Комунальна",
            koatuu=koatuu,
            katottg=katottg,
            region=f"м. {CITIES[oblast]}" if oblast in CITIES else f"{OBLASTS[oblast]}а область",
            settlement=settlement,
            parent="",
            body=body,
            email=email(self._randomly, number),
            standing="опорний" if self._randomly.random() < 0.06 else "",
            edrpou=edrpou(self._randomly),
            place=place,
            oblast=oblast,
        )
        return replace(draft, body=self.judged(draft, body))

    def judged(self, row: Row, body: Body) -> Body:
        """The body, less sure where the row's codes do not say the place and its oblast has a namesake of it."""
        found = self.bodies.by_id.get(body.authority)
        place = found.place if found is not None else None
        if not isinstance(place, Hromada) or not body.sure:
            return body
        placed = bool(row.katottg) or bool(row.koatuu and row.koatuu.zfill(10) not in self._places.without)
        shared = (place.oblast, place.name.stem) in self.bodies.shared
        blind = not placed and (shared or body.form == "place-after")
        return replace(body, sure=not blind and not (shared and body.form == "other-kind"))

    def _where(self, authority: Authority, hromada: Hromada | None) -> tuple[str, str, str]:
        """Name of the settlement, KATOTTG and KOATUU, as far as the row gives them."""
        place = authority.place
        assert place is not None  # noqa: S101 - posts have places
        if hromada is None or hromada is not place:
            settlement = CITIES[KYIV] if hromada is None else hromada.settlements[0].name
            code, legacy = place.code, "" if isinstance(place, Hromada) else place.legacy
        else:
            lies = self._lies(hromada)
            settlement, legacy = lies.name, lies.legacy
            code = hromada.code if self._randomly.random() < 0.2 else lies.code
        way = self._randomly.random()
        if way < 0.007:
            return settlement, "", ""
        legacy = legacy.lstrip("0") if self._randomly.random() < 0.5 else legacy
        return settlement, code if way < 0.75 else "", "" if way < 0.02 else legacy

    def _lies(self, hromada: Hromada) -> Settlement:
        if self._randomly.random() < (0.87 if hromada.kind == "міськ" else 0.35):
            return hromada.settlements[0]
        return self._randomly.choice(hromada.settlements)


def _weight(authority: Authority, scale: float) -> float:
    """Share of the institutions; cities have as many districts in a small country as in a large one."""
    place = authority.place
    if isinstance(place, Hromada):
        return _WEIGHTS[place.kind]
    return scale * (_OF_KYIV if authority.city is None else _OF_A_CITY)
