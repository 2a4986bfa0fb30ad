"""An operator sees its own OIS and nothing of another; the OIS sees the same by API. Source: order cl. 5, 6."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema
import pytest

from provisioning.ledger.operational.access import add_counts
from provisioning.model.access import AccessCount
from provisioning.model.calendar import kyiv_day
from provisioning.model.events import EventKind
from provisioning.model.identifiers import InstitutionId
from sidecar.ois_portal import views
from sidecar.sandbox.services import sandbox
from tests.support import sidecar_people as people
from tests.support.ledger_events import event
from tests.support.ois_application import KEY, confirmed, csrf_token
from tests.support.ois_listed import CONNECTED, SUSPENDED, documents_and_connection, record_ois
from tests.support.ois_tokens import ask, claims
from tests.support.sidecar_forger import Forger
from tests.support.sidecar_names import SCHOOL
from tests.support.sidecar_running import Sidecar, signed_in

pytest_plugins = ("tests.support.sidecar_fixtures",)

PAGE = {"Accept": "text/html"}
PATHS = ("", "mandates", "usage", "usage?by=hour", "refusals", "keys/")
USAGE, REFUSALS = "/api/v1/ois/usage", "/api/v1/ois/refusals"


@pytest.fixture
def listed(sidecar: Sidecar) -> Sidecar:
    """Two OIS; each has called the central database this hour."""
    record_ois(sidecar.ledger)
    sidecar.clock.now = datetime.now(UTC)
    hour = sidecar.clock().replace(minute=0, second=0, microsecond=0)
    with sidecar.ledger.aside() as connection:
        add_counts(connection, [_count(hour, CONNECTED, 41, "mandate-missing"), _count(hour, SUSPENDED, 67, "later")])
    return sidecar


def _count(hour: datetime, slug: str, allowed: int, reason: str) -> AccessCount:
    school = InstitutionId("46-0001234")
    return AccessCount(hour, school, school, slug, "students.read", allowed, 3, reason, hour)


def _page(sidecar: Sidecar, slug: str, path: str) -> str:
    answer = sidecar.signed_in(people.operator(slug)).get(f"/operator/{path}", headers=PAGE)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_each_operator_sees_the_calls_and_mandates_of_its_own_ois(listed: Sidecar) -> None:
    used = _page(listed, CONNECTED, "usage")
    assert ">41<" in used and ">67<" not in used  # Bare digits may stand in the form token, too.
    assert "67" in _page(listed, SUSPENDED, "usage.csv") and "41" not in _page(listed, SUSPENDED, "usage.csv")
    assert f"{SCHOOL}.{CONNECTED}.1" in _page(listed, CONNECTED, "mandates")
    assert CONNECTED not in _page(listed, SUSPENDED, "mandates")


def test_the_page_names_the_same_day_as_the_file(listed: Sidecar) -> None:
    day = kyiv_day(listed.clock()).isoformat()
    assert f"<td>{day}</td>" in _page(listed, CONNECTED, "usage") and day in _page(listed, CONNECTED, "usage.csv")


def test_refusals_say_what_to_do_and_an_unknown_reason_stands_as_it_is(listed: Sidecar) -> None:
    page = _page(listed, CONNECTED, "refusals")
    assert "/problems/mandate-missing" in page and "<h2" in page
    assert "later" in _page(listed, SUSPENDED, "refusals")


@pytest.mark.parametrize("path", ["", "keys/", "mandates"])
def test_the_self_test_is_in_the_menu_where_there_is_a_sandbox(listed: Sidecar, path: str) -> None:
    with listed.app.app_context():
        there_is_one = sandbox.is_there
    assert ("/onboarding/application/self-test/" in _page(listed, CONNECTED, path)) is there_is_one


def test_a_suspended_ois_is_told_why(listed: Sidecar) -> None:
    assert "кіберінцидент" in _page(listed, SUSPENDED, "")


@pytest.mark.parametrize("path", PATHS)
def test_empty_pages_say_what_comes_first(sidecar: Sidecar, path: str) -> None:
    record_ois(sidecar.ledger)
    page = _page(sidecar, "newcomer", path)
    assert page.count('class="panel"') + page.count('class="next-step"') >= 1 and "<table" not in page


@pytest.mark.parametrize("query", ["days=8", "by=week", "days=-1", "days=%00"])
def test_odd_periods_are_refused(listed: Sidecar, query: str) -> None:
    client = listed.signed_in(people.operator(CONNECTED))
    assert client.get(f"/operator/usage?{query}", headers=PAGE).status_code == 400


def test_keys_are_changed_only_after_a_fresh_second_factor(listed: Sidecar) -> None:
    proved = listed.clock() - timedelta(minutes=6)
    stale = signed_in(listed.app, people.operator(CONNECTED), listed.clock(), proved)
    assert "fresh=yes" in stale.get("/operator/keys/", headers=PAGE).location
    fresh = listed.signed_in(people.operator(CONNECTED))
    token = csrf_token(fresh, "/operator/keys/")
    sent: dict[str, Any] = {"csrf_token": token, "jwks": "{}"}
    assert fresh.post("/operator/keys/", data=sent, headers=PAGE).status_code == 422
    assert stale.post("/operator/keys/", data=sent, headers=PAGE).status_code == 403


def test_the_history_of_keys_names_them_and_the_secret_in_their_place(listed: Sidecar) -> None:
    with listed.ledger.transaction() as transaction:
        for keys in ({"jwks": {}, "kids": ["spring", "autumn"]}, {"jwks": None, "fingerprint": "ab12"}):
            transaction.append([event(EventKind.OIS_KEY_CHANGED, f"ois-{CONNECTED}", **keys)])
    history = _page(listed, CONNECTED, "keys/").partition('class="history"')[2].partition("</ol>")[0]
    secret, keys, applied = history.split("<li>")[1:]
    assert "секрет замість ключів" in secret and "<code>spring autumn</code>" in keys
    assert "подано із заявою" in applied


@pytest.mark.parametrize(
    "sent",
    [
        {"jwks": ""},
        {"jwks": '{"keys": []}', "jwks_url": "https://x.example.ua/jwks"},
        {"jwks_url": "https://127.0.0.1/jwks"},
        {"jwks_url": "http://diary.example.ua/jwks"},
        {"jwks": '{"keys": [' + str(dict(KEY.as_dict(private=True))).replace("'", '"') + "]}"},
    ],
)
def test_a_key_set_that_cannot_be_used_changes_nothing(listed: Sidecar, sent: dict[str, str]) -> None:
    client = listed.signed_in(people.operator(CONNECTED))
    form = {"csrf_token": csrf_token(client, "/operator/keys/"), **sent}
    answer = client.post("/operator/keys/", data=form, headers=PAGE)
    assert answer.status_code == 422 and 'class="mistake"' in answer.get_data(as_text=True)
    with listed.ledger.reader() as reader:
        assert [event.kind for event in reader.events(subject=f"ois-{CONNECTED}")][-1] != "ois:key-changed"


def test_the_operator_follows_its_application_and_the_link_ends_with_the_connection(sidecar: Sidecar) -> None:
    by_link = confirmed(sidecar)
    by_sso = sidecar.signed_in(people.operator("diary"))
    for client in (by_link, by_sso):
        assert "Щоденник «Плюс»" in client.get("/onboarding/application/", headers=PAGE).get_data(as_text=True)
    stranger = sidecar.signed_in(people.operator("other"))
    assert stranger.get("/onboarding/application/", headers=PAGE).status_code == 403
    with sidecar.ledger.transaction() as transaction:
        transaction.append(documents_and_connection("diary"))
    assert by_link.get("/onboarding/application/", headers=PAGE).location == "/auth/login?next=/operator/"
    assert by_link.get("/onboarding/application/", headers=PAGE).location == "/onboarding/link"
    assert by_sso.get("/onboarding/application/", headers=PAGE).status_code == 200


def test_an_ois_reads_its_own_calls_in_the_described_shape_and_304_while_nothing_changes(
    listed: Sidecar, keycloak: Forger
) -> None:
    token = keycloak.sign(claims())
    components = listed.client().get("/api/v1/openapi.json").get_json()["components"]
    for path, schema in ((USAGE, "Usage"), (REFUSALS, "Refusals")):
        answer = ask(listed, token, path)
        reference = {"$ref": f"#/components/schemas/{schema}", "components": components}
        jsonschema.Draft202012Validator(reference).validate(answer.get_json())
        assert ask(listed, token, path, {"If-None-Match": answer.headers["ETag"]}).status_code == 304
    (line,) = ask(listed, token, USAGE, by="hour").get_json()["usage"]
    assert (line["allowed"], line["refused"], line["reached"]) == (41, 3, "46-0001234")
    (refusal,) = ask(listed, token, REFUSALS, lang="en").get_json()["refusals"]
    assert refusal["reason"] == "mandate-missing" and refusal["what_to_do"]


@pytest.mark.parametrize(
    "query",
    [
        {"by": "week"},
        {"from": "yesterday"},
        {"from": "2026-11-20", "to": "2026-11-19"},
        {"from": "2026-01-01", "to": "2026-02-01"},
        {"from": "0001-01-01", "to": "9999-12-31"},
        {"to": "0001-01-01"},
    ],
)
def test_odd_days_are_a_problem_and_not_a_failure(listed: Sidecar, keycloak: Forger, query: dict[str, str]) -> None:
    assert ask(listed, keycloak.sign(claims()), USAGE, **query).status_code == 400


def test_an_answer_that_is_not_all_of_it_says_so(
    listed: Sidecar, keycloak: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = keycloak.sign(claims())
    assert ask(listed, token, USAGE).get_json()["complete"] is True
    assert "не все" not in _page(listed, CONNECTED, "usage")
    monkeypatch.setattr(views, "MOST_COUNTS", 1)
    assert ask(listed, token, USAGE).get_json()["complete"] is False
    assert ask(listed, token, REFUSALS).get_json()["complete"] is False
    for path in ("usage", "refusals"):
        assert "не все" in _page(listed, CONNECTED, path)


def test_of_many_mandates_the_newest_are_shown_and_the_number_of_all(
    listed: Sidecar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "_MOST_LINES", 1)
    page = _page(listed, CONNECTED, "mandates")
    assert page.count("<tr id=") == 1 and "1 з 2" in page
