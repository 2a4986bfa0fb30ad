"""An authority sees its sphere and asks the Administrator; what is beside it does not exist. Source: order cl. 3."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from provisioning.model.events import EventKind, NewEvent
from provisioning.model.institution import Kind
from provisioning.model.support_requests import SupportRequestKind
from tests.support import sidecar_people as people
from tests.support.ledger_events import event_by, renewed
from tests.support.ois_events import connected, granted
from tests.support.sidecar_ledger import deactivation
from tests.support.sidecar_names import AUTHORITY, DEACTIVATED, SCHOOL, SECOND_GENERATION
from tests.support.sidecar_people import account
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

PAGE = {"Accept": "text/html"}
OUTSIDE = "53-0000001"


def born(username: str, kind: str, sphere: str, name: str) -> NewEvent:
    """The birth of an account that is in its first generation."""
    data = {
        "institution_id": username,
        "generation": 1,
        "kind": kind,
        "is_authority": kind == "authority",
        "client_id": f"api-{username}-k1",
        "base_key_id": f"b-{username}",
        "name": name,
        "sphere": sphere,
    }
    return event_by("staff:test", EventKind.ACCOUNT_CREATED, username, data)


@pytest.fixture
def authority(sidecar: Sidecar) -> Iterator[FlaskClient]:
    """The authority at the browser, and a school outside its sphere; form tokens have tests of their own."""
    sidecar.app.config["WTF_CSRF_ENABLED"] = False
    with sidecar.ledger.transaction() as transaction:
        transaction.append([born(OUTSIDE, "school", f"/00-0000001/53-0000012/{OUTSIDE}", "Чужий ліцей")])
    yield sidecar.signed_in(people.AUTHORITY)


def test_it_sees_what_is_below_it_and_nothing_beside_it(authority: FlaskClient) -> None:
    for path in ("/authority", "/authority/institutions.csv", "/authority?words=ліцей", f"/authority?below={OUTSIDE}"):
        text = authority.get(path, headers=PAGE).text
        assert SCHOOL in text and SECOND_GENERATION in text
        assert OUTSIDE not in text.replace(f"below={OUTSIDE}", "")
        assert "Чужий" not in text


def test_the_tree_counts_what_is_below_each_authority_of_the_sphere(sidecar: Sidecar) -> None:
    department = account("46-0000002", "46-0000002", Kind.AUTHORITY)
    with sidecar.ledger.transaction() as transaction:
        transaction.append([born("46-0000002", "authority", "/00-0000001/46-0000002", "Департамент")])
        transaction.append([renewed(transaction, AUTHORITY, sphere="/00-0000001/46-0000002/46-0000012")])
        for name in (SCHOOL, SECOND_GENERATION):
            below = f"/00-0000001/46-0000002/46-0000012/{name[:10]}"
            transaction.append([renewed(transaction, name, sphere=below)])
        ended = born("46-0009998", "preschool", "/00-0000001/46-0000002/46-0000012/46-0009998", "Садок")
        transaction.append([ended, deactivation("46-0009998")])
    page = sidecar.signed_in(department).get("/authority", headers=PAGE).text
    row = page[page.index('id="branches"') : page.index("</section>", page.index('id="branches"'))]
    # Three accounts below: two living schools without OIS, one of them not activated, and one deactivated.
    assert "<td>3</td>" in row
    assert f"below={AUTHORITY}&amp;sign=not-activated" in row and ">1</a>" in row
    assert f"below={AUTHORITY}&amp;sign=no-ois" in row and ">2</a>" in row
    assert f"below={AUTHORITY}&amp;state=deactivated" in row


def test_institutions_without_an_ois_are_found_and_marked(sidecar: Sidecar, authority: FlaskClient) -> None:
    with sidecar.ledger.transaction() as transaction:
        transaction.append([*connected(), granted(1, SCHOOL)])
    page = authority.get("/authority?sign=no-ois", headers=PAGE).text
    assert SECOND_GENERATION in page and f"/institutions/{SCHOOL}" not in page and DEACTIVATED not in page
    rows = csv.DictReader(io.StringIO(authority.get("/authority/institutions.csv").text.lstrip("\ufeff")))
    signs = {row["username"]: row["signs"] for row in rows}
    assert (signs[SCHOOL], signs[SECOND_GENERATION], signs[DEACTIVATED]) == ("", "not-activated no-ois", "")
    sidecar.clock.advance(timedelta(days=60))  # The mandate's last day is past.
    later = sidecar.signed_in(people.AUTHORITY)
    assert f"/institutions/{SCHOOL}" in later.get("/authority?sign=no-ois", headers=PAGE).text


def test_a_key_about_to_expire_is_found_unless_another_takes_over(sidecar: Sidecar, authority: FlaskClient) -> None:
    def found() -> bool:
        return f"/institutions/{SCHOOL}" in authority.get("/authority?sign=key-ending", headers=PAGE).text

    def ends(at: str) -> NewEvent:
        data = {"ends_at": f"{at}T00:00:00.000000Z"}
        return event_by("watch:test", EventKind.API_KEY_ENDING, f"api-{SCHOOL}-k1", data)

    assert not found()
    for at, expected in (("2027-01-10", False), ("2026-12-20", True)):
        with sidecar.ledger.transaction() as transaction:
            transaction.append([ends(at)])
        assert found() is expected
    successor = {"username": SCHOOL, "number": 2}
    with sidecar.ledger.transaction() as transaction:
        transaction.append([event_by("watch:test", EventKind.API_KEY_CREATED, f"api-{SCHOOL}-k2", successor)])
    assert not found()


@pytest.mark.parametrize("method", ["get", "base-key", "ending"])
def test_an_institution_outside_the_sphere_does_not_exist(authority: FlaskClient, method: str) -> None:
    path = f"/authority/institutions/{OUTSIDE}"
    if method == "get":
        assert authority.get(path, headers=PAGE).status_code == 404
    else:
        data = {"document": "№ 1", "text": "Ліквідація"}
        assert authority.post(f"{path}/{method}", data=data, headers=PAGE).status_code == 404


def test_a_sphere_that_the_ledger_took_away_counts_at_once(sidecar: Sidecar, authority: FlaskClient) -> None:
    with sidecar.ledger.transaction() as transaction:
        transaction.append([renewed(transaction, AUTHORITY, sphere="/00-0000001/46-0000099/46-0000012")])
    assert authority.get(f"/authority/institutions/{SCHOOL}", headers=PAGE).status_code == 404


def test_it_reports_an_ending_and_asks_for_a_mail_once_more(sidecar: Sidecar, authority: FlaskClient) -> None:
    base = f"/authority/institutions/{SECOND_GENERATION}"
    assert authority.post(f"{base}/base-key", headers=PAGE).status_code == 303
    report = {"document": "Рішення № 5 від 01.11.2026", "text": "Ліквідація з 1 січня"}
    assert authority.post(f"{base}/ending", data=report, headers=PAGE).status_code == 303
    assert authority.post(f"{base}/ending", data={**report, "document": ""}, headers=PAGE).status_code == 422
    assert authority.post(f"{base}/ending", data=report, headers=PAGE).status_code == 409
    with sidecar.ledger.reader() as reader:
        filed = reader.support_requests(username=SECOND_GENERATION)
    assert {request.kind for request in filed} == {SupportRequestKind.BASE_KEY, SupportRequestKind.ENDING}
    assert {request.filed_by for request in filed} == {f"institution:{AUTHORITY}"}


def test_an_institution_asks_and_sees_the_diagnosis(sidecar: Sidecar) -> None:
    sidecar.app.config["WTF_CSRF_ENABLED"] = False
    client = sidecar.signed_in(people.SECOND_GENERATION)
    assert "увійти ніхто не може" in client.get("/account/requests", headers=PAGE).text
    sent = client.post("/account/requests", data={"kind": "support", "text": "Не надходить лист"}, headers=PAGE)
    assert sent.status_code == 303
    assert "Не надходить лист" in client.get("/account/requests", headers=PAGE).text
    assert client.post("/account/requests", data={"kind": "ending", "text": "x"}, headers=PAGE).status_code == 422
