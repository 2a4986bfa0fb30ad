"""Goals P1, P2, P3 and P5 on a real Keycloak and a real, durable PostgreSQL, ledger included.

    python -m bench.provisioning 30000 [--raw 30000] [--out FILE]

Per size: the same payload is sent raw through `partialImport` into one realm (with the fastest batch and number of
workers, which are looked for first); `provision apply` creates the same institutions in another; then come plans with
nothing changed, reading everything raw, `plan --full`, `drift`, two rounds of the watch's duty `closing`, and an apply
of one changed record. Commands run as processes of their own, so that their time has the interpreter's start in it and
their memory is theirs alone.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.closing import Rounds, measure_closing
from bench.commands import Run, provision
from bench.country import write_country
from bench.figures import Figure, show
from bench.raw import BATCHES, TRIED, WORKERS, RawRealm
from bench.site import Place, Site
from provisioning.planning.changes import AccountImage
from provisioning.planning.desired import desired_accounts
from provisioning.registry import load_configuration

_PLANS = 3
_KIB_PER_INSTITUTION = 5.0


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything of one size, in seconds; peaks in KiB."""

    raw_create_s: float
    apply: Run
    plan: Run
    raw_read_s: float
    full: Run
    drift: Run
    closing: Rounds
    change: Run
    base_kib: int


def measure(site: Site, size: int, raw: int) -> Measured:
    """All of one size. `raw` is how many accounts the raw reference creates; its time is scaled up to `size`."""
    folder, cache = site.folder / f"country-{size}", site.folder / "cache"
    seed_place, seed_folder = site.realm(), site.folder / f"seed-{size}"
    write_country(size, folder)
    write_country(1, seed_folder)
    provision(seed_place.settings, cache, "apply", str(seed_folder), "--no-mail")
    base = provision(seed_place.settings, cache, "plan", str(seed_folder))
    raw_s = _create_raw(RawRealm(seed_place.settings), size, raw, folder)
    place = site.realm()
    apply = provision(place.settings, cache, "apply", str(folder), "--no-mail", f"--allow-creates={size}")
    return _measure_plans(place, folder, cache, raw_s, apply, base.peak_kib)


def _measure_plans(place: Place, folder: Path, cache: Path, raw_s: float, apply: Run, base_kib: int) -> Measured:
    realm = RawRealm(place.settings)
    first = provision(place.settings, cache, "plan", str(folder))
    plans = [provision(place.settings, cache, "plan", str(folder)) for _ in range(_PLANS)]
    _all_in_sync(first, *plans)
    plan = sorted(plans, key=lambda run: run.seconds)[_PLANS // 2]
    cold = realm.read()
    full = provision(place.settings, cache, "plan", "--full", str(folder))
    drift = provision(place.settings, cache, "drift", str(folder))
    warm = realm.read()
    _all_in_sync(full, drift)
    closing = measure_closing(place.settings, place.connection, folder)
    _change_one(folder)
    change = provision(place.settings, cache, "apply", str(folder), "--no-mail")
    print(f"# read raw: {cold:.1f} s cold, {warm:.1f} s warm; first plan {first.seconds:.1f} s")  # noqa: T201
    return Measured(raw_s, apply, plan, min(cold, warm), full, drift, closing, change, base_kib)


def _create_raw(realm: RawRealm, size: int, raw: int, folder: Path) -> float:
    images = _images(folder, size, raw)
    best = realm.best(iter(_images(folder, size, TRIED * len(BATCHES) * len(WORKERS), seed=7)))
    seconds = realm.create(list(images), best.batch, best.workers)
    print(f"# raw: batches of {best.batch} by {best.workers} workers, {raw / seconds:.0f}/s over {raw}")  # noqa: T201
    return seconds * size / raw


def _images(folder: Path, size: int, count: int, seed: int | None = None) -> Iterator[AccountImage]:
    """The first accounts of the country; with a seed, those of another country whose names do not collide."""
    if seed is not None:
        folder = folder.with_name(f"{folder.name}-tried")
        write_country(count + 1, folder, seed, first_number=size + 1)
    configuration = load_configuration(folder).require()
    for number, wanted in enumerate(desired_accounts(configuration, {})):
        if number > count:
            return
        if wanted.image.username != "00-0000001":
            yield wanted.image


def _change_one(folder: Path) -> None:
    file = sorted((folder / "institutions").glob("*.yaml"))[-1]
    text = file.read_text(encoding="utf-8")
    changed = re.sub(r"email: (\S+)@schools\.example\n\Z", r"email: new-\1@schools.example\n", text)
    if changed == text:
        raise SystemExit(f"{file.name} does not end with an e-mail")
    file.write_text(changed, encoding="utf-8")


def _all_in_sync(*runs: Run) -> None:
    if any(run.code != 0 for run in runs):
        raise SystemExit("a plan after the apply is not empty: the figures would mean nothing")


def figures_of(size: int, found: Measured) -> list[Figure]:
    """The goals that these measurements belong to."""
    kib = [(run.peak_kib - found.base_kib) / size for run in (found.plan, found.apply, found.full)]
    read = found.raw_read_s
    return [
        Figure("P1", "create, from YAML to done", size, found.apply.seconds, "s", 1.15, found.raw_create_s),
        Figure("P2", "plan with nothing changed", size, found.plan.seconds, "s", 0.1, read),
        Figure("P2", "plan --full", size, found.full.seconds, "s", 0.5, read),
        Figure("P2", "drift", size, found.drift.seconds, "s", 0.5, read),
        Figure("P2", "a round of closing, everything read", size, found.closing.full, "s", 0.5, read),
        Figure("P2", "a round of closing, by events", size, found.closing.quick, "s", 0.1, read),
        Figure(
            "P3", "plan and apply one change, beyond a plan", size, found.change.seconds - found.plan.seconds, "s", 0.5
        ),
        Figure("P5", "memory of plan, an institution", size, kib[0], "KiB", _KIB_PER_INSTITUTION),
        Figure("P5", "memory of apply, an institution", size, kib[1], "KiB", _KIB_PER_INSTITUTION),
        Figure("P5", "memory of plan --full, an institution", size, kib[2], "KiB", _KIB_PER_INSTITUTION),
    ]


def main() -> None:
    """Command line: sizes, how much the raw reference creates, where the JSON goes."""
    parser = argparse.ArgumentParser(description="Create, plan and change many institutions.")
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--raw", type=int, help="accounts that the raw reference creates; all when not given")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    figures: list[Figure] = []
    for size in given.sizes:
        with Site.start() as site:
            found = measure(site, size, min(size, given.raw or size))
        for run in (found.apply, found.plan, found.full, found.drift, found.change):
            print(f"# {run}")  # noqa: T201
        figures += figures_of(size, found)
        show(figures, given.out)


if __name__ == "__main__":
    main()
