"""From the signed agreement to the public list, and back: what applicant and Administrator do. Source: order cl. 6."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from provisioning.lifecycle import applications
from provisioning.model.application import Stored
from provisioning.model.events import EventKind
from provisioning.model.ois import OisRecord, OisState
from tests.support import sidecar_people as people
from tests.support.ledger_events import data_of
from tests.support.ois_application import confirmed, csrf_token, find_met
from tests.support.ois_desk import DESK, PAGE, SECOND, decide, upload, waiting, with_papers
from tests.support.sidecar_running import Sidecar
from tests.unit.sidecar.applications.test_uploads import PDF

pytest_plugins = ("tests.support.sidecar_fixtures",)


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


def test_an_uploaded_agreement_is_recorded_by_its_hash_and_handed_out_as_a_download_only(
    sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient
) -> None:
    large = PDF.replace(b"endobj", b"endobj" + b" " * 200_000)
    assert upload(applicant, large, "../../evil.html").status_code == 303
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
    answer = upload(applicant, content)
    assert answer.status_code == 422
    assert 'id="document-mistake"' in answer.get_data(as_text=True)
    assert _ois(sidecar).agreement_submitted is None


def test_only_the_upload_takes_a_large_body(sidecar: Sidecar, applicant: FlaskClient) -> None:
    assert upload(applicant, PDF + b" " * (11 * 1024 * 1024)).status_code == 413
    form = {"csrf_token": csrf_token(applicant, "/onboarding/link"), "slug": "x" * 70_000}
    assert applicant.post("/onboarding/link", data=form, headers=PAGE).status_code == 413


def test_what_is_over_the_quota_is_not_stored_and_the_desk_shows_how_much_is(
    sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applications, "QUOTA", Stored(1, 10_000_000))
    assert upload(applicant, PDF).status_code == 303
    refused = upload(applicant, PDF + b"%%EOF")
    assert refused.status_code == 422 and "Місце для Ваших файлів вичерпано" in refused.text
    assert "Збережено файлів: 1 з 20" in desk.get(DESK, headers=PAGE).text


def test_a_returned_agreement_comes_back_with_the_remarks(
    sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient
) -> None:
    upload(applicant, PDF)
    assert decide(desk, "return-agreement", version="1.0", reason="Немає підпису").status_code == 303
    assert _ois(sidecar).agreement_submitted is None
    page = applicant.get("/onboarding/application/", headers=PAGE).get_data(as_text=True)
    assert "Підписаний договір повернуто: Немає підпису" in page
    assert upload(applicant, PDF + b"%%EOF").status_code == 303
    assert "Немає підпису" not in applicant.get("/onboarding/application/", headers=PAGE).get_data(as_text=True)


def test_with_one_document_missing_nothing_is_connected(
    sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient
) -> None:
    refused = decide(desk, "propose-connection", rights=["students.read"])
    assert refused.status_code == 409
    assert 'role="alert"' in refused.get_data(as_text=True)
    with_papers(sidecar, applicant, desk, "negative")
    assert decide(desk, "propose-connection", rights=["students.read"]).status_code == 409
    assert _ois(sidecar).state is OisState.APPLIED


def test_a_conclusion_is_numbered_within_the_year_and_can_be_revoked(
    sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient
) -> None:
    with_papers(sidecar, applicant, desk)
    assert _ois(sidecar).conclusion_number == "2026-0001"
    decide(desk, "conclude", outcome="positive", until="2027-12-01")
    assert _ois(sidecar).conclusion_number == "2026-0002"
    page = applicant.get("/onboarding/application/", headers=PAGE).get_data(as_text=True)
    assert "Висновок № 2026-0002" in page and "Усе гаразд" in page
    assert decide(desk, "revoke-conclusion", reason="Порушення").status_code == 303
    assert _ois(sidecar).conclusion_outcome is None


def test_connecting_is_recorded_and_public_although_keycloak_is_silent(
    sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient
) -> None:
    with_papers(sidecar, applicant, desk)
    assert decide(desk, "propose-connection", rights=["students.read"]).status_code == 303
    assert _ois(sidecar).state is OisState.APPLIED
    answer = decide(sidecar.signed_in(SECOND), "approve", proposal=waiting(sidecar))
    assert answer.status_code == 202  # Nothing listens where Keycloak should be; the decision stands.
    found = _ois(sidecar)
    assert (found.state, found.rights) == (OisState.CONNECTED, ("students.read",))
    assert 'id="diary"' in sidecar.client().get("/ois").get_data(as_text=True)
    decide(desk, "suspend", reason="кіберінцидент")
    assert sidecar.client().get("/ois.json").get_json()["ois"][0]["standing"] == "suspended"


def test_bound_tokens_are_required_and_made_optional_again_with_a_reason(
    sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient
) -> None:
    with_papers(sidecar, applicant, desk)
    decide(desk, "propose-connection", rights=["students.read"])
    decide(sidecar.signed_in(SECOND), "approve", proposal=waiting(sidecar))
    assert "Приймати лише прив’язані токени" in desk.get(DESK, headers=PAGE).get_data(as_text=True)
    decide(desk, "proof", required="yes", reason="За згодою розробника")
    assert _ois(sidecar).proof_required
    page = desk.get(DESK, headers=PAGE).get_data(as_text=True)
    assert "лише прив’язані до її ключа (DPoP)" in page and "Приймати й токени bearer" in page
    decide(desk, "proof", required="no", reason="Бібліотека не вміє")
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
    assert decide(desk, "judge", requirement="key-storage", passed="yes", reason="Опис отримано").status_code == 303
    assert decide(desk, "judge", requirement="nothing", passed="yes", reason="x").status_code == 400
    page = desk.get(DESK, headers=PAGE).get_data(as_text=True)
    item = re.search(r'id="item-key-storage".*?</li>', page, re.S)
    assert item is not None and "виконано" in item[0] and "Опис отримано" in item[0]
    with sidecar.ledger.reader() as reader:
        (event,) = reader.events(subject="ois-diary", kinds=(EventKind.OIS_EVIDENCE_RECORDED,))
    assert event.actor.startswith("staff:") and data_of(event)["found"] == {"note": "Опис отримано"}


def test_no_positive_conclusion_while_a_mandatory_item_is_not_met_and_remarks_list_it(
    sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient
) -> None:
    assert upload(applicant, PDF).status_code == 303
    assert decide(desk, "accept-agreement", version="1.0").status_code == 303
    refused = decide(desk, "conclude", outcome="positive", until="2027-11-20")
    assert refused.status_code == 422
    assert "tls, jwks, key-strength" in refused.get_data(as_text=True)
    find_met(sidecar.ledger, but="key-storage")
    refused = decide(desk, "conclude", outcome="positive", until="2027-11-20")
    assert refused.status_code == 422 and "met: key-storage." in refused.get_data(as_text=True)
    assert _ois(sidecar).conclusion_number is None
    assert decide(desk, "conclude", outcome="remarks", until="2027-11-20").status_code == 303
    page = applicant.get("/onboarding/application/", headers=PAGE).get_data(as_text=True)
    assert "Невиконані вимоги</dt><dd>key-storage</dd>" in page
    assert decide(desk, "propose-connection", rights=["students.read"]).status_code == 409
    find_met(sidecar.ledger)
    assert decide(desk, "conclude", outcome="positive", until="2027-11-20").status_code == 303
    assert _ois(sidecar).conclusion_number == "2026-0002"


def test_what_was_found_last_counts(sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient) -> None:
    find_met(sidecar.ledger)
    decide(desk, "judge", requirement="key-storage", passed="no", reason="Ключ у сховищі коду")
    assert decide(desk, "conclude", outcome="positive", until="2027-11-20").status_code == 422
    decide(desk, "judge", requirement="key-storage", passed="yes", reason="Прибрано")
    assert decide(desk, "conclude", outcome="positive", until="2027-11-20").status_code == 303


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
        ("approve", {"proposal": "x"}),
        ("refuse", {"proposal": "9" * 19, "reason": "x"}),
        ("suspend", {"reason": "\u202ex"}),
        ("conclude", {"outcome": "splendid", "until": "2027-01-01"}),
        ("conclude", {"outcome": "positive", "until": "soon"}),
        ("accept-agreement", {}),
    ],
)
def test_a_decision_that_is_not_filled_in_is_refused(desk: FlaskClient, decision: str, form: dict[str, str]) -> None:
    assert decide(desk, decision, **form).status_code == 400


def test_an_unknown_decision_and_an_unknown_ois_are_not_found(desk: FlaskClient) -> None:
    assert decide(desk, "bless").status_code == 404
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
