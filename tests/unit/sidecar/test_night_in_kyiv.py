"""At half past midnight in Kyiv, when UTC is still on the day before, every page goes by Kyiv's day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from provisioning.ledger.queries.endings import recorded_ending
from provisioning.model.events import EventKind, NewEvent
from provisioning.model.identifiers import Username
from sidecar.directory.source import directory
from tests.support import sidecar_people as people
from tests.support.ledger_events import event
from tests.support.ois_events import SLUG, connected, granted
from tests.support.sidecar_names import SCHOOL, SECOND_GENERATION
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

PAGE = {"Accept": "text/html"}
TODAY = date(2026, 12, 1)
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)


def until_yesterday() -> NewEvent:
    mandate = granted(username=SCHOOL)
    return replace(mandate, content=replace(mandate.content, until=YESTERDAY))


@pytest.fixture
def night(sidecar: Sidecar) -> Sidecar:
    """The sidecar half an hour after midnight, with a mandate whose last day was yesterday's."""
    sidecar.app.config["WTF_CSRF_ENABLED"] = False
    with sidecar.ledger.transaction() as transaction:
        transaction.append([*connected(), *connected("ois-other"), until_yesterday()])
    sidecar.clock.now = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)
    return sidecar


@pytest.fixture
def desk(night: Sidecar) -> FlaskClient:
    return night.signed_in(people.ADMINISTRATOR)


def why(day: date) -> dict[str, str]:
    return {"reason": "liquidation", "document": "№ 7", "date": day.isoformat(), "successors": ""}


@pytest.mark.parametrize(("day", "accepted"), [(TODAY, True), (YESTERDAY, True), (TOMORROW, False)])
def test_the_desk_ends_an_account_by_todays_paper(day: date, accepted: bool, night: Sidecar, desk: FlaskClient) -> None:
    answer = desk.post(
        f"/desk/institutions/{SCHOOL}/deactivate", data={**why(day), "confirmation": SCHOOL}, headers=PAGE
    )
    with night.ledger.reader() as reader:
        recorded = recorded_ending(reader, Username(SCHOOL))
    assert (recorded is not None and recorded.date == day) is accepted
    assert (answer.status_code == 422) is not accepted


@pytest.mark.parametrize(("day", "accepted"), [(TODAY, True), (TOMORROW, False)])
def test_a_bulk_goes_by_todays_paper(day: date, accepted: bool, desk: FlaskClient) -> None:
    form = {**why(day), "by": "list", "names": f"{SCHOOL}, {SECOND_GENERATION}", "authority": "", "ois": ""}
    answer = desk.post("/desk/bulk", data=form, headers=PAGE)
    assert answer.status_code == (200 if accepted else 422)


@pytest.mark.parametrize(("day", "accepted"), [(TODAY, True), (TOMORROW, False)])
def test_an_institution_gives_a_mandate_under_todays_contract(day: date, accepted: bool, night: Sidecar) -> None:
    with night.ledger.transaction() as transaction:
        transaction.append([event(EventKind.RIGHTS_CHANGED, "rights")])
    form = {"contract": "1", "signed": day.isoformat(), "rights": ["students.read"]}
    answer = night.signed_in(people.SCHOOL).post("/account/mandates/give/other", data=form, headers=PAGE)
    assert (answer.status_code, "ще не підписано" in answer.text) == ((202, False) if accepted else (200, True))


def test_a_mandate_is_over_once_its_last_day_is(night: Sidecar) -> None:
    night.clock.now -= timedelta(minutes=31)
    school = night.signed_in(people.SCHOOL)
    link = f"/account/mandates/{SCHOOL}.{SLUG}.1/withdraw"
    assert link in school.get("/account/mandates/", headers=PAGE).text
    night.clock.now += timedelta(minutes=31)
    assert link not in school.get("/account/mandates/", headers=PAGE).text


def test_the_public_list_counts_by_kyivs_day(night: Sidecar) -> None:
    counted = {ois.slug: ois.institutions for ois in directory.of(night.app).current().listed}
    assert counted == {SLUG: 0, "other": 0}
