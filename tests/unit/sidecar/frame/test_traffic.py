"""One event is one JSON line, and no secret is in it."""

from __future__ import annotations

import json
from io import StringIO

import pytest

from sidecar.blueprints import GUARDS
from tests.support import sidecar_people as people
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

CANARY = "canary-51d0"


def _lines(log: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_request_is_one_line_with_its_id(sidecar: Sidecar, log: StringIO) -> None:
    response = sidecar.client().get("/ois")
    (line,) = _lines(log)
    assert (line["event"], line["path"], line["status"]) == ("request", "/ois", 200)
    assert line["request_id"] == response.headers["X-Request-Id"]


def test_line_ends_in_a_path_do_not_make_a_second_line(sidecar: Sidecar, log: StringIO) -> None:
    sidecar.client().get('/a%0d%0a{"event":"forged"}%e2%80%a8')
    assert [line["event"] for line in _lines(log)] == ["request"]
    assert len(log.getvalue().strip().split("\n")) == 1


def test_query_cookies_headers_and_bodies_are_not_logged(sidecar: Sidecar, log: StringIO) -> None:
    client = sidecar.signed_in(people.SCHOOL)
    client.set_cookie("other", CANARY)
    headers = {"Authorization": f"Bearer {CANARY}", "X-Forwarded-For": CANARY, "Accept": "text/html"}
    client.get(f"/auth/callback?code={CANARY}&state={CANARY}&iss={CANARY}", headers=headers)
    client.get(f"/account?key={CANARY}", headers=headers)
    client.post("/auth/logout", data={"csrf_token": CANARY}, headers=headers)
    assert len(_lines(log)) >= 3
    assert CANARY not in log.getvalue()


def test_a_traceback_has_no_local_variables(sidecar: Sidecar, log: StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash() -> str:
        token = CANARY
        raise RuntimeError(f"crashed after {len(token)} characters")

    monkeypatch.setitem(GUARDS, "crash", GUARDS["home"])
    sidecar.app.add_url_rule("/crash", "crash", crash)
    sidecar.client().get("/crash")
    assert "crashed after" in log.getvalue()
    assert f'"{CANARY}"' not in log.getvalue()
    assert "'" + CANARY not in log.getvalue()


def test_health_that_is_well_is_not_logged(sidecar: Sidecar, log: StringIO) -> None:
    sidecar.client().get("/health/live")
    assert _lines(log) == []
