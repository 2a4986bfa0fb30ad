"""Invented people and facts. The same institution always gets the same ones, and no person in them exists."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

Fact = str | int | bool
Record = dict[str, Fact]
Collection = dict[str, Record]

_FIRST: Final = ("Вигадана", "Казкова", "Мрійна", "Уявна", "Зразкова", "Примірна", "Надумана", "Приснена")
_LAST: Final = ("Небилиця", "Видумка", "Гадка", "Примара", "Вигадько", "Нетутешня", "Уявенко", "Казкаренко")
_SUBJECTS: Final = ("українська мова", "математика", "біологія", "історія", "інформатика")
_CLASSES: Final = ("5-А", "6-А", "7-А", "8-А")
_WEEKS: Final = ("2026-W36", "2026-W37")
_SCHOOL_YEAR: Final = date(2026, 9, 1)
_PUPILS: Final = 12


def invent(institution: str, path: tuple[str, ...]) -> Collection:
    """Return the first content of a collection such as `("students",)` or `("classes", "7-А", "grades")`."""
    maker = _MAKERS.get(path[-1])
    return {} if maker is None else maker(f"{institution}/{'/'.join(path)}")


def _number(seed: str, below: int) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big") % below


def _name(seed: str) -> str:
    return f"{_FIRST[_number(f'{seed}/first', len(_FIRST))]} {_LAST[_number(f'{seed}/last', len(_LAST))]}"


def _people(seed: str, prefix: str, count: int, more: Callable[[str], Record]) -> Collection:
    names = (f"{prefix}{number:03d}" for number in range(1, count + 1))
    return {name: {"name": _name(f"{seed}/{name}"), **more(f"{seed}/{name}")} for name in names}


def _students(seed: str) -> Collection:
    def more(one: str) -> Record:
        born = date(2014, 1, 1) + timedelta(days=_number(f"{one}/born", 1200))
        return {"class": _CLASSES[_number(one, len(_CLASSES))], "born": born.isoformat()}

    return _people(seed, "s", _PUPILS, more)


def _staff(seed: str) -> Collection:
    return _people(seed, "e", 4, lambda one: {"subject": _SUBJECTS[_number(one, len(_SUBJECTS))]})


def _classes(seed: str) -> Collection:
    return {name: {"pupils": 20 + _number(f"{seed}/{name}", 10)} for name in _CLASSES}


def _schedule(seed: str) -> Collection:
    return {week: {"monday": _SUBJECTS[_number(f"{seed}/{week}", len(_SUBJECTS))]} for week in _WEEKS}


def _grades(seed: str) -> Collection:
    return {f"g{number:03d}": {"subject": subject, "grade": 1 + _number(f"{seed}/{subject}", 12)}
            for number, subject in enumerate(_SUBJECTS, 1)}  # fmt: skip


def _attendance(seed: str) -> Collection:
    days = ((_SCHOOL_YEAR + timedelta(days=n)).isoformat() for n in range(3))
    return {day: {"absent": _number(f"{seed}/{day}", 4)} for day in days}


def _queue(seed: str) -> Collection:
    return _people(seed, "q", 3, lambda one: {"place": 1 + _number(one, 40)})


def _reports(seed: str) -> Collection:
    return {"2026-09": {"pupils": _PUPILS, "submitted": True}}


def _documents(seed: str) -> Collection:
    return _people(seed, "d", 2, lambda one: {"kind": "свідоцтво", "number": 100000 + _number(one, 900000)})


_MAKERS: Final[Mapping[str, Callable[[str], Collection]]] = {
    "students": _students,
    "staff": _staff,
    "classes": _classes,
    "schedule": _schedule,
    "grades": _grades,
    "attendance": _attendance,
    "queue": _queue,
    "reports": _reports,
    "documents": _documents,
}
