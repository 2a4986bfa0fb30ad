"""An institution gives and withdraws a mandate in the portal, on a real Keycloak (order cl. 5, 8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from provisioning.lifecycle.mandates.granting import Contract, grant
from provisioning.lifecycle.ois.connection import suspend
from provisioning.model.calendar import kyiv_day
from provisioning.model.events import EventKind
from provisioning.model.identifiers import InstitutionId, Username
from provisioning.model.institution import Kind
from provisioning.model.ois import MandateState, Slug
from provisioning.model.sphere import SpherePath
from provisioning.settings import Settings
from sidecar.app import create_app
from sidecar.auth.identity import Identity
from tests.support.configuration import school
from tests.support.finishing import finishing
from tests.support.office import Office
from tests.support.sidecar_running import SETTINGS, close, signed_in
from tests.support.third_party import ThirdParty, connected

PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def diary(office: Office) -> ThirdParty:
    office.folder.write(school(1), school(2))
    office.apply()
    party = ThirdParty(office.realm, Slug("diary"))
    connected(office.actor, party, ["students.read", "staff.read", "users.admin"])
    return party


@pytest.fixture
def portal(office: Office, diary: ThirdParty) -> Iterator[FlaskClient]:
    """A browser in which school 46-0000001 has just signed in."""
    settings = office.realm.settings
    values = {name: value for name in SETTINGS if (value := settings.get(name)) is not None}
    more = {"AIKOM_DATABASE_URL": settings.database_url, "AIKOM_SIGNING_KEY": SETTINGS["AIKOM_SIGNING_KEY"]}
    app = create_app(Settings({**SETTINGS, **values, **more}))
    app.config["WTF_CSRF_ENABLED"] = False
    who = Identity(
        subject="sub",
        username=Username("46-0000001"),
        name="Ліцей № 1",
        email="school1@schools.example",
        institution=InstitutionId("46-0000001"),
        kind=Kind.SCHOOL,
        sphere=SpherePath("/00-0000001/46-0000001"),
        roles=frozenset(),
    )
    with finishing(Settings({**SETTINGS, **settings.values})):
        yield signed_in(app, who, datetime.now(UTC))
    close(app)


def contract(**changed: object) -> dict[str, object]:
    today = kyiv_day(datetime.now(UTC))
    return {"contract": "12/2026", "signed": today.isoformat(), "rights": ["students.read"], **changed}


def test_a_mandate_is_given_works_and_is_withdrawn(office: Office, portal: FlaskClient, diary: ThirdParty) -> None:
    assert "жодна ОІС" in portal.get("/account/mandates/", headers=PAGE).text
    form = portal.get("/account/mandates/give/diary", headers=PAGE).text
    assert "students.read" in form
    assert "users.admin" not in form
    answer = portal.post("/account/mandates/give/diary", data=contract(), headers=PAGE)
    assert (answer.status_code, answer.location) == (303, "/account/mandates/#46-0000001.diary.1")
    token = office.access_token("api-46-0000001-k1", office.reveal("46-0000001"))
    assert diary.exchanged(token)["rights"] == ["students.read"]
    shown = portal.get("/account/mandates/", headers=PAGE).text
    assert "12/2026" in shown
    assert "/account/mandates/give/diary" not in shown
    assert portal.post("/account/mandates/give/diary", data=contract(), headers=PAGE).status_code == 409

    withdraw = "/account/mandates/46-0000001.diary.1/withdraw"
    assert "Система diary" in portal.get(withdraw, headers=PAGE).text
    assert portal.post(withdraw, data={"reason": ""}, headers=PAGE).status_code == 200
    assert portal.post(withdraw, data={"reason": "договір завершився"}, headers=PAGE).status_code == 303
    fresh = office.access_token("api-46-0000001-k1", office.reveal("46-0000001"))
    assert diary.exchange(fresh).status_code == 403
    with office.ledger.reader() as reader:
        ended = reader.mandate("46-0000001.diary.1")
    assert ended is not None
    assert (ended.state, ended.withdrawal_reason) == (MandateState.WITHDRAWN, "договір завершився")
    assert "договір завершився" in portal.get("/account/mandates/", headers=PAGE).text
    assert portal.get(withdraw, headers=PAGE).status_code == 404
    (decided,) = [one for one in office.events("46-0000001") if one.kind is EventKind.MANDATE_WITHDRAWN]
    assert decided.actor == "institution:46-0000001"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"contract": ""}, "Заповніть"),
        ({"rights": []}, "принаймні одне"),
        ({"until": "2020-01-01"}, "минув"),
        ({"signed": "2099-01-01"}, "не підписано"),
        ({"rights": ["users.admin"]}, "rights"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_given(
    office: Office, portal: FlaskClient, changed: dict[str, object], words: str
) -> None:
    answer = portal.post("/account/mandates/give/diary", data=contract(**changed), headers=PAGE)
    assert answer.status_code == 200
    assert words in answer.text
    with office.ledger.reader() as reader:
        assert [m for m in reader.mandates(username="46-0000001") if m.state is MandateState.GRANTED] == []


def test_direct_use_is_switched_on_and_off(office: Office, portal: FlaskClient) -> None:
    for on in (True, False):
        assert portal.post("/account/mandates/direct-use", headers=PAGE).status_code == 303
        with office.ledger.reader() as reader:
            record = reader.account("46-0000001")
        assert record is not None
        assert record.direct_use is on


def test_another_s_mandate_and_an_ois_that_is_not_connected_do_not_exist(office: Office, portal: FlaskClient) -> None:
    today = kyiv_day(datetime.now(UTC))
    given = grant(office.actor, "46-0000002", "diary", Contract("1", today, today + timedelta(days=1)))
    assert portal.post(f"/account/mandates/{given.id}/withdraw", data={"reason": "x"}, headers=PAGE).status_code == 404
    suspend(office.actor, "diary", "a leak")
    assert portal.get("/account/mandates/give/diary", headers=PAGE).status_code == 404
    assert portal.get("/account/mandates/give/nobody", headers=PAGE).status_code == 404
