"""Whatever a client sends, the answer is a refusal and never a failure. Source: docs/security.md row 43."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import sidecar_people as people
from tests.support.ois_listed import record_ois, record_operated
from tests.support.sidecar_running import Sidecar
from tests.unit.sidecar.test_access_table import ADDRESSES, TABLE

pytest_plugins = ("tests.support.sidecar_fixtures",)

PATHS = st.sampled_from(["/", "/ois", "/ois.json", "/account", "/auth/login", "/auth/callback", "/auth/logout", "/x"])
METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
NAMES = st.sampled_from(
    ["lang", "next", "state", "code", "iss", "error", "csrf_token", "session_state", "error_description"]
)
HEADERS = st.sampled_from(
    [
        "Accept",
        "Accept-Language",
        "Cookie",
        "Host",
        "If-None-Match",
        "If-Modified-Since",
        "Origin",
        "Sec-Fetch-Site",
        "X-Forwarded-For",
        "Content-Type",
        "Range",
    ]
)
# What a server lets through in a header: Latin-1 without line ends and NUL.
VALUES = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=40) | st.sampled_from(
    ["aikom=eyJ.x.y", "language=uk", "aikom-logout=a.b.c.d.e", "uk;q=x", "*/*;q=-1", 'W/"', "bytes=-1-", "[::1", "@"]
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=METHODS,
    path=PATHS,
    query=st.dictionaries(NAMES, st.text(max_size=30), max_size=4),
    headers=st.dictionaries(HEADERS, VALUES, max_size=4),
    signed_in=st.booleans(),
)
def test_no_request_makes_the_sidecar_fail(
    sidecar: Sidecar, method: str, path: str, query: dict[str, str], headers: dict[str, str], signed_in: bool
) -> None:
    client = sidecar.signed_in(people.SCHOOL) if signed_in else sidecar.client()
    with client.open(path, method=method, query_string=query, headers=headers) as response:
        assert response.status_code < 500
        assert response.headers["Content-Security-Policy"]


def test_a_nul_is_refused_wherever_it_is_sent(sidecar: Sidecar) -> None:
    """PostgreSQL holds none, so the note of a cut-off and the search of a list would fail there."""
    sidecar.app.config["WTF_CSRF_ENABLED"] = False
    client = sidecar.signed_in(people.SCHOOL)
    for rule in sidecar.app.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "1", rule.rule)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            with client.open(f"{path}?q=a%00b", method=method) as response:
                assert response.status_code == 400, path
        if "POST" in (rule.methods or ()):
            with client.post(path, data={"note": "a\0b"}) as response:
                assert response.status_code == 400, path
    with client.get("/ois/a%00b") as response:
        assert response.status_code == 400


JSON = [
    b"5",
    b"null",
    b"[]",
    b"[[1]]",
    b'[["a", "b", "c"]]',
    b"{",
    b'{"confirmation": 5, "reason": {}}',
    b'{"note": "a\\u0000b"}',
]


@pytest.mark.assure
def test_no_form_is_read_from_json(sidecar: Sidecar) -> None:
    """Flask-WTF takes JSON for a form: of another shape it fails, and nothing looks for a NUL in it."""
    sidecar.app.config["WTF_CSRF_ENABLED"] = False
    record_ois(sidecar.ledger)
    record_operated(sidecar.ledger)
    posts = [rule for method, rule in TABLE if method == "POST" and rule != "/auth/logout"]
    assert len(posts) > 30
    for who in (people.ADMINISTRATOR, people.SCHOOL, people.AUTHORITY, people.OPERATOR):
        client = sidecar.signed_in(who)
        for rule in posts:
            for body in JSON:
                with client.post(ADDRESSES.get(rule, rule), data=body, content_type="application/json") as answer:
                    assert answer.status_code < 500, (rule, body)
