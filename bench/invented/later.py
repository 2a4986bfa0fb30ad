"""The newer export, eight months on, with the real proportions of changes.

Of 16,433 shared ids 3,557 names, 871 governing bodies, 513 e-mails and 449 states change; 912 are new, 1 is gone, 196
are liquidated.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from bench.invented.authorities import Authority
from bench.invented.bodies import Bodies
from bench.invented.places import Hromada
from bench.invented.register import Register
from bench.invented.rows import Body, Row
from bench.invented.spellings import renamed

NAMES: Final = 3_557
BODIES: Final = 871
EMAILS: Final = 513
STATES: Final = 449
LIQUIDATED: Final = 196
NEW: Final = 912
GONE: Final = 1

_MOVES: Final = (
    # how a governing body changes, with the share of the 871 rows in percent
    ("respelled", 62),
    ("unknown", 18),
    ("merged", 7),
    ("handed over", 8),
    ("renamed", 5),
)

_OLD_RAIONS: Final = 6
"""Hromadas that name a raion which is no more, and no longer do."""


def later(register: Register, older: Sequence[Row], seed: int, scale: float = 1.0) -> list[Row]:
    """All rows of the newer export, the shared ones in the same order; schools alone change."""
    return _Later(register, older, random.Random(f"{seed}:later"), scale).rows()  # noqa: S311 - invented data


class _Later:
    def __init__(self, register: Register, older: Sequence[Row], randomly: random.Random, scale: float) -> None:
        self._register = register
        self._bodies: Bodies = register.bodies
        self._randomly = randomly
        self._scale = scale
        self._rows = {row.id: row for row in older}
        ids = [row.id for row in older if row.id > 1_001]
        self._gone = set(randomly.sample(ids, GONE))
        self._shared = [number for number in ids if number not in self._gone]

    def rows(self) -> list[Row]:
        self._change_bodies(round(BODIES * self._scale))
        self._change(round(NAMES * self._scale), self._shared, self._name)
        self._change(round(EMAILS * self._scale), self._shared, self._email)
        states = round(STATES * self._scale)
        alive = [number for number in self._shared if self._rows[number].state != "ліквідовано"]
        changed = self._randomly.sample(alive, states)
        ended = round(LIQUIDATED * self._scale)
        self._change(ended, changed[:ended], lambda row: replace(row, state="ліквідовано"))
        self._change(states - ended, changed[ended:], self._state)
        kept = [row for row in self._rows.values() if row.id not in self._gone]
        return [*kept, *self._register.schools(round(NEW * self._scale))]

    def _change(self, count: int, ids: Sequence[int], change: Callable[[Row], Row]) -> None:
        for number in self._randomly.sample(ids, count):
            self._rows[number] = change(self._rows[number])

    def _name(self, row: Row) -> Row:
        options = (
            row.name.replace("Загальноосвітня школа І-ІІІ ступенів", "Ліцей").replace("гімназія", "ліцей"),
            row.name.replace("школа", "гімназія").replace("Школа", "Гімназія"),
            " ".join(row.name.replace('"', "").split()).replace("`", "'"),
            f"Комунальний заклад освіти «{row.name}»",
            f"{row.name} імені Захисників України",
        )
        different = [name for name in options if name != row.name]
        return replace(row, name=self._randomly.choice(different))

    def _email(self, row: Row) -> Row:
        return replace(row, email=f"office{row.id}@lyceum.example")

    def _state(self, row: Row) -> Row:
        others = [s for s in ("працює", "призупинено", "припинено", "реорганізовано") if s != row.state]
        return replace(row, state=self._randomly.choices(others, [6, 3, 2, 1][-len(others) :])[0])

    def _change_bodies(self, wanted: int) -> None:
        """By groups, as it happens: a hromada's institutions change together, until so many rows are changed."""
        groups = self._groups()
        for way, share in _MOVES:
            left = round(wanted * share / 100)
            while left > 0 and groups:
                authority, ids = groups.pop()
                for number, body in self._moved(way, authority, ids[:left]):
                    row = self._rows[number]
                    judged = self._register.judged(row, body)
                    if judged.text != row.body.text:
                        self._rows[number] = replace(row, body=judged)
                        left -= 1

    def _groups(self) -> list[tuple[Authority, list[int]]]:
        """Authorities of hromadas with the rows that belong to them and lie there; raions that are no more come last.

        The last ones are taken first, so that part of these is written anew.
        """
        by_authority: dict[str, list[int]] = {}
        for number in self._shared:
            row = self._rows[number]
            authority = self._bodies.by_id.get(row.body.authority)
            if authority is not None and authority.place is row.place and isinstance(row.place, Hromada):
                by_authority.setdefault(authority.id, []).append(number)
        groups = [(self._bodies.by_id[identifier], ids) for identifier, ids in by_authority.items()]
        self._randomly.shuffle(groups)
        old = [group for group in groups if self._rows[group[1][0]].body.form == "old-raion"]
        old = old[: max(1, round(_OLD_RAIONS * self._scale))]
        return [*(group for group in groups if group not in old), *old]

    def _moved(self, way: str, authority: Authority, ids: Sequence[int]) -> Iterator[tuple[int, Body]]:
        place = authority.place
        assert isinstance(place, Hromada)  # noqa: S101 - by _groups
        if way == "merged":
            body = self._bodies.strange("neighbour", authority, authority.oblast)
            yield from ((number, replace(body, form="merged")) for number in ids)
        elif way == "renamed":
            spelling = renamed(place, self._randomly)
            yield from ((number, Body(spelling.text, authority.id, False, "renamed")) for number in ids)
        elif way == "unknown":
            kind = self._randomly.choice(("private", "raion", "unknown"))
            body = self._bodies.strange(kind, authority, authority.oblast)
            yield from ((number, body) for number in ids)
        elif way == "handed over":
            body = self._bodies.respell(self._bodies.of_oblast[authority.oblast])
            yield from ((number, body) for number in ids[:1])
        else:
            body = self._bodies.respell(authority, sure=True)
            yield from ((number, body) for number in ids)
