"""`kill -9` before and after every call to Keycloak, every commit and every mail of every operation.

Source: docs/security.md row 34.

Each time the same is asked for again, as anybody would; then it is there once. A few moments of each operation in every
run; AIKOM_SOAK=1 goes through all of them. `make test` takes the cut-off, `make assure` the others.
"""

from __future__ import annotations

import os
import signal

import pytest

from tests.support.kill_field import Field

SOAK = bool(os.environ.get("AIKOM_SOAK"))
MOMENTS = range(1, 200) if SOAK else (3, 8)
"""Moments to die at; the first that an operation does not reach ends its round."""

OTHERS = (
    "reveal",
    "rotate",
    "retire",
    "rotate-at-once",
    "invite",
    "outbox",
    "withdraw",
    "apply",
    "deactivate",
    "reinstate",
)

BEFORE = {
    "rotate": "retire",
    "rotate-at-once": "retire",
    "retire": "rotate",
    "cut-off": "reveal",
    "outbox": "invite",
    "withdraw": "invite",
    "reinstate": "deactivate",
}
"""What sees to it that there is something to do; it may be refused when there is."""


def die(field: Field, operation: str, name: str, moment: int) -> bool:
    """Whether the operation came as far as the moment, and died there."""
    worker = field.begin(0, operation, name, moment)
    worker.join()
    assert worker.exitcode in (0, -signal.SIGKILL), field.last_words()
    return worker.exitcode != 0


def prepare(field: Field, operation: str) -> None:
    """See that there is something to do: a new school, an older key, a mail that waits, an account that ended."""
    if operation == "apply":
        field.grow()
        field.move(1)
    before = BEFORE.get(operation)
    if before is not None:
        assert not die(field, before, target(operation), 10**6)


def target(operation: str) -> str:
    """Authorities come back, so they can be ended again and again."""
    return "46-0000901" if operation in ("deactivate", "reinstate") else "46-0000001"


def round_of(field: Field, operation: str) -> int:
    """Die at one moment after the other; how many there were."""
    deaths = 0
    for moment in MOMENTS:
        prepare(field, operation)
        if not die(field, operation, target(operation), moment):
            break
        deaths += 1
        again = die(field, operation, target(operation), 10**6)
        assert not again
        wrong = field.recover(with_apply=operation == "apply")
        assert wrong == [], f"{operation}, killed at moment {moment}"
        if operation == "deactivate":
            assert not die(field, "reinstate", target(operation), 10**6)
    return deaths


@pytest.mark.parametrize("operation", ["cut-off", *(pytest.param(name, marks=pytest.mark.assure) for name in OTHERS)])
def test_killed_at_any_moment_and_asked_for_again_it_is_done_once(shared_field: Field, operation: str) -> None:
    deaths = round_of(shared_field, operation)
    print(f"{operation}: {deaths} moments")  # noqa: T201 - pytest -s shows it
    assert deaths >= (4 if SOAK else 2), "hardly anything was interrupted"
    assert shared_field.rebuilt() == 0
