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
from provisioning.lifecycle.pages import Page
from provisioning.model.cut_off import CutOffReason
from provisioning.model.records import ApiKeyState
from provisioning.settings import Settings
from sidecar.app import create_app
from sidecar.blueprints import GUARDS
from sidecar.doors.errors import OfficeClosed, RecordsUnavailable
from sidecar.doors.office import PUBLIC_ACTOR, office
from sidecar.doors.services import settings
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


def test_without_a_ledger_it_is_closed(without_ledger: Flask) -> None:
    with pytest.raises((OfficeClosed, RecordsUnavailable)):
        cut(without_ledger, SCHOOL)


def test_the_provisioning_account_s_secret_is_not_kept_and_not_needed(sidecar_settings: Settings) -> None:
    app = create_app(Settings({**sidecar_settings.values, "AIKOM_PROVISIONING_SECRET": "canary"}))
    assert "AIKOM_PROVISIONING_SECRET" not in settings.of(app).values
    assert settings.of(app).get("AIKOM_PORTAL_ACCOUNT_SECRET") is not None
    close(app)


def test_without_an_account_at_keycloak_a_decision_is_recorded_and_nothing_is_shown(sidecar: Sidecar) -> None:
    """Only the watch brings Keycloak to it, and there is none here."""
    given = settings.of(sidecar.app).values
    shut = {name: value for name, value in given.items() if not name.endswith("ACCOUNT_SECRET")}
    app = create_app(Settings(shut), clock=sidecar.clock)
    with office.of(app).acting_as("staff:o.koval", Page.DESK) as actor:
        assert (actor.is_at_page, actor.door) == (True, None)
    with pytest.raises(OfficeClosed), office.of(app).acting_as(people.SCHOOL.actor, Page.PORTAL) as actor:
        reveal_key(actor, SCHOOL, again=True, reason="lost")
    with pytest.raises(CarriedOutLater):
        cut(app, SCHOOL, people.SCHOOL.actor)
    close(app)


@pytest.mark.parametrize("page", list(Page))
def test_no_page_reaches_the_admin_rest_api(sidecar: Sidecar, page: Page) -> None:
    with office.of(sidecar.app).acting_as("staff:o.koval", page) as actor:
        assert actor.door is not None
        assert actor.door.account == page.value
    with pytest.raises(OfficeClosed), office.of(sidecar.app).acting_as("staff:o.koval", page) as actor:
        actor.connection.get("/users")


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
