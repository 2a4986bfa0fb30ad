"""`kill -9` at random moments of every operation on accounts and keys; each is followed by what anybody would run.

A few kills in every run; AIKOM_SOAK=1 makes it 1,000 (AIKOM_SOAK_KILLS another number). The seed is
printed; AIKOM_SEED repeats it. Source: docs/security.md row 34.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter

import pytest

from tests.support.kill_field import Field, a_moment

pytestmark = pytest.mark.assure

SOAK = bool(os.environ.get("AIKOM_SOAK"))
KILLS = int(os.environ.get("AIKOM_SOAK_KILLS", "500")) if SOAK else 5
"""On each of the two databases."""

LONGEST_LIFE_S = 0.8
TIME_S = 3600.0 if SOAK else 60.0
"""A slow machine gets fewer kills rather than an endless test."""

FEWEST = 3


def test_after_any_kill_nothing_is_lost_and_nothing_is_there_twice(killing_field: Field) -> None:
    field, seed = killing_field, int(os.environ.get("AIKOM_SEED", time.time_ns() % 10**9))
    print(f"seed {seed}: repeat with AIKOM_SEED={seed}")  # noqa: T201 - pytest shows it with a failure
    chance, began, hit = random.Random(seed), time.monotonic(), Counter[str]()  # noqa: S311 - a repeatable test
    killed = 0
    while killed < KILLS and time.monotonic() - began < TIME_S:
        worker = field.begin(chance.randrange(10**9))
        worker.join(a_moment(chance, LONGEST_LIFE_S))
        assert worker.exitcode is None, f"the worker ended by itself ({worker.exitcode}): {field.last_words()}"
        worker.kill()
        worker.join()
        killed += 1
        words = field.last_words().split()
        hit[words[1] if words[0] == "begin" else "between"] += 1
        # Births and updates are finished by the next apply, everything else by converging.
        with_apply = words[1] == "apply" or killed % 10 == 0
        assert field.recover(with_apply=with_apply) == [], f"kill {killed} of seed {seed}, at: {' '.join(words)}"
        if killed % 50 == 0:
            print(f"{killed} of {KILLS} kills, {time.monotonic() - began:.0f} s")  # noqa: T201 - an hour is long
        if chance.random() < 0.25:
            field.grow()
        if chance.random() < 0.2:
            field.move(chance.randint(max(1, field.schools - 5), field.schools))
    assert field.rebuilt() == 0
    assert killed >= FEWEST, "the machine is too slow to prove anything"
    print(f"{killed} kills in {time.monotonic() - began:.0f} s, in the middle of: {dict(hit)}")  # noqa: T201
