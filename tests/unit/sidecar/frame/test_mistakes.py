"""Programs are told which of their words is wrong, what came and what is allowed. Source: RFC 9457, RFC 6750."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.ois_listed import record_ois
from tests.support.ois_tokens import ask, claims
from tests.support.sidecar_forger import Forger
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

USAGE, MANDATES = "/api/v1/ois/usage", "/api/v1/ois/mandates"


@pytest.fixture
def listed(sidecar: Sidecar) -> Sidecar:
    record_ois(sidecar.ledger)
    sidecar.clock.now = datetime.now(UTC)
    return sidecar


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        (USAGE, {"from": "2026-13-01"}, "not-a-day"),
        (USAGE, {"to": "yesterday"}, "not-a-day"),
        (USAGE, {"by": "week"}, "unknown-word"),
        (USAGE, {"from": "2020-01-01"}, "not-in-range"),
        (USAGE, {"to": "0001-01-01"}, "not-in-range"),
        (MANDATES, {"after": "-1"}, "not-a-number"),
        (MANDATES, {"after": "9" * 5000}, "not-a-number"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_is_allowed(
    listed: Sidecar, keycloak: Forger, path: str, query: dict[str, str], code: str
) -> None:
    answer = ask(listed, keycloak.sign(claims()), path, **query)
    told: dict[str, Any] = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    (error,) = told["errors"]
    assert error["code"] == code
    assert error["allowed"]
    assert len(error["got"]) <= 100
    assert error["parameter"] in query or (code, error["parameter"]) == ("not-in-range", "from")


@pytest.mark.parametrize("body", ["{", "[]", "1", "null", "", "\xff"])
def test_what_is_no_json_object_is_said_to_be_none(sidecar: Sidecar, body: str) -> None:
    answer = sidecar.client().post("/api/v1/ois/applications", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.get_json()["errors"] == [{"pointer": "", "code": "not-an-object", "allowed": ["a JSON object"]}]


def test_an_unknown_right_is_named_with_all_there_are(sidecar: Sidecar) -> None:
    answer = sidecar.client().post("/api/v1/ois/applications", json={"rights": ["students.read", "students.burn"]})
    (error,) = [error for error in answer.get_json()["errors"] if error["field"] == "rights"]
    assert error["got"] == ["students.burn"]
    assert "students.read" in error["allowed"]


@pytest.mark.parametrize(("token", "error"), [(None, None), ("not.a.token", "invalid_token")])
def test_a_refused_bearer_is_told_how_to_authorise(sidecar: Sidecar, token: str | None, error: str | None) -> None:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    answer = sidecar.client().get(USAGE, headers=headers)
    assert answer.status_code == 401
    assert answer.www_authenticate.type == "bearer"
    assert answer.www_authenticate.get("error") == error
    assert "signed-in users" not in answer.get_json()["detail"]


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v2/ois", "/api/"])
def test_an_address_that_is_not_there_points_to_the_description(sidecar: Sidecar, path: str) -> None:
    answer = sidecar.client().get(path, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert "/api/v1/openapi.json" in answer.get_json()["detail"]


def test_a_wrong_method_is_answered_with_those_that_are_allowed(sidecar: Sidecar) -> None:
    answer = sidecar.client().delete("/api/v1/ois/applications")
    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
    assert "POST" in answer.headers["Allow"]
