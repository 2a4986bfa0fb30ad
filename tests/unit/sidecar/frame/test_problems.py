"""Errors are pages in two languages and problem documents, and tell nothing of the program."""

from __future__ import annotations

import pytest
from flask import Flask, abort

from sidecar.blueprints import GUARDS
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

STATUSES = (400, 401, 403, 404, 405, 413, 429, 500, 502, 503)
CANARY = "canary-7c1f"


@pytest.fixture
def failing(sidecar: Sidecar, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application with `/fail/<status>` and `/crash`."""
    monkeypatch.setitem(GUARDS, "fail", GUARDS["home"])
    monkeypatch.setitem(GUARDS, "crash", GUARDS["home"])
    sidecar.app.add_url_rule("/fail/<int:status>", "fail", lambda status: abort(status, description=CANARY))
    sidecar.app.add_url_rule("/crash", "crash", _crash)
    return sidecar.app


def _crash() -> str:
    raise RuntimeError(CANARY)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(("language", "word"), [("uk", "Номер запиту"), ("en", "Request number")])
def test_a_browser_gets_a_page_in_its_language(failing: Flask, status: int, language: str, word: str) -> None:
    headers = {"Accept": "text/html", "Accept-Language": language}
    response = failing.test_client().get(f"/fail/{status}", headers=headers)
    page = response.get_data(as_text=True)
    assert response.status_code == status
    assert response.headers["Content-Language"] == language
    assert word in page
    assert response.headers["X-Request-Id"] in page
    assert CANARY not in page


@pytest.mark.parametrize("status", STATUSES)
def test_a_program_gets_a_problem_document(failing: Flask, status: int) -> None:
    response = failing.test_client().get(f"/fail/{status}", headers={"Accept": "application/json"})
    document = response.get_json()
    assert response.mimetype == "application/problem+json"
    assert document["status"] == response.status_code == status
    assert document["request_id"] == response.headers["X-Request-Id"]
    assert document["type"].startswith("urn:aikom:problem:")
    assert set(document) == {"type", "title", "status", "detail", "request_id"}
    assert CANARY not in response.get_data(as_text=True)


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_an_unexpected_failure_shows_no_trace(failing: Flask, accept: str) -> None:
    response = failing.test_client().get("/crash", headers={"Accept": accept})
    body = response.get_data(as_text=True)
    assert response.status_code == 500
    assert not any(word in body for word in (CANARY, "Traceback", "RuntimeError", ".py"))


def test_a_wrong_method_names_the_right_one(sidecar: Sidecar) -> None:
    response = sidecar.client().get("/auth/logout")
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]


def test_a_missing_ledger_is_said_by_the_list_in_both_forms(without_ledger: Flask) -> None:
    for path in ("/ois", "/ois.json"):
        response = without_ledger.test_client().get(path, headers={"Accept": "text/html"})
        assert response.status_code == 503
        assert response.headers["Retry-After"] == "10"


def test_the_home_page_needs_no_ledger(without_ledger: Flask) -> None:
    assert without_ledger.test_client().get("/").status_code == 200


def test_a_body_over_the_limit_is_refused(sidecar: Sidecar) -> None:
    assert sidecar.client().post("/auth/logout", data={"csrf_token": "x" * 70_000}).status_code == 413
