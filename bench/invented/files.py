"""Files of an invented country: codifier, table of legacy codes, authorities, two exports, and the truth of each."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from bench.country import write_country
from bench.invented.authorities import Authority, authorities
from bench.invented.later import later
from bench.invented.places import CITIES, OBLASTS, Codifier, codifier
from bench.invented.register import OTHER_KINDS, SCHOOLS, Register
from bench.invented.rows import COLUMNS, TRUTH

CODIFIER: Final = "codifier.csv"
KOATUU: Final = "koatuu.csv"
AUTHORITIES: Final = "authorities.csv"
OLDER: Final = "older.csv"
NEWER: Final = "newer.csv"
OLDER_TRUTH: Final = "older-truth.csv"
NEWER_TRUTH: Final = "newer-truth.csv"
CONFIGURATION: Final = "realm-config"

_LEVELS: Final = ("Перший рівень", "Другий рівень", "Третій рівень", "Четвертий рівень", "Додатковий рівень")
_CODIFIER: Final = (*_LEVELS, "Категорія об'єкта", "Назва об'єкта")
_AUTHORITIES: Final = ("id", "name", "edrpou", "katottg", "email", "level", "superior")


def write_invented(folder: Path, seed: int = 2026, scale: float = 1.0) -> None:
    """Write everything into `folder`; the same seed and scale write the same bytes."""
    places = codifier(seed, scale)
    known = authorities(seed, places, scale)
    register = Register(places, known, seed, scale)
    older = [*register.schools(round(SCHOOLS * scale)), *register.others(round(OTHER_KINDS * scale))]
    newer = later(register, older, seed, scale)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / CODIFIER, _CODIFIER, _codified(places))
    _write(folder / KOATUU, ("Код КОАТУУ", "Код КАТОТТГ", "Назва"), _legacy(places))
    configured = [authority for authority in known if authority.configured]
    _write(folder / AUTHORITIES, _AUTHORITIES, map(_authority, configured))
    _write_configuration(folder / CONFIGURATION, configured)
    for rows, export, truth in ((older, OLDER, OLDER_TRUTH), (newer, NEWER, NEWER_TRUTH)):
        _write(folder / export, COLUMNS, (row.cells() for row in rows))
        _write(folder / truth, TRUTH, (row.truth() for row in rows))


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def _codified(places: Codifier) -> Iterator[tuple[str, ...]]:
    """In the layout of the official codifier: the codes of all levels above, then category letter and name."""
    for digits, code in places.oblasts.items():
        if digits in CITIES:
            yield (code, "", "", "", "", "K", CITIES[digits])
        else:
            name = OBLASTS[digits] + "а" if digits in OBLASTS else "Автономна Республіка Крим"
            yield (code, "", "", "", "", "O", name)
    for raion in places.raions:
        yield (places.oblasts[raion.oblast], raion.code, "", "", "", "P", raion.name.masculine)
    for hromada in places.hromadas:
        above = (places.oblasts[hromada.oblast], hromada.raion.code, hromada.code)
        yield (*above, "", "", "H", hromada.name.feminine)
        for settlement in hromada.settlements:
            yield (*above, settlement.code, "", settlement.category, settlement.name)
        for district in hromada.districts:
            yield (*above, hromada.settlements[0].code, district.code, "B", district.stem + "ий")
    for district in places.kyiv:
        yield (places.oblasts["80"], "", "", "", district.code, "B", district.stem + "ий")


def _legacy(places: Codifier) -> Iterator[tuple[str, str, str]]:
    """A hromada and the place it is named after had one legacy code; a code without counterpart has an empty cell."""
    for hromada in places.hromadas:
        for number, settlement in enumerate(hromada.settlements):
            known = settlement.legacy not in places.without
            yield (settlement.legacy, settlement.code if known else "", settlement.name)
            if number == 0 and known:
                yield (settlement.legacy, hromada.code, hromada.name.feminine)
        for district in hromada.districts:
            yield (district.legacy, district.code, district.stem + "ий")
    for district in places.kyiv:
        yield (district.legacy, district.code, district.stem + "ий")


def _authority(authority: Authority) -> tuple[str, ...]:
    return (
        *(authority.id, authority.name, authority.edrpou, authority.katottg, authority.email),
        *(authority.level, authority.superior or ""),
    )


def _write_configuration(folder: Path, configured: Sequence[Authority]) -> None:
    """A configuration that holds the authorities and no institution, one file per oblast."""
    write_country(1, folder)
    by_oblast: dict[str, list[str]] = {}
    for authority in configured:
        by_oblast.setdefault(authority.oblast, []).append(_entry(authority))
    for oblast, entries in by_oblast.items():
        (folder / "institutions" / f"{oblast}.yaml").write_text("".join(entries), encoding="utf-8")


def _entry(authority: Authority) -> str:
    lines = [
        f'- id: "{authority.id}"',
        "  kind: authority",
        f"  name: {json.dumps(authority.name, ensure_ascii=False)}",
        f'  edrpou: "{authority.edrpou}"',
        f"  katottg: {authority.katottg}",
        *([f'  authority: "{authority.superior}"'] if authority.superior else []),
        f"  email: {authority.email}",
    ]
    return "\n".join(lines) + "\n"
