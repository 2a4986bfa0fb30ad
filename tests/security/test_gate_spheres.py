"""Who reaches whose data, on every route of the protocol, through the real chain. docs/security.md rows 10, 19."""

from __future__ import annotations

import pytest

from examples.central_database.routes import ROUTES, Route
from tests.support.gate_chain import Chain, pupils_of
from tests.support.gate_world import (
    MINISTRY,
    NORTH,
    NORTH_SCHOOL,
    NORTH_SCHOOLS,
    OTHER_NORTH_SCHOOL,
    SOUTH,
    SOUTH_SCHOOL,
    SOUTH_SCHOOLS,
)
from tests.support.wires import send_raw

pytest_plugins = ("tests.support.gate_fixtures",)

WITH_INSTITUTION = [route for route in ROUTES if "{institution}" in route.path]
WORDS = {"student": "s001", "class": "5-%D0%90", "employee": "e001", "week": "2026-W36", "date": "2026-09-01"}
MORE_WORDS = {"application": "q001", "report": "2026-09"}


@pytest.fixture(scope="module")
def tokens(chain: Chain) -> dict[str, str]:
    """A token of each institution, by id."""
    everybody = (MINISTRY, NORTH, SOUTH, NORTH_SCHOOL, OTHER_NORTH_SCHOOL, SOUTH_SCHOOL)
    return {institution: chain.world.token(institution) for institution in everybody}


def ask(chain: Chain, token: str, route: Route, institution: str) -> int:
    path = route.path.format(institution=institution, **WORDS, **MORE_WORDS)
    return chain.ask(token, path, route.method, json={"note": "x"}).status_code


@pytest.mark.parametrize("route", WITH_INSTITUTION, ids=lambda route: f"{route.method} {route.path}")
def test_an_institution_reaches_itself_and_nobody_else(chain: Chain, tokens: dict[str, str], route: Route) -> None:
    assert ask(chain, tokens[NORTH_SCHOOL], route, NORTH_SCHOOL) in (200, 201, 204, 404)
    for other in (OTHER_NORTH_SCHOOL, SOUTH_SCHOOL, NORTH, SOUTH, MINISTRY, "46-9999999"):
        assert ask(chain, tokens[NORTH_SCHOOL], route, other) == 403, other


@pytest.mark.parametrize("route", WITH_INSTITUTION, ids=lambda route: f"{route.method} {route.path}")
def test_an_authority_reaches_what_is_subordinate_to_it(chain: Chain, tokens: dict[str, str], route: Route) -> None:
    for inside in (NORTH, NORTH_SCHOOL, OTHER_NORTH_SCHOOL):
        assert ask(chain, tokens[NORTH], route, inside) in (200, 201, 204, 404), inside
    for outside in (SOUTH, SOUTH_SCHOOL, MINISTRY):
        assert ask(chain, tokens[NORTH], route, outside) == 403, outside


def test_the_ministry_reaches_everybody(chain: Chain, tokens: dict[str, str]) -> None:
    for institution in (NORTH, SOUTH, NORTH_SCHOOL, SOUTH_SCHOOL):
        assert chain.pupils(tokens[MINISTRY], institution).status_code == 200


def test_a_list_holds_what_the_caller_reaches(chain: Chain, tokens: dict[str, str]) -> None:
    def listed(who: str) -> set[str]:
        return {entry["id"] for entry in chain.ask(tokens[who], "/v1/institutions").json()}

    assert listed(NORTH_SCHOOL) == {NORTH_SCHOOL}
    assert listed(NORTH) == {NORTH, *NORTH_SCHOOLS}
    assert listed(SOUTH) == {SOUTH, *SOUTH_SCHOOLS}
    assert listed(MINISTRY) == {MINISTRY, NORTH, SOUTH, *NORTH_SCHOOLS, *SOUTH_SCHOOLS}


def test_a_refusal_says_what_to_do_and_nothing_of_the_other(chain: Chain, tokens: dict[str, str]) -> None:
    refused = chain.pupils(tokens[NORTH_SCHOOL], SOUTH_SCHOOL)
    unknown = chain.pupils(tokens[NORTH_SCHOOL], "46-9999999")
    problem, other = refused.json(), unknown.json()
    assert problem["status"] == 403
    assert problem["type"].endswith("/outside-sphere")
    assert problem["detail"]
    assert {**problem, "decision": ""} == {**other, "decision": ""}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/authz"),
        ("GET", "/v2/institutions"),
        ("GET", f"{pupils_of(NORTH_SCHOOL)}/s001/secrets"),
        ("DELETE", pupils_of(NORTH_SCHOOL)),
        ("DELETE", f"{pupils_of(NORTH_SCHOOL)}/s001"),
        ("HEAD", f"{pupils_of(NORTH_SCHOOL)}/s001/secrets"),
        ("TRACE", "/v1/institutions"),
        ("PROPFIND", pupils_of(NORTH_SCHOOL)),
    ],
)
def test_what_no_rule_allows_is_refused(chain: Chain, tokens: dict[str, str], method: str, path: str) -> None:
    assert chain.ask(tokens[NORTH_SCHOOL], path, method).status_code in (400, 403, 405)


@pytest.mark.parametrize("method", [b"get", b"Get", b"GETS", b"G"])
def test_a_method_counts_as_it_is_written(chain: Chain, tokens: dict[str, str], method: bytes) -> None:
    head = method + b" " + pupils_of(NORTH_SCHOOL).encode() + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    answer = send_raw(chain.port, head + b"Authorization: Bearer " + tokens[NORTH_SCHOOL].encode() + b"\r\n\r\n")
    assert answer.statuses in ((400,), (403,), (405,))


@pytest.mark.parametrize(
    "name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-Method", "X_Original_Method"]
)
def test_no_header_makes_another_method_of_a_request(chain: Chain, tokens: dict[str, str], name: str) -> None:
    reader = chain.world.token(NORTH_SCHOOL, rights=["students.read"])
    path = pupils_of(NORTH_SCHOOL)
    before = chain.ask(reader, path).json()
    posted = chain.ask(reader, path, "POST", json={"name": "Хтось"}, headers={name: "GET"})
    assert posted.status_code == 403
    assert posted.json()["type"].endswith("/right-not-of-institution")
    listed = chain.ask(reader, path, headers={name: "POST"}, json={"name": "Хтось"})
    assert listed.json() == before
    assert chain.ask(reader, f"{path}?_method=DELETE", headers={name: "DELETE"}).json() == before


def test_an_ois_without_a_mandate_is_refused(chain: Chain) -> None:
    answer = chain.pupils(chain.world.token(NORTH_SCHOOL, azp=chain.world.stranger.client_id))
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (403, "mandate-missing")
