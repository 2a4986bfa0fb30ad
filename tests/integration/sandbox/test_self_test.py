"""The self-test on real parts: an OIS that does everything right, and OIS that do one thing wrong (order cl. 6)."""

from __future__ import annotations

import hashlib
import time

import jsonschema
import pytest
import requests

from provisioning.model.events import EventKind, canonical_json
from tests.support.ledger_events import data_of
from tests.support.sandbox_running import STOP_S, SandboxParty, SandboxWorld, bearer

pytestmark = [pytest.mark.assure, pytest.mark.keycloak]

ALL = ("private-key-jwt", "exchange", "token-reuse", "retry-after", "cut-off", "token-in-url")


def by_the_book(party: SandboxParty) -> None:
    """Five calls, a wait, two more, and one that tells of the cut-off."""
    token = party.exchanged()
    assert [party.call(token).status_code for _ in range(5)] == [200] * 5
    limited = party.call(token)
    assert limited.status_code == 429
    time.sleep(int(limited.headers["Retry-After"]))
    assert [party.call(token).status_code for _ in range(2)] == [200] * 2
    party.wait_for("watching")
    until_refused(party, token)


def until_refused(party: SandboxParty, token: str) -> str:
    """The gate's code once it knows of the cut-off, which takes it some hundredths of a second."""
    for _ in range(20):
        answer = party.call(token)
        if answer.status_code == 403:
            return str(answer.json()["type"]).rsplit("/", 1)[-1]
        time.sleep(0.05)
    raise AssertionError("the cut-off did not bite")


def results(party: SandboxParty) -> dict[str, bool]:
    """What the report of the run says."""
    return {result["check"]: result["passed"] for result in party.wait_for("over")["report"]["results"]}


def test_an_ois_that_does_everything_right_passes_and_that_is_evidence_with_the_reports_hash(
    world: SandboxWorld,
) -> None:
    party = world.applicant("good")
    party.begin()
    by_the_book(party)
    assert results(party) == dict.fromkeys(ALL, True)
    told = party.run()
    assert told["report"]["passed"] is True
    assert hashlib.sha256(canonical_json(told["report"])).hexdigest() == told["report_sha256"]
    evidence = [e for e in world.office.events("ois-good") if e.kind is EventKind.OIS_EVIDENCE_RECORDED]
    assert {str(data_of(e)["requirement"]) for e in evidence} == set(ALL)
    assert all(data_of(e)["passed"] for e in evidence)
    assert {data_of(e)["found"]["report_sha256"] for e in evidence} == {told["report_sha256"]}  # type: ignore[index,call-overload]
    assert {e.actor for e in evidence} == {"sandbox:good"}
    text = str(told["report"])
    assert party.begun["api_key"] not in text and "eyJ" not in text


def test_each_thing_done_wrong_is_found_and_nothing_else_suffers(world: SandboxWorld) -> None:
    party = world.applicant("careless")
    party.begin()
    for _ in range(5):
        assert party.call(party.exchanged()).status_code == 200
    token = party.exchanged()
    assert party.call(token).status_code == 429
    time.sleep(1)
    assert party.call(token).status_code == 429
    time.sleep(3)
    assert party.call(token).status_code == 200
    assert party.call(token, query=f"?access_token={token}").status_code == 400
    assert party.call(token).status_code == 200
    party.wait_for("watching")
    end = time.monotonic() + STOP_S + 2
    while time.monotonic() < end:
        party.call(token)
        time.sleep(1)
    assert results(party) == {
        "private-key-jwt": True,
        "exchange": True,
        "token-reuse": False,
        "retry-after": False,
        "cut-off": False,
        "token-in-url": False,
    }
    report = party.run()["report"]
    exposed = [request for request in report["requests"] if request["token_in_url"]]
    assert [request["reason"] for request in exposed] == ["token-in-query"]
    assert "access_token=***" in exposed[0]["path"]


def test_a_run_can_be_repeated_and_the_better_result_counts(world: SandboxWorld) -> None:
    party = world.applicant("learner")
    first = party.begin()
    party.call(party.exchanged())
    second = party.begin()
    assert first["institution"] == second["institution"]
    assert first["api_key"] != second["api_key"]
    by_the_book(party)
    assert results(party) == dict.fromkeys(ALL, True)
    evidence = [e for e in world.office.events("ois-learner") if e.kind is EventKind.OIS_EVIDENCE_RECORDED]
    counted = {str(data_of(e)["requirement"]): data_of(e)["passed"] for e in evidence}
    assert counted == dict.fromkeys(ALL, True)
    assert [data_of(e)["passed"] for e in evidence if data_of(e)["requirement"] == "cut-off"] == [False, True]


def test_a_forged_token_that_names_an_ois_spoils_nobodys_run(world: SandboxWorld) -> None:
    party = world.applicant("spoiled")
    party.begin()
    token = party.exchanged()
    head, body, signature = token.split(".")
    forged = f"{head}.{body}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
    assert party.call(forged).status_code == 401
    assert party.call(forged, query=f"?access_token={forged}").status_code == 400
    assert party.call(token).status_code == 200
    first = party.begun["run"]
    party.begin()
    party.begun["run"] = first
    seen = party.run()["report"]["requests"]
    assert [(request["status"], request["token_in_url"]) for request in seen] == [(200, False)]


def test_what_the_api_answers_has_the_described_shape(world: SandboxWorld) -> None:
    description = requests.get(f"{world.url}/api/v1/openapi.json", timeout=30).json()
    party = world.applicant("shaped")
    begun = party.begin()
    party.call(party.exchanged())
    under_way = party.run()
    party.begin()
    listed = requests.get(f"{world.url}/api/v1/sandbox/runs", headers=bearer(party.own_token()), timeout=30).json()
    assert [run["report"] is None for run in listed["runs"]] == [True, False]
    for schema, value in (("BegunRun", begun), ("Run", under_way), ("Runs", listed)):
        reference = {"$ref": f"#/components/schemas/{schema}", "components": description["components"]}
        jsonschema.Draft202012Validator(reference).validate(value)
