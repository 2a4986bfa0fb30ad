"""The sidecar's office: what is decided there is recorded under the right name, and it fails in one way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from provisioning.ledger.errors import LeaseHeld
from provisioning.lifecycle.errors import CarriedOutLater
from provisioning.lifecycle.keys.cut_off import CutOffRequest, cut_off
from provisioning.lifecycle.keys.revelation import reveal_key
from provisioning.model.cut_off import CutOffReason
from provisioning.model.records import ApiKeyState
from provisioning.settings import Settings
from sidecar.app import create_app
from sidecar.blueprints import GUARDS
from sidecar.doors.errors import OfficeClosed, RecordsUnavailable
from sidecar.doors.office import PUBLIC_ACTOR, office
from tests.support import sidecar_people as people
from tests.support.sidecar_names import DEACTIVATED, SCHOOL
from tests.support.sidecar_running import Sidecar, close

pytest_plugins = ("tests.support.sidecar_fixtures",)

REQUEST = CutOffRequest(CutOffReason.REQUEST, "the school")


def cut(app: Flask, name: str, acting: str = PUBLIC_ACTOR) -> None:
    with office.of(app).acting_as(acting) as actor:
        cut_off(actor, name, REQUEST)


def test_a_decision_stands_under_its_actors_name_although_keycloak_is_down(sidecar: Sidecar) -> None:
    with pytest.raises(CarriedOutLater):
        cut(sidecar.app, SCHOOL, people.SCHOOL.actor)
    with sidecar.ledger.reader() as reader:
        key = reader.api_key(f"api-{SCHOOL}-k1")
        actors = {event.actor for event in reader.events(subject=f"api-{SCHOOL}-k1")}
    assert key is not None
    assert key.state is ApiKeyState.CUT_OFF
    assert f"institution:{SCHOOL}" in actors


def test_actors_of_staff_and_institutions_are_told_apart() -> None:
    assert people.SCHOOL.actor == f"institution:{SCHOOL}"
    assert people.ADMINISTRATOR.actor == f"staff:{people.ADMINISTRATOR.username}"


def test_what_needs_keycloak_finds_the_office_closed_and_shows_nothing(sidecar: Sidecar) -> None:
    with pytest.raises(OfficeClosed), office.of(sidecar.app).acting_as("staff:o.koval") as actor:
        reveal_key(actor, SCHOOL, again=True, reason="lost")


def test_without_a_ledger_or_credentials_it_is_closed(without_ledger: Flask, sidecar_settings: Settings) -> None:
    with pytest.raises((OfficeClosed, RecordsUnavailable)):
        cut(without_ledger, SCHOOL)
    bare = Settings({k: v for k, v in sidecar_settings.values.items() if k != "AIKOM_PROVISIONING_SECRET"})
    app = create_app(bare)
    with pytest.raises((OfficeClosed, RecordsUnavailable)):
        cut(app, SCHOOL)
    close(app)


def _held(app: Flask) -> None:
    with office.of(app).acting_as(PUBLIC_ACTOR) as actor:
        raise LeaseHeld("account:x", "somebody", actor.now())


@pytest.mark.parametrize(
    ("fail", "status", "code"),
    [
        (lambda app: cut(app, "46-7777777"), 404, "not-found"),
        (lambda app: cut(app, DEACTIVATED), 409, "refused"),
        (lambda app: cut(app, SCHOOL), 202, "recorded"),
        (_held, 409, "conflict"),
    ],
    ids=["unknown", "refused", "recorded", "held"],
)
def test_what_a_use_case_says_becomes_a_problem_document(
    sidecar: Sidecar, monkeypatch: pytest.MonkeyPatch, fail: Callable[[Flask], None], status: int, code: str
) -> None:
    answer = _answer(sidecar, monkeypatch, fail)
    assert (answer.status_code, answer.get_json()["type"]) == (status, f"urn:aikom:problem:{code}")


def _answer(sidecar: Sidecar, monkeypatch: pytest.MonkeyPatch, fail: Callable[[Flask], None]) -> TestResponse:
    monkeypatch.setitem(GUARDS, "act", GUARDS["home"])
    sidecar.app.add_url_rule("/act", "act", lambda: fail(sidecar.app))
    return sidecar.client().get("/act", headers={"Accept": "application/json"})
