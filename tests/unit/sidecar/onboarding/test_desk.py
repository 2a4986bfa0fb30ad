"""From the signed agreement to the public list, and back: what applicant and Administrator do. Source: order cl. 6."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from provisioning.model.events import EventKind
from provisioning.model.ois import OisRecord, OisState
from sidecar.onboarding.decisions import STOPPING
from tests.support import sidecar_people as people
from tests.support.ledger_events import data_of
from tests.support.ois_application import confirmed, csrf_token, find_met
from tests.support.sidecar_running import Sidecar
from tests.unit.sidecar.applications.test_uploads import PDF

pytest_plugins = ("tests.support.sidecar_fixtures",)

PAGE = {"Accept": "text/html"}
DESK = "/desk/ois/diary"


@pytest.fixture
def applicant(sidecar: Sidecar) -> Iterator[FlaskClient]:
    yield confirmed(sidecar)


@pytest.fixture
def desk(sidecar: Sidecar, applicant: FlaskClient) -> FlaskClient:
    return sidecar.signed_in(people.ADMINISTRATOR)


def _ois(sidecar: Sidecar) -> OisRecord:
    with sidecar.ledger.reader() as reader:
        found = reader.ois("diary")
    assert found is not None
    return found


def _upload(client: FlaskClient, content: bytes, name: str = "agreement.pdf") -> TestResponse:
    path = "/onboarding/application/"
    token = csrf_token(client, path)
    # Encoded by hand: the test client would leave a temporary file open for a large one.
    body = f'--B\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n--B\r\n'
    body += f'Content-Disposition: form-data; name="document"; filename="{name}"\r\n\r\n'
    data = body.encode() + content + b"\r\n--B--\r\n"
    kind = "multipart/form-data; boundary=B"
    return client.post(f"{path}agreement", data=data, headers=PAGE, content_type=kind)


def _decide(desk: FlaskClient, decision: str, **form: object) -> TestResponse:
    """Send the form as it is meant to be: with the name typed out where it must be, unless the test says otherwise."""
    token, typed = csrf_token(desk, DESK), {f"{decision}-confirmation": "diary"} if decision in STOPPING else {}
    return desk.post(f"{DESK}/decide/{decision}", data={"csrf_token": token, **typed, **form}, headers=PAGE)


def _with_papers(sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient, outcome: str = "positive") -> None:
    assert _upload(applicant, PDF).status_code == 303
    assert _decide(desk, "accept-agreement", version="1.0").status_code == 303
    find_met(sidecar.ledger)
    assert _decide(desk, "conclude", outcome=outcome, until="2027-11-20", reason="Усе гаразд").status_code == 303


def test_an_uploaded_agreement_is_recorded_by_its_hash_and_handed_out_as_a_download_only(
    sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient
) -> None:
    large = PDF.replace(b"endobj", b"endobj" + b" " * 200_000)
    assert _upload(applicant, large, "../../evil.html").status_code == 303
    digest = hashlib.sha256(large).hexdigest()
    assert _ois(sidecar).agreement_submitted == "1.0"
    with sidecar.ledger.reader() as reader:
        (event,) = reader.events(subject="ois-diary", kinds=(EventKind.OIS_AGREEMENT_SUBMITTED,))
    assert (data_of(event)["document"], event.actor) == (digest, "applicant:diary")
    answer = desk.get(f"{DESK}/papers/{digest}")
    assert answer.data == large
    assert answer.headers["Content-Disposition"] == f"attachment; filename=diary-{digest[:12]}.pdf"
    assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("application/pdf", "nosniff")


@pytest.mark.parametrize("content", [b"", b"<script>alert(1)</script>", b"MZ" + b"\0" * 100])
def test_a_file_that_is_no_signed_document_is_refused(sidecar: Sidecar, applicant: FlaskClient, content: bytes) -> None:
    answer = _upload(applicant, content)
    assert answer.status_code == 422
    assert 'id="document-mistake"' in answer.get_data(as_text=True)
    assert _ois(sidecar).agreement_submitted is None


def test_only_the_upload_takes_a_large_body(sidecar: Sidecar, applicant: FlaskClient) -> None:
    assert _upload(applicant, PDF + b" " * (11 * 1024 * 1024)).status_code == 413
    form = {"csrf_token": csrf_token(applicant, "/onboarding/link"), "slug": "x" * 70_000}
    assert applicant.post("/onboarding/link", data=form, headers=PAGE).status_code == 413


def test_a_returned_agreement_comes_back_with_the_remarks(
    sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient
) -> None:
    _upload(applicant, PDF)
    assert _decide(desk, "return-agreement", version="1.0", reason="Немає підпису").status_code == 303
    assert _ois(sidecar).agreement_submitted is None
    page = applicant.get("/onboarding/application/", headers=PAGE).get_data(as_text=True)
    assert "Підписаний договір повернуто: Немає підпису" in page
    assert _upload(applicant, PDF + b"%%EOF").status_code == 303
    assert "Немає підпису" not in applicant.get("/onboarding/application/", headers=PAGE).get_data(as_text=True)


def test_with_one_document_missing_nothing_is_connected(
    sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient
) -> None:
    refused = _decide(desk, "connect", rights=["students.read"])
    assert refused.status_code == 409
    assert 'role="alert"' in refused.get_data(as_text=True)
    _with_papers(sidecar, applicant, desk, "negative")
    assert _decide(desk, "connect", rights=["students.read"]).status_code == 409
    assert _ois(sidecar).state is OisState.APPLIED


def test_a_conclusion_is_numbered_within_the_year_and_can_be_revoked(
    sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient
) -> None:
    _with_papers(sidecar, applicant, desk)
    assert _ois(sidecar).conclusion_number == "2026-0001"
    _decide(desk, "conclude", outcome="positive", until="2027-12-01")
    assert _ois(sidecar).conclusion_number == "2026-0002"
    page = applicant.get("/onboarding/application/", headers=PAGE).get_data(as_text=True)
    assert "Висновок № 2026-0002" in page and "Усе гаразд" in page
    assert _decide(desk, "revoke-conclusion", reason="Порушення").status_code == 303
    assert _ois(sidecar).conclusion_outcome is None


def test_connecting_is_recorded_and_public_although_keycloak_is_silent(
    sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient
) -> None:
    _with_papers(sidecar, applicant, desk)
    answer = _decide(desk, "connect", rights=["students.read"])
    assert answer.status_code == 202  # Nothing listens where Keycloak should be; the decision stands.
    found = _ois(sidecar)
    assert (found.state, found.rights) == (OisState.CONNECTED, ("students.read",))
    assert 'id="diary"' in sidecar.client().get("/ois").get_data(as_text=True)
    _decide(desk, "suspend", reason="кіберінцидент")
    assert sidecar.client().get("/ois.json").get_json()["ois"][0]["standing"] == "suspended"


def test_bound_tokens_are_required_and_made_optional_again_with_a_reason(
    sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient
) -> None:
    _with_papers(sidecar, applicant, desk)
    _decide(desk, "connect", rights=["students.read"])
    assert "Приймати лише прив’язані токени" in desk.get(DESK, headers=PAGE).get_data(as_text=True)
    _decide(desk, "proof", required="yes", reason="За згодою розробника")
    assert _ois(sidecar).proof_required
    page = desk.get(DESK, headers=PAGE).get_data(as_text=True)
    assert "лише прив’язані до її ключа (DPoP)" in page and "Приймати й токени bearer" in page
    _decide(desk, "proof", required="no", reason="Бібліотека не вміє")
    assert not _ois(sidecar).proof_required
    with sidecar.ledger.reader() as reader:
        events = list(reader.events(subject="ois-diary", kinds=(EventKind.OIS_CHANGED,)))
    assert [(data_of(event), event.reason) for event in events] == [
        ({"proof_required": True}, "За згодою розробника"),
        ({"proof_required": False}, "Бібліотека не вміє"),
    ]


def test_what_a_person_finds_on_an_item_is_recorded_under_their_name(
    sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient
) -> None:
    assert _decide(desk, "judge", requirement="key-storage", passed="yes", reason="Опис отримано").status_code == 303
    assert _decide(desk, "judge", requirement="nothing", passed="yes", reason="x").status_code == 400
    page = desk.get(DESK, headers=PAGE).get_data(as_text=True)
    item = re.search(r'id="item-key-storage".*?</li>', page, re.S)
    assert item is not None and "виконано" in item[0] and "Опис отримано" in item[0]
    with sidecar.ledger.reader() as reader:
        (event,) = reader.events(subject="ois-diary", kinds=(EventKind.OIS_EVIDENCE_RECORDED,))
    assert event.actor.startswith("staff:") and data_of(event)["found"] == {"note": "Опис отримано"}


def test_no_positive_conclusion_while_a_mandatory_item_is_not_met_and_remarks_list_it(
    sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient
) -> None:
    assert _upload(applicant, PDF).status_code == 303
    assert _decide(desk, "accept-agreement", version="1.0").status_code == 303
    refused = _decide(desk, "conclude", outcome="positive", until="2027-11-20")
    assert refused.status_code == 422
    assert "tls, jwks, key-strength" in refused.get_data(as_text=True)
    find_met(sidecar.ledger, but="key-storage")
    refused = _decide(desk, "conclude", outcome="positive", until="2027-11-20")
    assert refused.status_code == 422 and "met: key-storage." in refused.get_data(as_text=True)
    assert _ois(sidecar).conclusion_number is None
    assert _decide(desk, "conclude", outcome="remarks", until="2027-11-20").status_code == 303
    page = applicant.get("/onboarding/application/", headers=PAGE).get_data(as_text=True)
    assert "Невиконані вимоги</dt><dd>key-storage</dd>" in page
    assert _decide(desk, "connect", rights=["students.read"]).status_code == 409
    find_met(sidecar.ledger)
    assert _decide(desk, "conclude", outcome="positive", until="2027-11-20").status_code == 303
    assert _ois(sidecar).conclusion_number == "2026-0002"


def test_what_was_found_last_counts(sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient) -> None:
    find_met(sidecar.ledger)
    _decide(desk, "judge", requirement="key-storage", passed="no", reason="Ключ у сховищі коду")
    assert _decide(desk, "conclude", outcome="positive", until="2027-11-20").status_code == 422
    _decide(desk, "judge", requirement="key-storage", passed="yes", reason="Прибрано")
    assert _decide(desk, "conclude", outcome="positive", until="2027-11-20").status_code == 303


def test_checks_become_evidence_whether_passed_or_not(
    sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient
) -> None:
    token = csrf_token(applicant, "/onboarding/application/")
    report = applicant.post("/onboarding/application/checks.json", data={"csrf_token": token}).get_json()
    outcomes = {result["check"]: result["passed"] for result in report["results"]}
    assert outcomes == {"tls": False, "jwks": True, "key-strength": True}  # No such host in this test.
    assert report["requirements_version"] == "1.2" and not report["passed"]
    with sidecar.ledger.reader() as reader:
        events = list(reader.events(subject="ois-diary", kinds=(EventKind.OIS_EVIDENCE_RECORDED,)))
    assert {(data_of(event)["requirement"], data_of(event)["passed"]) for event in events} == set(outcomes.items())


@pytest.mark.parametrize(
    ("decision", "form"),
    [
        ("suspend", {}),
        ("proof", {"required": "yes"}),
        ("proof", {"reason": "x"}),
        ("proof", {"required": "maybe", "reason": "x"}),
        ("suspend", {"reason": "x" * 2001}),
        ("suspend", {"reason": "\u202ex"}),
        ("conclude", {"outcome": "splendid", "until": "2027-01-01"}),
        ("conclude", {"outcome": "positive", "until": "soon"}),
        ("accept-agreement", {}),
    ],
)
def test_a_decision_that_is_not_filled_in_is_refused(desk: FlaskClient, decision: str, form: dict[str, str]) -> None:
    assert _decide(desk, decision, **form).status_code == 400


def test_an_unknown_decision_and_an_unknown_ois_are_not_found(desk: FlaskClient) -> None:
    assert _decide(desk, "bless").status_code == 404
    token = csrf_token(desk, DESK)
    for path in ("decide/suspend", "decide/resume", "check"):
        answer = desk.post(f"/desk/ois/nobody/{path}", data={"csrf_token": token, "reason": "x"})
        assert answer.status_code == 404


def test_the_desk_is_the_administrators_alone(sidecar: Sidecar, applicant: FlaskClient) -> None:
    for who in (people.SUPPORT, people.AUDITOR, people.SCHOOL):
        client = sidecar.signed_in(who)
        form = {"csrf_token": csrf_token(client, "/account"), "reason": "x"}
        assert client.post(f"{DESK}/decide/reject", data=form, headers=PAGE).status_code == 403
    assert applicant.get(DESK, headers={"Accept": "application/json"}).status_code == 401
    assert _ois(sidecar).state is OisState.APPLIED


@pytest.mark.parametrize("decision", STOPPING)
@pytest.mark.parametrize("typed", ["", "diar", "Diary", "ois-diary", "formula"])
def test_what_stops_an_ois_asks_for_its_name_typed_out(
    sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient, decision: str, typed: str
) -> None:
    _with_papers(sidecar, applicant, desk)
    before = _ois(sidecar)
    answer = _decide(desk, decision, reason="Порушення", **{f"{decision}-confirmation": typed})
    assert answer.status_code == 422
    # What cannot happen to an application has no form on its page, and is refused all the same.
    is_offered = decision in ("revoke-conclusion", "reject")
    assert (f'aria-describedby="{decision}-confirmation-error"' in answer.text) is is_offered
    assert _ois(sidecar) == before


def test_the_name_typed_for_another_decision_confirms_nothing(
    sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient
) -> None:
    answer = _decide(desk, "reject", reason="x", **{"reject-confirmation": "", "suspend-confirmation": "diary"})
    assert answer.status_code == 422
    assert _ois(sidecar).state is OisState.APPLIED
    assert _decide(desk, "reject", reason="немає договору").status_code in (202, 303)
    assert _ois(sidecar).state is OisState.REJECTED
