"""The year's turn of the register, on a real Keycloak and PostgreSQL: decisions of people, commands typed, seconds.

    python -m bench.year 3000 [--out FILE]

An invented register of that size is taken over and carried into Keycloak, then its export of a year later, as the
administrators' guide says: hromadas merge, bodies are renamed, institutions move, close, change and are founded. What
people decide is filled into the drafts; everything else is the commands. The run fails when the last plan is not empty,
when the same export still asks something, or when a record is lost.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.commands import provision
from bench.site import Place, Site
from provisioning.registry import load_configuration
from tests.support.configuration import Folder
from tests.support.edebo import as_csv
from tests.support.year import Year, answered_map, completed_endings, merger, write_export, year


@dataclass(slots=True)
class Turn:
    """What the year asked of people and machine.

    `decisions` are what a person filled in, `seconds` the commands typed, each with its time.
    """

    institutions: int
    decisions: dict[str, int] = field(default_factory=dict)
    guards: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    records: int = 0
    lost: int = 0

    def lines(self) -> list[str]:
        """For people."""
        decided, guards = json.dumps(self.decisions), json.dumps(self.guards)
        return [
            f"{self.institutions:,} institutions; decisions: {decided}; {len(self.seconds)} commands",
            *(f"  {seconds:6.1f} s  {command}" for command, seconds in self.seconds.items()),
            f"guards asked: {guards}; {self.records:,} records afterwards, {self.lost} lost",
        ]


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where the commands are typed: the installation, its folder, and what has been done."""

    place: Place
    folder: Path
    work: Path
    turn: Turn

    def type(self, *words: str, answers: tuple[int, ...] = (0, 2)) -> str:
        """Run a command on the folder; what it printed."""
        printed = self.work / "printed.txt"
        began = time.perf_counter()
        where = ("--into", str(self.folder)) if words[0] == "import" else (str(self.folder),)
        provision(self.place.settings, self.work / "cache", *words, *where, out=printed, answers=answers)
        command = f"provision {' '.join(Path(word).name if '/' in word else word for word in words)}"
        self.turn.seconds[f"{len(self.turn.seconds) + 1}. {command}"] = round(time.perf_counter() - began, 1)
        return printed.read_text(encoding="utf-8")


def take_over(desk: _Desk, happened: Year) -> None:
    """The year before: everything in Keycloak. Does not count."""
    before = _Desk(desk.place, desk.folder, desk.work, Turn(0))
    before.type("import", "edebo", str(write_export(desk.work / "older.csv", happened.older)))
    count = len(load_configuration(desk.folder).require().institutions)
    before.type("apply", "--no-mail", f"--allow-creates={count}")


def turn_year(desk: _Desk, happened: Year) -> None:
    """The commands of the guide, with a person's answers in between."""
    work, known = desk.work, _ids(desk.folder)
    newer, merged = str(write_export(work / "newer.csv", happened.newer)), work / "merger.csv"
    map_file, endings = work / "map.yaml", work / "endings.csv"
    merged.write_bytes(as_csv(merger(happened)))
    desk.type("import", "authorities", str(merged))
    drafts = ("--draft-map", str(map_file), "--draft-deactivations", str(endings))
    desk.type("import", "edebo", newer, *drafts, "--dry-run")
    text = map_file.read_text(encoding="utf-8")
    completed = completed_endings(endings.read_text(encoding="utf-8-sig"))
    desk.turn.decisions |= {"mergers": 1, "lines of the map": text.count(": null"), "lists of endings": 1}
    desk.turn.decisions["institutions on that list"] = len(completed.splitlines()) - 1
    map_file.write_text(answered_map(text, happened), encoding="utf-8")
    endings.write_text(completed, encoding="utf-8")
    desk.type("import", "edebo", newer, "--map", str(map_file))
    desk.type("import", "deactivations", str(endings))
    desk.type("validate")
    stops = json.loads(desk.type("plan", "--json", answers=(0, 2, 4)))["guards"]
    desk.turn.guards |= {stop["guard"]: stop["count"] for stop in stops}
    desk.type("apply", "--no-mail", *(f"--allow-{name}={count}" for name, count in desk.turn.guards.items()))
    desk.type("plan", answers=(0,))
    again = desk.type("import", "edebo", newer)
    if "decisions would settle" in again or " 0 changed" not in " ".join(again.split()):
        raise SystemExit("the same export still asks or changes something")
    here = _ids(desk.folder)
    desk.turn.records, desk.turn.lost = len(here), len(known - here)


def _ids(folder: Path) -> set[str]:
    return {one.id for one in load_configuration(folder).require().institutions}


def main() -> None:
    """Command line: how many institutions."""
    parser = argparse.ArgumentParser(description="Let a year of the national register turn.")
    parser.add_argument("size", type=int, nargs="?", default=3000)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    happened = year(given.size)
    with Site.start() as site:
        folder = Folder(site.folder / "realm-config")
        folder.write(*happened.records())
        desk = _Desk(site.realm(), folder.path, site.folder, Turn(given.size))
        take_over(desk, happened)
        turn_year(desk, happened)
    print("\n".join(desk.turn.lines()))  # noqa: T201 - a bench prints its figures
    text = json.dumps(asdict(desk.turn), ensure_ascii=False, indent=2)
    print(text)  # noqa: T201
    if given.out is not None:
        given.out.write_text(text + "\n", encoding="utf-8")
    if desk.turn.lost:
        raise SystemExit("records are lost")


if __name__ == "__main__":
    main()
