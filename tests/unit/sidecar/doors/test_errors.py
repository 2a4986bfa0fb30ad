"""One contract for both doors to the ledger: a refusal passes through, and only a ledger that fails is a failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from provisioning.ledger import checkpoint, grants  # noqa: F401  # They define errors of the ledger.
from provisioning.ledger.destinations import place  # noqa: F401
from provisioning.ledger.errors import LeaseHeld, LedgerError
from provisioning.lifecycle.errors import (
    ActionRefused,
    CarriedOutLater,
    LifecycleError,
    RequirementsUnmet,
    UnknownAccount,
    UnknownOis,
)
from provisioning.model.errors import AikomError
from provisioning.settings import SettingsError
from sidecar.blueprints import GUARDS
from sidecar.doors.errors import CONFLICTS, OfficeClosed, RecordsUnavailable
from sidecar.doors.office import PUBLIC_ACTOR, office
from sidecar.doors.records import records
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

Door = Callable[[Flask], AbstractContextManager[object]]


def _all(kind: type[BaseException]) -> Iterator[type[BaseException]]:
    for below in kind.__subclasses__():
        yield below
        yield from _all(below)


def _made(kind: type[BaseException]) -> BaseException:
    if issubclass(kind, LeaseHeld):
        return kind("account:x", "somebody", datetime(2026, 11, 24, tzinfo=UTC))
    return kind("SELECT 1", {}, Exception("gone")) if issubclass(kind, DBAPIError) else kind("what happened")


REFUSALS = [LifecycleError, *_all(LifecycleError), *CONFLICTS]
FAILURES = [
    *(kind for kind in (LedgerError, *_all(LedgerError)) if kind not in CONFLICTS),
    *(SQLAlchemyError, OperationalError, OSError, ConnectionError, TimeoutError),
]
DOORS: dict[str, tuple[Door, type[AikomError]]] = {
    "reader": (lambda app: records.of(app).reader(), RecordsUnavailable),
    "office": (lambda app: office.of(app).acting_as(PUBLIC_ACTOR), OfficeClosed),
    "aside": (lambda app: office.of(app).aside(), OfficeClosed),
}


ANSWERS: dict[type[BaseException], tuple[int, str]] = {
    **dict.fromkeys((UnknownAccount, UnknownOis), (404, "not-found")),
    **dict.fromkeys((ActionRefused, RequirementsUnmet), (409, "refused")),
    CarriedOutLater: (202, "recorded"),
    **dict.fromkeys(CONFLICTS, (409, "conflict")),
    **dict.fromkeys(FAILURES, (503, "unavailable")),
}


# Many kinds in one test: an application and its ledger are dear, and a door keeps nothing from one block to the next.


@pytest.mark.parametrize("door", DOORS)
def test_every_refusal_passes_through(sidecar: Sidecar, door: str) -> None:
    for refusal in map(_made, REFUSALS):
        with pytest.raises(type(refusal)) as raised, DOORS[door][0](sidecar.app):
            raise refusal
        assert raised.value is refusal


@pytest.mark.parametrize("door", DOORS)
def test_every_failure_of_the_ledger_is_the_same_one_with_its_cause(sidecar: Sidecar, door: str) -> None:
    opened, answered = DOORS[door]
    for failure in map(_made, FAILURES):
        with pytest.raises(answered) as raised, opened(sidecar.app):
            raise failure
        cause = raised.value.__cause__
        # The ledger words what its database says; then the database's own words are one step further.
        assert cause is not None and failure in (cause, cause.__cause__)


@pytest.mark.parametrize("door", DOORS)
def test_a_mistake_of_the_program_is_taken_for_neither(sidecar: Sidecar, door: str) -> None:
    for mistake in (ValueError("x"), KeyError("x"), AssertionError("x")):
        with pytest.raises(type(mistake)), DOORS[door][0](sidecar.app):
            raise mistake


def test_settings_that_lead_nowhere_close_the_office_and_are_no_failure_of_the_ledger(sidecar: Sidecar) -> None:
    with pytest.raises(OfficeClosed), office.of(sidecar.app).acting_as(PUBLIC_ACTOR):
        raise SettingsError("AIKOM_KEYCLOAK_URL is missing")
    with pytest.raises(SettingsError), records.of(sidecar.app).reader():
        raise SettingsError("AIKOM_KEYCLOAK_URL is missing")


@pytest.mark.parametrize("door", DOORS)
def test_a_view_answers_alike_whichever_door_it_came_through(
    sidecar: Sidecar, monkeypatch: pytest.MonkeyPatch, door: str
) -> None:
    kinds = {kind.__name__: kind for kind in ANSWERS}

    def fail(name: str) -> str:
        with DOORS[door][0](sidecar.app):
            raise _made(kinds[name])

    monkeypatch.setitem(GUARDS, "fail", GUARDS["home"])
    sidecar.app.add_url_rule("/fail/<name>", "fail", fail)
    client, found = sidecar.client(), {}
    for name, kind in kinds.items():
        answer = client.get(f"/fail/{name}", headers={"Accept": "application/json"})
        found[kind] = (answer.status_code, answer.get_json()["type"].removeprefix("urn:aikom:problem:"))
    assert found == ANSWERS


def test_no_refusal_is_without_an_answer() -> None:
    assert {*REFUSALS} - ANSWERS.keys() == {LifecycleError}  # The base is never raised itself.
