"""The year's turn: an invented register of N institutions in two exports a year apart, and what people answer to it.

The shape is the real one's, eight months stretched to twelve: some 5 % move to another hromada, 3 % close, 10 % change
their name, 5 % are founded; bodies are renamed, hromadas merge. Names and addresses are made up, the same each time.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.support.edebo import as_csv, for_people, row
from tests.support.register import authority

OBLASTS: Final = ("05", "23", "46", "53", "71")
SIZE_OF_HROMADA: Final = 60
_BEGINNINGS: Final = (
    *("Верб", "Дуб", "Калин", "Ясен", "Тернов", "Озер"),
    *("Гай", "Кринич", "Степ", "Лугов", "Борів", "Явор"),
)
_MIDDLES: Final = ("н", "к", "л", "ч", "т", "м", "в", "р", "д", "п")
SPELLINGS: Final = (
    "Відділ освіти {of} міської ради",
    "від.освіти {of} м/р",
    "ВІДДІЛ ОСВІТИ {of} МІСЬКОЇ РАДИ",
    "{nom} міська рада",
    "Відділ освіти виконавчого комітету {of} міськради",
)
FIRST_ID: Final = 200_000


@dataclass(frozen=True, slots=True)
class Hromada:
    """A hromada with its authority: the `stem` of its name, its code of place and the authority's id."""

    oblast: str
    stem: str
    katottg: str
    authority: str

    def body(self, spelling: str) -> str:
        """The name of its authority as somebody writes it."""
        return spelling.format(of=f"{self.stem}ської", nom=f"{self.stem}ська")


@dataclass(slots=True)
class Year:
    """Two exports and what happened between them; `renamed` are bodies that the newer one calls by an unknown name."""

    hromadas: list[Hromada]
    older: list[dict[str, Any]]
    newer: list[dict[str, Any]]
    renamed: dict[str, Hromada] = field(default_factory=dict)
    merged: tuple[Hromada, Hromada, str] | None = None
    moved: list[int] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    founded: list[int] = field(default_factory=list)
    several: dict[int, str] = field(default_factory=dict)

    def records(self) -> list[str]:
        """YAML of the oblast departments and hromada authorities."""
        departments = [authority(f"{o}-0000001", f"Департамент освіти {o}") for o in OBLASTS]
        name = SPELLINGS[0]
        own = [authority(h.authority, h.body(name), h.katottg, f"{h.oblast}-0000001") for h in self.hromadas]
        return [*departments, *own]


def year(size: int, seed: int = 2026) -> Year:
    """Invent a register of `size` institutions and its year."""
    randomly = random.Random(seed)  # noqa: S311  # invented data
    hromadas = [_hromada(number) for number in range(max(24, size // SIZE_OF_HROMADA))]
    older = [_row(FIRST_ID + number, hromadas[number % len(hromadas)], randomly) for number in range(size)]
    result = Year(hromadas, older, [dict(one) for one in older])
    _rename_bodies(result)
    _merge(result)
    _change_rows(result, randomly, size)
    _found(result, randomly, size // 20)
    return result


def _hromada(number: int) -> Hromada:
    oblast = OBLASTS[number % len(OBLASTS)]
    # The first two share their name, in two oblasts.
    unique = max(0, number - 1)
    stem = _BEGINNINGS[unique % 12] + "о" + _MIDDLES[unique // 12 % 10] + "инів" + ("о" * (unique // 120))
    return Hromada(oblast, stem, f"UA{oblast}02{number + 1:03d}0010000{number:05d}"[:19], f"{oblast}-9{number:05d}0")


def _row(number: int, hromada: Hromada, randomly: random.Random) -> dict[str, Any]:
    body = hromada.body(randomly.choice(SPELLINGS))
    return row(number, governance_name=body, katottg=hromada.katottg, email=f"z{number}@schools.example")


def _rename_bodies(result: Year) -> None:
    """Three councils get a name that nothing here knows, two departments another title."""
    for number, hromada in enumerate(result.hromadas[2:5]):
        body = f"Новоназван{'ськ' * (number + 1)}а міська рада"
        result.renamed[body] = hromada
        _say(result, hromada, body)
    for hromada in result.hromadas[5:7]:
        _say(result, hromada, hromada.body("Управління освіти, культури та спорту {of} міської ради"))


def _merge(result: Year) -> None:
    """The first hromada and the next of its oblast become one, whose council the register names by a new name."""
    first = result.hromadas[0]
    other = next(one for one in result.hromadas[7:] if one.oblast == first.oblast)
    body = "Відділ освіти Об'єднанецької міської ради"
    result.merged = (first, other, body)
    for hromada in (first, other):
        _say(result, hromada, body)


def _say(result: Year, hromada: Hromada, body: str) -> None:
    for one in result.newer:
        if one["katottg"] == hromada.katottg:
            one["governance_name"] = body


def _change_rows(result: Year, randomly: random.Random, size: int) -> None:
    order = [one for one in result.newer if one["katottg"] not in _busy(result)]
    randomly.shuffle(order)
    taken = iter(order)
    steady = [one for one in result.hromadas if one.katottg not in _busy(result)]
    for _ in range(size // 20):
        one = next(taken)
        new = randomly.choice([h for h in steady if h.oblast == one["katottg"][2:4] and h.katottg != one["katottg"]])
        one.update(katottg=new.katottg, governance_name=new.body(randomly.choice(SPELLINGS)))
        result.moved.append(one["institution_id"])
    for count, state in ((size // 50, "ліквідовано"), (size // 100, "реорганізовано"), (size // 100, "призупинено")):
        for _ in range(count):
            one = next(taken)
            one["state_name"] = state
            if state != "призупинено":
                result.closed.append(one["institution_id"])
    for _ in range(size // 10):
        one = next(taken)
        one["institution_name"] = f"Гімназія № {one['institution_id']} «Нова»"
    for _ in range(size // 25):
        one = next(taken)
        one["email"] = f"new{one['institution_id']}@schools.example"
    for one in (next(taken) for _ in range(3)):
        one["email"] = f"a{one['institution_id']}@schools.example, b{one['institution_id']}@schools.example"
        result.several[one["institution_id"]] = f"a{one['institution_id']}@schools.example"


def _busy(result: Year) -> set[str]:
    """Codes of hromadas whose bodies changed as a whole."""
    merged = result.merged[:2] if result.merged else ()
    return {one.katottg for one in (*merged, *result.hromadas[2:7])}


def _found(result: Year, randomly: random.Random, count: int) -> None:
    steady = [one for one in result.hromadas if one.katottg not in _busy(result)]
    for number in range(count):
        identifier = FIRST_ID + 50_000 + number
        result.newer.append(_row(identifier, randomly.choice(steady), randomly))
        result.founded.append(identifier)
    result.newer[-1]["institution_type_name"] = "науковий осередок"


def write_export(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """An export as people get it."""
    path.write_bytes(as_csv(for_people([dict(one) for one in rows])))
    return path


def merger(happened: Year) -> list[dict[str, str]]:
    """The line of authorities by which a person merges the two hromadas."""
    assert happened.merged is not None
    first, other, body = happened.merged
    return [
        {
            **{"Назва": body, "КАТОТТГ": first.katottg, "Електронна пошта": "merged@authorities.example"},
            **{"Рівень": "місто", "Вищий орган": f"{first.oblast}-0000001"},
            **{"Попередники": f"{first.authority}; {other.authority}"},
            **{"Документ": "Постанова № 1", "Дата": "01.09.2026"},
        }
    ]


def answered_map(text: str, happened: Year) -> str:
    """The draft map as a person completes it."""
    for body, hromada in happened.renamed.items():
        text = text.replace(f'"{body}": null', f'"{body}": "{hromada.authority}"')
    for number, address in happened.several.items():
        text = text.replace(f'"{number}": null', f'"{number}": {address}')
    return text.replace('"науковий осередок": null', '"науковий осередок": extracurricular')


def completed_endings(text: str) -> str:
    """The draft of deactivations as a person completes it: one document for all."""
    lines = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))
    for one in lines:
        one |= {"Документ": "Рішення № 15", "Дата": "30.10.2026"}
        if one["Підстава"] == "реорганізація":
            one["Правонаступники"] = next(other["Код"] for other in lines if other["Код"] != one["Код"])
    return as_csv(lines).decode("utf-8-sig")
