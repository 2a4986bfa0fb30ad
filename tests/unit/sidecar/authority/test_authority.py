"""An authority sees its sphere and asks the Administrator; what is beside it does not exist. Source: order cl. 3."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from provisioning.model.events import EventKind, NewEvent
from provisioning.model.requests import RequestKind
from tests.support import sidecar_people as people
from tests.support.sidecar_names import AUTHORITY, SCHOOL, SECOND_GENERATION
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

PAGE = {"Accept": "text/html"}
OUTSIDE = "53-0000001"


@pytest.fixture
def authority(sidecar: Sidecar) -> Iterator[FlaskClient]:
    """The authority at the browser, and a school outside its sphere; form tokens have tests of their own."""
    sidecar.app.config["WTF_CSRF_ENABLED"] = False
    born = {
        "institution_id": OUTSIDE,
        "generation": 1,
        "kind": "school",
        "is_authority": False,
        "client_id": f"api-{OUTSIDE}-k1",
        "base_key_id": "b",
        "name": "Чужий ліцей",
        "sphere": f"/00-0000001/53-0000012/{OUTSIDE}",
    }
    with sidecar.ledger.transaction() as transaction:
        transaction.append([NewEvent(EventKind.ACCOUNT_CREATED, OUTSIDE, "staff:test", "cl. 4", born)])
    yield sidecar.signed_in(people.AUTHORITY)


def test_it_sees_what_is_below_it_and_nothing_beside_it(authority: FlaskClient) -> None:
    for path in ("/authority", "/authority/institutions.csv", "/authority?words=ліцей", f"/authority?below={OUTSIDE}"):
        text = authority.get(path, headers=PAGE).text
        assert SCHOOL in text and SECOND_GENERATION in text
        assert OUTSIDE not in text.replace(f"below={OUTSIDE}", "")
        assert "Чужий" not in text


@pytest.mark.parametrize("method", ["get", "base-key", "ending"])
def test_an_institution_outside_the_sphere_does_not_exist(authority: FlaskClient, method: str) -> None:
    path = f"/authority/institutions/{OUTSIDE}"
    if method == "get":
        assert authority.get(path, headers=PAGE).status_code == 404
    else:
        data = {"document": "№ 1", "text": "Ліквідація"}
        assert authority.post(f"{path}/{method}", data=data, headers=PAGE).status_code == 404


def test_a_sphere_that_the_ledger_took_away_counts_at_once(sidecar: Sidecar, authority: FlaskClient) -> None:
    moved = {"sphere": "/00-0000001/46-0000099/46-0000012", "changes": []}
    with sidecar.ledger.transaction() as transaction:
        transaction.append([NewEvent(EventKind.ACCOUNT_UPDATED, AUTHORITY, "staff:test", "cl. 3", moved)])
    assert authority.get(f"/authority/institutions/{SCHOOL}", headers=PAGE).status_code == 404


def test_it_reports_an_ending_and_asks_for_a_mail_once_more(sidecar: Sidecar, authority: FlaskClient) -> None:
    base = f"/authority/institutions/{SECOND_GENERATION}"
    assert authority.post(f"{base}/base-key", headers=PAGE).status_code == 303
    report = {"document": "Рішення № 5 від 01.11.2026", "text": "Ліквідація з 1 січня"}
    assert authority.post(f"{base}/ending", data=report, headers=PAGE).status_code == 303
    assert authority.post(f"{base}/ending", data={**report, "document": ""}, headers=PAGE).status_code == 422
    assert authority.post(f"{base}/ending", data=report, headers=PAGE).status_code == 409
    with sidecar.ledger.reader() as reader:
        filed = reader.requests(username=SECOND_GENERATION)
    assert {request.kind for request in filed} == {RequestKind.BASE_KEY, RequestKind.ENDING}
    assert {request.filed_by for request in filed} == {f"institution:{AUTHORITY}"}


def test_an_institution_asks_and_sees_the_diagnosis(sidecar: Sidecar) -> None:
    sidecar.app.config["WTF_CSRF_ENABLED"] = False
    client = sidecar.signed_in(people.SECOND_GENERATION)
    assert "увійти ніхто не може" in client.get("/account/requests", headers=PAGE).text
    sent = client.post("/account/requests", data={"kind": "support", "text": "Не надходить лист"}, headers=PAGE)
    assert sent.status_code == 303
    assert "Не надходить лист" in client.get("/account/requests", headers=PAGE).text
    assert client.post("/account/requests", data={"kind": "ending", "text": "x"}, headers=PAGE).status_code == 422
