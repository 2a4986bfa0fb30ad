"""An invented country of N institutions with the real one's shape, the same for the same seed.

Owns only invented data: 25 oblasts, 5 % authorities, kinds in the real proportions, branches that share their parent's
EDRPOU code, long names, missing EDEBO ids, shared mailboxes. Writes one YAML file per oblast.

    python -m bench.country 30000 /tmp/country            # one file for each oblast, as realm-config has them
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "realm-config"
OBLASTS = tuple(
    f"{number:02d}"
    for number in (5, 7, 12, 14, 18, 21, 23, 26, 32, 35, 44, 46, 48, 51, 53, 56, 59, 61, 63, 65, 68, 71, 73, 74, 80)
)
KINDS = (
    ("school", "Ліцей", 455),
    ("preschool", "Заклад дошкільної освіти (ясла-садок)", 445),
    ("extracurricular", "Центр дитячої та юнацької творчості", 37),
    ("vocational", "Професійний коледж", 20),
    ("special", "Спеціальна школа", 20),
    ("pre-higher", "Фаховий коледж", 23),
)
PATRONS = ("імені Лесі Українки", "імені О’Генрі", "«Надія»", "«Сонечко»", "імені Івана Франка", "«Інтелект»", "")
LONG_TAIL = " із структурними підрозділами: початкова школа, гімназія, заклад дошкільної освіти та позашкільний центр"
AUTHORITY_SHARE = 0.05
BRANCH_SHARE = 0.03


@dataclass(slots=True)
class _Oblast:
    code: str
    lines: list[str] = field(default_factory=list)
    authorities: list[str] = field(default_factory=list)
    schools: list[tuple[str, str]] = field(default_factory=list)
    first_number: int = 1
    count: int = 0

    def next_id(self) -> str:
        self.count += 1
        return f"{self.code}-{self.first_number + self.count - 1:07d}"


def write_country(size: int, folder: Path, seed: int = 2026, *, first_number: int = 1) -> None:
    """Write a whole configuration of `size` records: the example's policy files and generated institutions.

    Ids are counted from `first_number` in each oblast, but for the ministry's.
    """
    others = shutil.ignore_patterns("institutions", "themes", "schema")
    shutil.copytree(EXAMPLE, folder, ignore=others, dirs_exist_ok=True)
    institutions = folder / "institutions"
    institutions.mkdir(exist_ok=True)
    for code, text in country(size, seed, first_number):
        (institutions / f"{code}.yaml").write_text(text, encoding="utf-8")


def country(size: int, seed: int = 2026, first_number: int = 1) -> Iterator[tuple[str, str]]:
    """Pairs of oblast code and YAML text; the ministry is in the file `00`."""
    randomly = random.Random(seed)  # noqa: S311  # invented data, not secrets
    ministry = _Oblast("00")
    root = ministry.next_id()
    _write(ministry, randomly, root, "authority", "Міністерство освіти (навчальний приклад)", None)
    yield "00", "\n".join(ministry.lines) + "\n"
    left = size - 1
    for position, code in enumerate(OBLASTS):
        share = left // (len(OBLASTS) - position)
        left -= share
        oblast = _Oblast(code, first_number=first_number)
        _fill(oblast, randomly, share, root)
        if oblast.lines:
            yield code, "\n".join(oblast.lines) + "\n"


def _fill(oblast: _Oblast, randomly: random.Random, size: int, root: str) -> None:
    if size == 0:
        return
    department = oblast.next_id()
    _write(oblast, randomly, department, "authority", f"Департамент освіти області {oblast.code}", root)
    oblast.authorities.append(department)
    hromadas = max(1, round(size * AUTHORITY_SHARE)) if size > 1 else 0
    for number in range(min(hromadas, size - 1)):
        identifier = oblast.next_id()
        _write(oblast, randomly, identifier, "authority", f"Відділ освіти громади № {number + 1}", department)
        oblast.authorities.append(identifier)
    weights = [weight for _, _, weight in KINDS]
    while oblast.count < size:
        kind, word, _ = randomly.choices(KINDS, weights)[0]
        if oblast.schools and randomly.random() < BRANCH_SHARE:
            parent, edrpou = randomly.choice(oblast.schools)
            identifier = oblast.next_id()
            _write(
                oblast, randomly, identifier, "school", f"Філія № {oblast.count}", parent, branch=True, edrpou=edrpou
            )
            continue
        identifier = oblast.next_id()
        name = f"{word} № {oblast.count} {randomly.choice(PATRONS)}".strip()
        if randomly.random() < 0.05:
            name += LONG_TAIL
        edrpou = _write(oblast, randomly, identifier, kind, name, randomly.choice(oblast.authorities))
        if kind == "school":
            oblast.schools.append((identifier, edrpou))


def _write(
    oblast: _Oblast,
    randomly: random.Random,
    identifier: str,
    kind: str,
    name: str,
    superior: str | None,
    *,
    branch: bool = False,
    edrpou: str | None = None,
) -> str:
    code = edrpou or edrpou_code(randomly.randrange(1_000_000, 4_500_000))
    oblast.lines += [
        f'- id: "{identifier}"',
        f"  kind: {kind}",
        f"  name: {json.dumps(name, ensure_ascii=False)}",
        f'  edrpou: "{code}"',
    ]
    if randomly.random() < 0.9:
        oblast.lines.append(f"  edebo_id: {int(identifier.replace('-', ''))}")
    oblast.lines.append(f"  katottg: UA{oblast.code}{randomly.randrange(10**15):015d}")
    if superior is not None:
        oblast.lines.append(f'  {"branch_of" if branch else "authority"}: "{superior}"')
    oblast.lines.append(f"  email: z{identifier.replace('-', '')}@schools.example")
    return code


def edrpou_code(seven: int) -> str:
    """Eight digits with a right control digit. Source: order glossary (weights by range, modulo 11)."""
    digits = [int(digit) for digit in f"{seven:07d}"]
    number = seven * 10
    weights = (7, 1, 2, 3, 4, 5, 6) if 30_000_000 <= number <= 60_000_000 else (1, 2, 3, 4, 5, 6, 7)
    remainder = sum(w * d for w, d in zip(weights, digits, strict=True)) % 11
    if remainder == 10:
        remainder = sum((w + 2) * d for w, d in zip(weights, digits, strict=True)) % 11
    return f"{seven:07d}{0 if remainder == 10 else remainder}"


def main() -> None:
    """Command line: how many, where to, which seed."""
    parser = argparse.ArgumentParser(description="Write an invented country's configuration.")
    parser.add_argument("size", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=2026)
    given = parser.parse_args()
    write_country(given.size, given.folder, given.seed)


if __name__ == "__main__":
    main()
