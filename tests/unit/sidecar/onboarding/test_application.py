"""From the form or the API to the Administrator: only a confirmed e-mail gets there. Source: order cl. 6."""

from __future__ import annotations

from datetime import timedelta

import pytest

from provisioning.ledger.queries.applications import UNCONFIRMED_FOR
from provisioning.lifecycle.applications import LINK_FOR, send_link
from provisioning.model.events import EventKind
from provisioning.model.ois import OisState
from sidecar.doors.config import SESSION_MAX
from tests.support import sidecar_people as people
from tests.support.ois_application import confirmed, csrf_token, entry, hand_in, mailed_code, open_link, stored, typed
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

PAGE = {"Accept": "text/html"}
API = "/api/v1/ois/applications"


def _events(sidecar: Sidecar) -> list[EventKind]:
    with sidecar.ledger.reader() as reader:
        return [event.kind for event in reader.events(subject="ois-diary")]


def _mails(sidecar: Sidecar) -> list[str]:
    with sidecar.ledger.reader() as reader:
        return [mail.recipient for mail in reader.mails() if mail.template == "ois-application"]


def test_the_form_leads_to_a_mail_and_nothing_is_recorded_yet(sidecar: Sidecar) -> None:
    client = sidecar.client()
    form = typed(csrf_token=csrf_token(client, "/onboarding/apply"))
    answer = client.post("/onboarding/apply", data=form, headers=PAGE)
    assert (answer.status_code, answer.location) == (303, "/onboarding/sent")
    assert _mails(sidecar) == ["it@diary.example.ua"]
    assert _events(sidecar) == []


def test_mistakes_stand_beside_their_fields_and_what_was_typed_stays(sidecar: Sidecar) -> None:
    client = sidecar.client()
    form = typed(site="http://x.ua", csrf_token=csrf_token(client, "/onboarding/apply"))
    answer = client.post("/onboarding/apply", data=form, headers=PAGE)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="site-mistake">Адреса має починатися з https://' in page
    assert 'aria-invalid="true"' in page and "Щоденник «Плюс»" in page
    assert _mails(sidecar) == []


def test_only_the_opened_link_confirms_and_then_the_application_is_on_record(sidecar: Sidecar) -> None:
    identifier = hand_in(sidecar)
    code = mailed_code(sidecar, identifier)
    client = sidecar.client()
    assert client.get(f"/onboarding/link/open?code={code}").status_code == 200
    assert client.get(f"{API}/{identifier}").get_json()["status"] == "awaiting-confirmation"
    assert _events(sidecar) == []
    assert open_link(client, code) == 303
    assert _events(sidecar) == [EventKind.OIS_APPLIED]
    assert client.get(f"{API}/{identifier}").get_json()["status"] == "confirmed"
    with sidecar.ledger.reader() as reader:
        ois = reader.ois("diary")
    assert ois is not None and ois.state is OisState.APPLIED
    assert "Щоденник «Плюс»" in client.get("/onboarding/application/", headers=PAGE).get_data(as_text=True)


def test_a_link_works_once_and_a_second_one_opens_the_same_application(sidecar: Sidecar) -> None:
    identifier = hand_in(sidecar)
    first, second = mailed_code(sidecar, identifier), mailed_code(sidecar, identifier)
    assert open_link(sidecar.client(), first) == 303
    assert open_link(sidecar.client(), first) == 400
    assert open_link(sidecar.client(), second) == 303
    assert _events(sidecar) == [EventKind.OIS_APPLIED]


@pytest.mark.parametrize("code", ["", "wrong", "x" * 5000])
def test_a_link_that_nobody_made_opens_nothing(sidecar: Sidecar, code: str) -> None:
    assert open_link(sidecar.client(), code) == 400


def test_a_link_runs_out(sidecar: Sidecar) -> None:
    code = mailed_code(sidecar, hand_in(sidecar))
    sidecar.clock.advance(LINK_FOR)
    assert open_link(sidecar.client(), code) == 400


def test_the_code_is_nowhere_in_the_database(sidecar: Sidecar) -> None:
    code = mailed_code(sidecar, hand_in(sidecar))
    with sidecar.ledger.reader() as reader:
        dump = "\n".join(reader.connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    assert code not in dump and "ledger_application_link" in dump


def test_whoever_confirms_first_gets_the_short_name(sidecar: Sidecar) -> None:
    squatter, owner = hand_in(sidecar, email="other@example.ua"), hand_in(sidecar)
    codes = mailed_code(sidecar, squatter), mailed_code(sidecar, owner)
    assert open_link(sidecar.client(), codes[1]) == 303
    assert open_link(sidecar.client(), codes[0]) == 400
    taken = sidecar.client().post(API, json=entry(email="third@example.ua"))
    assert taken.status_code == 422
    assert taken.get_json()["errors"][0]["field"] == "slug"


def test_the_same_request_with_the_same_key_is_one_application(sidecar: Sidecar) -> None:
    client, key = sidecar.client(), {"Idempotency-Key": "a-key-of-the-client"}
    first, again = (client.post(API, json=entry(), headers=key) for _ in range(2))
    assert first.get_json() == again.get_json()
    assert len(_mails(sidecar)) == 1
    other = client.post(API, json=entry(name="Інша"), headers=key)
    assert (other.status_code, other.get_json()["errors"][0]["field"]) == (422, "idempotency_key")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"data": "{}"}, 415),
        ({"data": "{", "content_type": "application/json"}, 400),
        ({"json": []}, 400),
        ({"json": {}}, 422),
        ({"json": {"slug": "x"}, "headers": {"Idempotency-Key": "short"}}, 422),
        ({"json": entry(), "headers": {"Idempotency-Key": "short"}}, 400),
        ({"json": entry(), "headers": {"Origin": "https://evil.example"}}, 403),
    ],
)
def test_what_the_api_does_not_take_is_a_problem_document(
    sidecar: Sidecar, sent: dict[str, object], status: int
) -> None:
    answer = sidecar.client().post(API, **sent)  # type: ignore[arg-type]
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert _mails(sidecar) == []


def test_too_many_applications_from_one_address_are_refused_with_a_time_to_wait(sidecar: Sidecar) -> None:
    answers = [sidecar.client().post(API, json={}).status_code for _ in range(10)]
    refused = sidecar.client().post(API, json=entry())
    assert set(answers) == {422}
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_asking_for_a_link_tells_nobody_whether_there_is_an_application(sidecar: Sidecar) -> None:
    hand_in(sidecar)
    answers = []
    for email in ("it@diary.example.ua", "IT@diary.example.ua", "nobody@example.ua"):
        client = sidecar.client()
        form = {"csrf_token": csrf_token(client, "/onboarding/link"), "slug": "diary", "email": email}
        answer = client.post("/onboarding/link", data=form, headers=PAGE)
        answers.append((answer.status_code, answer.location, answer.get_data()))
    assert answers[0] == answers[1] == answers[2]
    assert _mails(sidecar) == ["it@diary.example.ua"] * 3


def test_a_mailbox_is_not_filled_by_asking_again_and_again(sidecar: Sidecar) -> None:
    identifier = hand_in(sidecar)
    mailed_code(sidecar, identifier)
    send_link(sidecar.ledger, "diary", "it@diary.example.ua")
    assert len(_mails(sidecar)) == 1
    sidecar.clock.advance(timedelta(minutes=5))
    send_link(sidecar.ledger, "diary", "it@diary.example.ua")
    assert len(_mails(sidecar)) == 2


def test_what_nobody_confirms_is_removed(sidecar: Sidecar) -> None:
    old, kept = hand_in(sidecar), hand_in(sidecar, slug="kept", email="kept@example.ua")
    assert open_link(sidecar.client(), mailed_code(sidecar, kept)) == 303
    mailed_code(sidecar, old)
    sidecar.clock.advance(UNCONFIRMED_FOR + timedelta(seconds=1))
    hand_in(sidecar, slug="later")
    assert (stored(sidecar, old), stored(sidecar, kept)) == (False, True)


def test_the_applicants_session_ends_and_is_nobody_elses(sidecar: Sidecar) -> None:
    client = confirmed(sidecar)
    assert client.get("/onboarding/application/", headers=PAGE).status_code == 200
    assert client.get("/account", headers=PAGE).status_code == 302
    for stranger in (sidecar.client(), sidecar.signed_in(people.SCHOOL), sidecar.signed_in(people.ADMINISTRATOR)):
        assert stranger.get("/onboarding/application/", headers=PAGE).location == "/onboarding/link"
    assert client.get("/onboarding/application/", headers={"Accept": "application/json"}).status_code == 200
    sidecar.clock.advance(SESSION_MAX)
    assert client.get("/onboarding/application/", headers={"Accept": "application/json"}).status_code == 401


def test_leaving_ends_the_session(sidecar: Sidecar) -> None:
    client = confirmed(sidecar)
    token = csrf_token(client, "/onboarding/application/")
    assert client.post("/onboarding/application/leave", data={"csrf_token": token}, headers=PAGE).status_code == 303
    assert client.get("/onboarding/application/", headers=PAGE).status_code == 302


def test_the_agreement_is_filled_with_the_applicants_data_and_nothing_of_it_is_markup(sidecar: Sidecar) -> None:
    page = confirmed(sidecar, operator="ТОВ «<b>Вигадка</b> {site}»").get("/onboarding/application/agreement")
    text = page.get_data(as_text=True)
    assert "ТОВ «&lt;b&gt;Вигадка&lt;/b&gt; {site}»" in text
    assert "02145719" in text and "24 листопада 2026" in text and "(students.read)" in text
