"""An authority gives mandates for institutions below it that agreed, and for nobody else. Source: order cl. 3, 5."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from provisioning.ledger.errors import EventRefused
from provisioning.lifecycle.accounts.deactivation import deactivate
from provisioning.lifecycle.errors import ActionRefused
from provisioning.lifecycle.mandates.agreeing import set_authority_grants
from provisioning.lifecycle.mandates.by_authority import Outlook, agreed_below, grant_below, preview
from provisioning.lifecycle.mandates.granting import Contract, grant, withdraw
from provisioning.lifecycle.tasks.carrying_out import carry_out, resume
from provisioning.model.calendar import kyiv_day
from provisioning.model.events import EventKind, JsonValue
from provisioning.model.identifiers import InstitutionId, Username
from provisioning.model.institution import Deactivation, DeactivationReason, Kind
from provisioning.model.notices import BY_AUTHORITY_MAIL
from provisioning.model.ois import MandateState, Slug
from provisioning.model.sphere import SpherePath
from provisioning.settings import Settings
from sidecar.app import create_app
from sidecar.auth.identity import Identity
from tests.support.configuration import school
from tests.support.finishing import finishing
from tests.support.ledger_events import data_of, event_by
from tests.support.office import Office
from tests.support.sidecar_running import SETTINGS, close, signed_in
from tests.support.third_party import ThirdParty, connected

PAGE = {"Accept": "text/html"}
AUTHORITY = "46-0000100"
DEPARTMENT = f"""
- id: "{AUTHORITY}"
  kind: authority
  name: Відділ освіти
  authority: "00-0000001"
  email: department@schools.example
"""
SPHERE = f"/00-0000001/{AUTHORITY}"
AGREED = ("46-0000001", "46-0000002")


@pytest.fixture(scope="module")
def diary(office: Office) -> ThirdParty:
    """Six schools below one authority: two agreed, one has a mandate of its own, one ended. One beside agreed."""
    below = [school(number).replace("00-0000001", AUTHORITY) for number in range(1, 7)]
    office.folder.write(DEPARTMENT, *below, school(7))
    office.apply()
    party = ThirdParty(office.realm, Slug("diary"))
    connected(office.actor, party, ["students.read", "staff.read"])
    for name in (*AGREED, "46-0000004", "46-0000005", "46-0000007"):
        set_authority_grants(office.actor, name, True)
    grant(office.actor, "46-0000004", "diary", contract(office), ["students.read"])
    why = Deactivation(DeactivationReason.LIQUIDATION, "№ 1", date(2026, 11, 20))
    deactivate(office.actor, ["46-0000005"], why)
    return party


def contract(office: Office, number: str = "77") -> Contract:
    return Contract(number, office.actor.today())


def today(office: Office) -> date:
    return office.actor.today()


def outlooks(office: Office) -> dict[str, Outlook]:
    with office.ledger.reader() as reader:
        return {n: found for n, (_, found) in preview(reader, today(office), AUTHORITY, "diary").outlooks.items()}


def test_the_preview_says_of_everybody_below_what_would_happen_and_of_nobody_else(
    office: Office, diary: ThirdParty
) -> None:
    assert outlooks(office) == {
        "46-0000001": Outlook.GETS,
        "46-0000002": Outlook.GETS,
        "46-0000003": Outlook.NOT_AGREED,
        "46-0000004": Outlook.HAS_ONE,
        "46-0000006": Outlook.NOT_AGREED,
    }
    with office.ledger.reader() as reader:
        assert agreed_below(reader, AUTHORITY) == (3, 5)
        with pytest.raises(ActionRefused):
            preview(reader, today(office), "46-0000001", "diary")


def mark(office: Office) -> str:
    with office.ledger.reader() as reader:
        return preview(reader, today(office), AUTHORITY, "diary").mark


@pytest.mark.parametrize("expect", ["", "2", "3-000000000000"])
def test_another_list_than_was_shown_decides_nothing(office: Office, diary: ThirdParty, expect: str) -> None:
    with pytest.raises(ActionRefused):
        grant_below(office.actor, AUTHORITY, "diary", contract(office), None, expect)
    shown = mark(office)
    set_authority_grants(office.actor, "46-0000002", False)
    set_authority_grants(office.actor, "46-0000003", True)
    with pytest.raises(ActionRefused):  # As many as before, and not the same.
        grant_below(office.actor, AUTHORITY, "diary", contract(office), None, shown)
    set_authority_grants(office.actor, "46-0000003", False)
    set_authority_grants(office.actor, "46-0000002", True)
    assert mark(office) == shown
    assert EventKind.DECISION_RECORDED not in office.kinds(AUTHORITY)


@pytest.mark.parametrize("rights", [["users.admin"], ["students.read", "grades.write"], []])
def test_rights_that_the_ois_does_not_have_are_refused(office: Office, diary: ThirdParty, rights: list[str]) -> None:
    with pytest.raises(ActionRefused):
        grant_below(office.actor, AUTHORITY, "diary", contract(office), rights, mark(office))


def test_the_ledger_takes_no_mandate_by_an_authority_from_who_has_not_agreed(office: Office, diary: ThirdParty) -> None:
    data: dict[str, JsonValue] = {
        "mandate": "46-0000003.diary.1",
        "ois": "diary",
        "rights": ["students.read"],
        "contract_number": "1",
        "contract_date": "2026-11-01",
        "authority": AUTHORITY,
    }
    with pytest.raises(EventRefused, match="not agreed"), office.ledger.transaction() as transaction:
        transaction.append([event_by("test", EventKind.MANDATE_GRANTED, "46-0000003", data)])


def test_one_decision_gives_a_mandate_to_each_that_agreed_and_it_works(office: Office, diary: ThirdParty) -> None:
    done = grant_below(office.actor, AUTHORITY, "diary", contract(office), ["students.read"], mark(office))
    assert [mandate.username for mandate in done.mandates] == list(AGREED)
    assert {mandate.authority for mandate in done.mandates} == {AUTHORITY}
    carry_out(office.actor, done.tasks, "mandates are granted")
    decisions = [event for event in office.events(AUTHORITY) if event.kind is EventKind.DECISION_RECORDED]
    assert [data_of(event)["accounts"] for event in decisions] == [list(AGREED)]
    for name in AGREED:
        token = office.access_token(f"api-{name}-k1", office.reveal(name))
        assert diary.exchanged(token)["rights"] == ["students.read"]
    stranger = office.access_token("api-46-0000003-k1", office.reveal("46-0000003"))
    assert diary.exchange(stranger).status_code == 403
    with office.ledger.reader() as reader:
        told = [mail.subject_account for mail in reader.mails() if mail.template == BY_AUTHORITY_MAIL]
    assert sorted(told) == list(AGREED)
    assert outlooks(office)["46-0000001"] is Outlook.HAS_ONE
    with pytest.raises(ActionRefused):
        grant_below(office.actor, AUTHORITY, "diary", contract(office), None, mark(office))


def test_the_institution_withdraws_it_and_taking_back_the_agreement_ends_nothing_else(
    office: Office, diary: ThirdParty
) -> None:
    withdraw(office.actor, "46-0000001.diary.1", "не потрібно")
    token = office.access_token("api-46-0000001-k1", office.reveal("46-0000001"))
    assert diary.exchange(token).status_code == 403
    set_authority_grants(office.actor, "46-0000002", False)
    set_authority_grants(office.actor, "46-0000001", False)
    with office.ledger.reader() as reader:
        second = reader.mandate("46-0000002.diary.1")
    assert second is not None and second.state is MandateState.GRANTED
    assert outlooks(office)["46-0000001"] is Outlook.NOT_AGREED


@pytest.fixture
def app(office: Office, diary: ThirdParty) -> Iterator[Flask]:
    settings = office.realm.settings
    values = {name: value for name in SETTINGS if (value := settings.get(name)) is not None}
    more = {"AIKOM_DATABASE_URL": settings.database_url, "AIKOM_SIGNING_KEY": SETTINGS["AIKOM_SIGNING_KEY"]}
    made = create_app(Settings({**SETTINGS, **values, **more}))
    made.config["WTF_CSRF_ENABLED"] = False
    with finishing(Settings({**SETTINGS, **settings.values})):
        yield made
    close(made)


def person(username: str, kind: Kind, sphere: str) -> Identity:
    return Identity(
        "sub", Username(username), username, None, InstitutionId(username), kind, SpherePath(sphere), frozenset()
    )


def test_in_the_portal_an_institution_agrees_and_its_authority_decides_by_what_the_page_showed(
    office: Office, app: Flask
) -> None:
    now = datetime.now(UTC)
    institution = signed_in(app, person("46-0000006", Kind.SCHOOL, f"{SPHERE}/46-0000006"), now)
    authority = signed_in(app, person(AUTHORITY, Kind.AUTHORITY, SPHERE), now)
    assert "не погоджувалися" in institution.get("/account/mandates/", headers=PAGE).text
    form = {"contract": "9", "signed": kyiv_day(now).isoformat(), "rights": ["students.read"]}
    stale = authority.post("/authority/ois/diary", data={**form, "expect": "1-000000000000"}, headers=PAGE)
    assert stale.status_code == 409
    assert institution.post("/account/mandates/by-authority", headers=PAGE).status_code == 303
    shown = authority.get("/authority/ois/diary", headers=PAGE).text
    seen = mark(office)
    assert f'name="expect" type="hidden" value="{seen}"' in shown and "46-0000003" in shown
    assert (
        authority.post("/authority/ois/diary", data={**form, "expect": seen, "contract": ""}, headers=PAGE).status_code
        == 422
    )
    assert authority.post("/authority/ois/diary", data={**form, "expect": seen}, headers=PAGE).status_code == 303
    resume(office.actor)
    page = institution.get("/account/mandates/", headers=PAGE).text
    assert "46-0000006.diary.1" in page and AUTHORITY in page
    assert office.events(AUTHORITY)[-1].actor == f"institution:{AUTHORITY}"
    withdrawn = institution.post(
        "/account/mandates/46-0000006.diary.1/withdraw", data={"reason": "не треба"}, headers=PAGE
    )
    assert withdrawn.status_code == 303
