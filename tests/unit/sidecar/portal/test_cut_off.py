"""Pages on which an institution ends an OIS's access, while Keycloak is down (order cl. 8)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest
from flask.testing import FlaskClient

from provisioning.ledger.operational.access import add_counts
from provisioning.ledger.operational.key_use import record_use
from provisioning.lifecycle.errors import CarriedOutLater
from provisioning.lifecycle.keys.cut_off_decisions import approve, refuse
from provisioning.lifecycle.keys.cut_off_requests import open_requests
from provisioning.model.access import AccessCount
from provisioning.model.identifiers import ClientId, InstitutionId
from provisioning.model.ois import MandateState
from provisioning.model.records import ApiKeyState
from provisioning.settings import Settings
from sidecar.auth.session import FRESH_FOR
from tests.support import sidecar_names as names
from tests.support import sidecar_people as people
from tests.support.office_without_keycloak import actor_without_keycloak
from tests.support.ois_events import SLUG, connected, granted
from tests.support.sidecar_running import SETTINGS, Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

PAGE = {"Accept": "text/html"}
ONE, EVERY, LEAK, OVERVIEW = (f"/account/cut-off/{path}" for path in (f"ois/{SLUG}", "every", "leak", ""))
KEY = ClientId(f"api-{names.SCHOOL}-k1")
CODE = "46-0001234"


@pytest.fixture
def sidecar_settings(tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """The production configuration; with `administrator` as a test's parameter each request waits for a decision."""
    config = Path(copytree(SETTINGS["AIKOM_CONFIG"], tmp_path / "realm-config"))
    if getattr(request, "param", "standing") == "administrator":
        realm = config / "realm.yaml"
        text = realm.read_text(encoding="utf-8")
        assert "approval: standing" in text
        realm.write_text(text.replace("approval: standing", "approval: administrator"), encoding="utf-8")
    database = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    return Settings({**SETTINGS, "AIKOM_DATABASE_URL": database, "AIKOM_CONFIG": str(config)})


waits = pytest.mark.parametrize("sidecar_settings", ["administrator"], indirect=True)


@pytest.fixture
def school(sidecar: Sidecar) -> FlaskClient:
    """A school that has given a mandate to both OIS that are connected."""
    with sidecar.ledger.transaction() as transaction:
        both = (granted(username=names.SCHOOL), granted(username=names.SCHOOL, slug="other"))
        transaction.append([*connected(), *connected("ois-other"), *both])
    sidecar.app.config["WTF_CSRF_ENABLED"] = False
    return sidecar.signed_in(people.SCHOOL)


def states(sidecar: Sidecar) -> tuple[list[ApiKeyState], dict[str, MandateState]]:
    """The states of the school's keys and mandates."""
    with sidecar.ledger.reader() as reader:
        keys = [key.state for key in reader.api_keys(names.SCHOOL)]
        return keys, {str(each.ois): each.state for each in reader.mandates(username=names.SCHOOL)}


def test_the_page_says_what_stops_and_when_it_was_used_last(sidecar: Sidecar, school: FlaskClient) -> None:
    hour, code = sidecar.clock() - timedelta(hours=3), InstitutionId(CODE)
    with sidecar.ledger.transaction() as transaction:
        record_use(transaction, {KEY: sidecar.clock() - timedelta(hours=2)})
        add_counts(transaction.connection, [AccessCount(hour, code, code, SLUG, "students.read", 5, 0, None, hour)])
    shown = school.get(ONE, headers=PAGE).text
    for words in (KEY, "Щоденник", "12/2026", "24 листопада 2026, 12:00", "24 листопада 2026, 11:00", "відразу"):
        assert words in shown
    assert sidecar.client().get(ONE, headers=PAGE).status_code == 302


@pytest.mark.parametrize("typed", ["", "46-0001235", names.SECOND_GENERATION])
def test_without_the_institution_s_own_code_nothing_happens(sidecar: Sidecar, school: FlaskClient, typed: str) -> None:
    answer = school.post(ONE, data={"confirmation": typed}, headers=PAGE)
    assert (answer.status_code, "Це не код вашого закладу" in answer.text) == (422, True)
    assert states(sidecar)[0] == [ApiKeyState.REVEALED]


def test_it_wants_password_and_second_factor_of_the_last_minutes(sidecar: Sidecar, school: FlaskClient) -> None:
    sidecar.clock.advance(FRESH_FOR)
    assert school.get(ONE, headers=PAGE).location == f"/auth/login?next={ONE}&fresh=yes"
    assert school.post(ONE, data={"confirmation": CODE}, headers=PAGE).status_code == 403
    assert states(sidecar)[0] == [ApiKeyState.REVEALED]


@pytest.mark.parametrize(("path", "standing"), [(ONE, {"other"}), (EVERY, set()), (LEAK, {SLUG, "other"})])
def test_under_a_standing_approval_the_key_is_dead_at_once(
    sidecar: Sidecar, school: FlaskClient, path: str, standing: set[str]
) -> None:
    assert school.post(path, data={"confirmation": CODE, "note": "договір завершився"}, headers=PAGE).status_code == 202
    keys, mandates = states(sidecar)
    assert keys == [ApiKeyState.CUT_OFF, ApiKeyState.BORN]
    assert {ois for ois, state in mandates.items() if state is MandateState.GRANTED} == standing
    shown = school.get(OVERVIEW, headers=PAGE).text
    assert "Виконано" in shown
    assert f"/account/keys/api-{names.SCHOOL}-k2/reveal" in shown


@waits
def test_a_request_waits_and_the_page_shows_what_became_of_it(sidecar: Sidecar, school: FlaskClient) -> None:
    assert "Адміністратор розгляне" in school.get(ONE, headers=PAGE).text
    answer = school.post(ONE, data={"confirmation": CODE}, headers=PAGE)
    assert (answer.status_code, answer.location) == (303, OVERVIEW)
    assert states(sidecar)[0] == [ApiKeyState.REVEALED]
    assert "Очікує рішення Адміністратора" in school.get(OVERVIEW, headers=PAGE).text
    actor = actor_without_keycloak(sidecar.ledger, "staff:o.koval")
    with sidecar.ledger.reader() as reader:
        (waiting,) = open_requests(reader)
    with pytest.raises(CarriedOutLater):
        refuse(actor, waiting.number, "Зверніться листом на бланку")
    shown = school.get(OVERVIEW, headers=PAGE).text
    assert "Відмовлено" in shown
    assert "Зверніться листом на бланку" in shown


@waits
def test_a_request_that_was_approved_is_shown_as_carried_out(sidecar: Sidecar, school: FlaskClient) -> None:
    school.post(EVERY, data={"confirmation": CODE}, headers=PAGE)
    actor = actor_without_keycloak(sidecar.ledger, "staff:o.koval")
    with sidecar.ledger.reader() as reader:
        (waiting,) = open_requests(reader)
    with pytest.raises(CarriedOutLater):
        approve(actor, waiting.number)
    shown = school.get(OVERVIEW, headers=PAGE).text
    assert "Виконано" in shown
    assert "Очікує" not in shown


def test_an_ois_without_a_mandate_has_no_access_to_end(sidecar: Sidecar, school: FlaskClient) -> None:
    assert school.get("/account/cut-off/ois/nobody", headers=PAGE).status_code == 404
    other = sidecar.signed_in(people.SECOND_GENERATION)
    assert other.get(ONE, headers=PAGE).status_code == 404
    assert "Припиняти нічого" in other.get(OVERVIEW, headers=PAGE).text
