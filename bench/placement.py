"""Goal P11: an invented register is imported, and every row's authority compared with the true one.

    python -m bench.placement [--scale 0.1] [--seed N] [--options "--koatuu {folder}/koatuu.csv"] [--out FILE]

The older export comes first, then the newer one eight months on (`bench.invented` says how they are made). Nobody
answers a question: what is placed is placed without a person.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.commands import provision
from bench.figures import Figure
from bench.invented.files import (
    AUTHORITIES,
    CONFIGURATION,
    NEWER,
    NEWER_TRUTH,
    OLDER,
    OLDER_TRUTH,
    write_invented,
)
from bench.invented.rows import COLUMNS
from bench.marking import Marks, Result, Truth, Verdict, mark
from provisioning.model.institution import Institution
from provisioning.registry import load_configuration
from provisioning.settings import load_settings

OPTIONS = "--koatuu {folder}/koatuu.csv"
"""What `provision import edebo` is given besides the export; `{folder}` is that of the invented country."""

_ID, _BODY = COLUMNS[0], next(column for column in COLUMNS if column.startswith("Найменування органу"))
_NEVER = (Verdict.OTHER_OBLAST, Verdict.WRONG, Verdict.UNFOUNDED, Verdict.KEPT, Verdict.LOST)


@dataclass(frozen=True, slots=True)
class Taken:
    """One export's import: marks, seconds, and lines that its draft map leaves to a person."""

    export: str
    size: int
    marks: Marks
    seconds: float
    questions: int

    def figures(self) -> Iterator[Figure]:
        """The goal's, and what must never happen."""
        for verdict in _NEVER:
            yield Figure("P11", f"{self.export}: {verdict}", self.size, self.marks.verdicts[verdict], "rows", 0)
        asked = 1 - self.marks.share_of_bodies
        yield Figure("P11", f"{self.export}: bodies left to a person", self.size, asked, "share", 0.1)

    def lines(self) -> Iterator[str]:
        """For people."""
        marks = self.marks
        yield (
            f"{self.export}: {self.size:,} rows in {self.seconds:.1f} s; placed without a person: "
            f"bodies {marks.bodies_placed:,} of {marks.bodies:,} ({marks.share_of_bodies:.3f}), of those without doubt "
            f"{marks.bodies_sure_placed:,} of {marks.bodies_sure:,}; rows {marks.rows_placed:,} of {marks.rows:,} "
            f"({marks.share_of_rows:.3f}); {self.questions:,} questions"
        )
        yield from (f"    {count:6,}  {verdict}" for verdict, count in marks.verdicts.items())
        yield "  rows not placed, and rows placed wrongly, by how the body is written:"
        yield from (f"    {count:6,}  {miss}" for miss, count in list(marks.misses.items())[:25])


def measure(folder: Path, work: Path, options: str) -> list[Taken]:
    """Import both exports of the country in `folder`, one after the other, and mark each."""
    first, placed, texts = _take(folder, work, options, (OLDER, OLDER_TRUTH), ({}, {}))
    second, _, _ = _take(folder, work, options, (NEWER, NEWER_TRUTH), (placed, texts))
    return [first, second]


def _take(
    folder: Path,
    work: Path,
    options: str,
    names: tuple[str, str],
    before: tuple[Mapping[int, str], Mapping[int, str]],
) -> tuple[Taken, Mapping[int, str], Mapping[int, str]]:
    export, into = folder / names[0], folder / CONFIGURATION
    report, questions = work / f"{names[0]}.json", work / f"{names[0]}.map.yaml"
    given = [word.format(folder=folder) for word in options.split()]
    written = ["--into", str(into), "--report", str(report), "--draft-map", str(questions)]
    run = provision(load_settings(), work / "cache", "import", "edebo", str(export), *written, *given)
    texts = {int(line[_ID]): line[_BODY] for line in _lines(export)}
    truths = [_truth(line, texts) for line in _lines(folder / names[1])]
    placed = _placed(into)
    oblasts = {a["id"]: a["katottg"][2:4] for a in _lines(folder / AUTHORITIES) if a["level"] != "ministry"}
    marks = mark(truths, Result(placed, _found(report)), oblasts, before)
    left = questions.read_text(encoding="utf-8").splitlines() if questions.exists() else []
    asked = sum(line.endswith(": null") for line in left)
    return Taken(names[0], len(truths), marks, run.seconds, asked), placed, texts


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def _truth(line: Mapping[str, str], texts: Mapping[int, str]) -> Truth:
    number, place = int(line["id"]), line["place"].removeprefix("UA")
    sure, clean = line["sure"] == "yes", line["clean"] == "yes"
    return Truth(number, line["authority"] or None, sure, clean, line["form"], place[:2], texts[number])


def _placed(into: Path) -> dict[int, str]:
    """EDEBO id → authority; that of a branch is its institution's."""
    by_id = {institution.id: institution for institution in load_configuration(into).require().institutions}

    def authority(one: Institution) -> str:
        while not one.kind.is_authority and one.superior is not None:
            one = by_id[one.superior]
        return one.id

    return {one.edebo_id: authority(one) for one in by_id.values() if one.edebo_id is not None}


def _found(report: Path) -> Mapping[int, list[str]]:
    """EDEBO id → messages of the findings that are more than a note."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for finding in json.loads(report.read_text(encoding="utf-8")):
        if finding["weight"] != "note" and finding["edebo_id"] is not None:
            found[finding["edebo_id"]].append(finding["message"])
    return found


def _tell(taken: Sequence[Taken], out: Path | None) -> None:
    figures = [figure for one in taken for figure in one.figures()]
    for line in [*(line for one in taken for line in one.lines()), *(figure.line() for figure in figures)]:
        print(line)  # noqa: T201 - a bench prints its figures
    document = {
        "figures": [{**asdict(figure), "met": figure.is_met} for figure in figures],
        "exports": [{**asdict(one), "share_of_bodies": one.marks.share_of_bodies} for one in taken],
    }
    text = json.dumps(document, ensure_ascii=False, indent=2)
    print(text)  # noqa: T201
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Import an invented register and compare every row with the truth.")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the real size")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--options", default=OPTIONS, help="of `provision import edebo`; {folder} is the country's")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="aikom-bench-") as temporary:
        folder = Path(temporary) / "country"
        write_invented(folder, given.seed, given.scale)
        taken = measure(folder, Path(temporary), given.options)
    _tell(taken, given.out)


if __name__ == "__main__":
    main()
