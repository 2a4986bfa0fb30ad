"""Real exports of the national register, one after the other: imported, checked, and carried into Keycloak.

    python -m bench.register OLDER.xlsx NEWER.xlsx [--koatuu TABLE.csv] [--out FILE]

Each export is taken over into a configuration that begins with the ministry alone; then come `provision plan`, `apply`
and a plan that has to be empty, on a real Keycloak and a real, durable PostgreSQL, ledger included. Nothing is mailed.
Of the rows only numbers are printed. The run fails when the import crashes, when a row is neither a record nor
reported, when the result is not valid, or when the last plan is not empty.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.commands import Run, provision
from bench.country import write_country
from bench.site import Place, Site
from provisioning.edebo.rows import read_rows
from provisioning.registry import load_configuration

_MINISTRY = "00-0000001"


@dataclass(frozen=True, slots=True)
class Taken:
    """One export: its rows, what became of them, and seconds. `findings` counts by weight and code."""

    file: str
    rows: int
    records: int
    rows_rejected: int
    unaccounted: int
    findings: dict[str, int]
    import_s: float
    guards: dict[str, int]
    plan_s: float
    apply_s: float
    applied: dict[str, int]
    plan_again_s: float

    def lines(self) -> list[str]:
        """For people."""
        return [
            f"{self.file}: {self.rows:,} rows, {self.rows_rejected:,} rejected with a reason, "
            f"{self.unaccounted} unaccounted for; {self.records:,} records",
            *(f"    {count:6,}  {name}" for name, count in sorted(self.findings.items())),
            f"  import {self.import_s:.1f} s; plan {self.plan_s:.1f} s; apply {self.apply_s:.1f} s "
            f"({', '.join(f'{count:,} {name}' for name, count in self.applied.items() if count)}); "
            f"plan with nothing changed {self.plan_again_s:.1f} s",
        ]


def take(place: Place, file: Path, folder: Path, work: Path, places: Path | None) -> Taken:
    """Import one export into `folder` and carry it into Keycloak."""
    report, printed, cache = work / "report.json", work / "printed.json", work / "cache"
    table = ["--koatuu", str(places)] if places is not None else []
    options = ["--into", str(folder), "--under", _MINISTRY, "--report", str(report), *table]
    imported = provision(place.settings, cache, "import", "edebo", str(file), *options)
    found: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))
    configuration = load_configuration(folder).require()
    here = {institution.edebo_id for institution in configuration.institutions}
    planned = provision(place.settings, cache, "plan", "--json", str(folder), out=printed, answers=(0, 2, 4))
    guards = {stop["guard"]: stop["count"] for stop in json.loads(printed.read_text(encoding="utf-8"))["guards"]}
    allowed = [f"--allow-{name}={count}" for name, count in guards.items()]
    applied = provision(place.settings, cache, "apply", "--json", "--no-mail", *allowed, str(folder), out=printed)
    totals = json.loads(printed.read_text(encoding="utf-8"))
    again = _empty(provision(place.settings, cache, "plan", str(folder)))
    rows = list(read_rows(file))
    rejected = {finding["row"] for finding in found if finding["weight"] == "rejected"}
    return Taken(
        file=file.name,
        rows=len(rows),
        records=len(configuration.institutions),
        rows_rejected=len(rejected),
        unaccounted=sum(row.source.line not in rejected and int(float(row.id)) not in here for row in rows),
        findings=dict(Counter(f"{finding['weight']}: {finding['code']}" for finding in found)),
        import_s=imported.seconds,
        guards=guards,
        plan_s=planned.seconds,
        apply_s=applied.seconds,
        applied={name: count for name, count in totals.items() if isinstance(count, int)},
        plan_again_s=again.seconds,
    )


def _empty(run: Run) -> Run:
    if run.code != 0:
        raise SystemExit("a plan after the apply is not empty")
    return run


def _tell(taken: Sequence[Taken], out: Path | None) -> None:
    for one in taken:
        print("\n".join(one.lines()))  # noqa: T201 - a bench prints its figures
    text = json.dumps([asdict(one) for one in taken], indent=2)
    print(text)  # noqa: T201
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Command line: exports in the order of their days."""
    parser = argparse.ArgumentParser(description="Take real exports of the national register over.")
    parser.add_argument("exports", type=Path, nargs="+", metavar="EXPORT")
    parser.add_argument("--koatuu", type=Path, help="table of legacy codes of places")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    with Site.start() as site:
        folder, place = site.folder / "realm-config", site.realm()
        write_country(1, folder)
        taken = [take(place, file, folder, site.folder, given.koatuu) for file in given.exports]
    _tell(taken, given.out)
    if any(one.unaccounted for one in taken):
        raise SystemExit("there are rows that are neither records nor reported")


if __name__ == "__main__":
    main()
