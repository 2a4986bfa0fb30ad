"""Goal P4: reading and checking the configuration, cold and warm, beside PyYAML's C parser over the same files.

    python -m bench.validating 30000 [--out FILE]

Processor seconds, the best of five runs each, in turn: all of it is one thread's work, and other programs of the
machine do not count.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import yaml

from bench.country import write_country
from bench.figures import Figure, show
from provisioning.registry import ReadingCache, load_configuration

_RUNS = 5


def measure(size: int) -> list[Figure]:
    """Cold, warm, and with one file of thirty edited."""
    with tempfile.TemporaryDirectory(prefix="aikom-bench-") as temporary:
        folder, store = Path(temporary) / "country", Path(temporary) / "cache"
        write_country(size, folder)
        files = sorted((folder / "institutions").glob("*.yaml"))
        cache = ReadingCache(store)
        load_configuration(folder, cache=cache)
        works = (
            lambda: _parse(files),
            lambda: load_configuration(folder).require(),
            lambda: load_configuration(folder, cache=cache).require(),
            lambda: _edit_and_load(folder, files[-1], cache),
        )
        reference, cold, warm, edited = (min(times) for times in zip(*_in_turn(works), strict=True))
    return [
        Figure("P4", "validate, cold", size, cold, "s", 1.0, reference),
        Figure("P4", "validate, nothing changed", size, warm, "s", 0.15, reference),
        Figure("P4", "validate, one file of thirty edited", size, edited, "s", 1.0, reference),
    ]


def _parse(files: list[Path]) -> None:
    for file in files:
        yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)


def _edit_and_load(folder: Path, file: Path, cache: ReadingCache) -> None:
    with file.open("a", encoding="utf-8") as text:
        text.write("# edited\n")
    load_configuration(folder, cache=cache).require()


def _in_turn(works: Sequence[Callable[[], object]]) -> Iterator[list[float]]:
    """Processor seconds of each, round by round."""
    for _ in range(_RUNS):
        times = []
        for work in works:
            started = time.process_time()
            work()
            times.append(time.process_time() - started)
        yield times


def main() -> None:
    """Command line: sizes, where the JSON goes."""
    parser = argparse.ArgumentParser(description="Read and check many records.")
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    show([figure for size in given.sizes for figure in measure(size)], given.out)


if __name__ == "__main__":
    main()
