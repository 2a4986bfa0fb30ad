"""The served gate on both databases: what it answers, and how soon it knows.

Source: docs/security.md rows 2-4, 11, 12, 14, 17.
"""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwk, jwt

from provisioning.ledger import Ledger
from provisioning.ledger.operational.access import counts
from provisioning.model.events import EventKind
from tests.support.gate_running import (
    AUTHORITY,
    COUNTED,
    ENDING,
    ENDING_TOO,
    OTHER,
    SCHOOL,
    SECRET,
    STUDENTS,
    RealmKeysServer,
    ServedGate,
    mandate,
    record,
    students,
)
from tests.support.gate_tokens import KID, key_set, realm_key, signed
from tests.support.ledger_events import event
from tests.support.ois_events import OIS, withdrawn

PROMISED_S = 1.0


def test_a_good_request_passes_with_the_headers_for_the_database(gate: ServedGate) -> None:
    answer = gate.ask(gate.token())
    assert answer.status_code == 204
    said = {name: value for name, value in answer.headers.items() if name.lower().startswith("x-aikom")}
    assert said == {
        "x-aikom-institution": SCHOOL,
        "x-aikom-sphere": f"/00-0000001/{AUTHORITY}/{SCHOOL}",
        "x-aikom-ois": "shodennyk",
        "x-aikom-rights": "students.read",
        "x-aikom-decision": said["x-aikom-decision"],
        "x-aikom-signed": said["x-aikom-signed"],
    }
    assert gate.ask(gate.token()).headers["X-Aikom-Decision"] != answer.headers["X-Aikom-Decision"]
    assert gate.ask(gate.token(OTHER)).status_code == 403
    assert gate.ask(gate.token(AUTHORITY)).status_code == 204


def test_a_refusal_says_what_to_do_in_body_and_header(gate: ServedGate) -> None:
    answer = gate.ask(gate.token(), f"/v1/institutions/{OTHER}/students")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == json.loads(answer.headers["X-Aikom-Problem"])
    problem = answer.json()
    assert problem["type"].endswith("/problems/outside-sphere")
    assert (problem["status"], problem["right"]) == (403, "students.read")
    assert problem["decision"] == answer.headers["X-Aikom-Decision"]
    english = gate.ask(None, Accept_Language="en")
    assert (english.status_code, english.json()["title"]) == (401, "There is no token")
    assert english.headers["WWW-Authenticate"] == 'Bearer realm="central-db", DPoP algs="ES256 ES384 PS256 RS256"'
    assert 'error="invalid_token"' in gate.ask("a.b.c").headers["WWW-Authenticate"]


@pytest.mark.parametrize("given", [None, "", "wrong", "secret-between-proxy-and-gat", "ключ"])
def test_whoever_does_not_know_the_secret_gets_no_decision(gate: ServedGate, given: str | None) -> None:
    headers = {} if given is None else {"X-Aikom-Gate-Secret": given.encode()}
    answer = gate.node.session.get(
        f"{gate.url}/authz",
        headers={
            **headers,
            "Authorization": f"Bearer {gate.token()}",
            "X-Original-Method": "GET",
            "X-Original-URI": STUDENTS,
        },
        timeout=10,
    )
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (403, "not-from-proxy")


def test_endings_bite_within_a_second(gate: ServedGate, shared_ledger: Ledger) -> None:
    token, path = gate.token(ENDING), students(ENDING)
    assert gate.ask(token, path).status_code == 204
    record(shared_ledger, withdrawn(username=ENDING))
    assert gate.wait_for(403, token, path) < PROMISED_S
    record(shared_ledger, mandate(ENDING, number=2))
    assert gate.wait_for(204, token, path) < PROMISED_S
    record(shared_ledger, event(EventKind.OIS_SUSPENDED, OIS))
    assert gate.wait_for(403, token, path) < PROMISED_S
    record(shared_ledger, event(EventKind.OIS_RESUMED, OIS))
    assert gate.wait_for(204, token, path) < PROMISED_S
    record(shared_ledger, event(EventKind.API_KEY_CUT_OFF, f"api-{ENDING}-k1"))
    assert gate.wait_for(403, token, path) < PROMISED_S
    other, path = gate.token(ENDING_TOO), students(ENDING_TOO)
    assert gate.ask(other, path).status_code == 204
    record(shared_ledger, event(EventKind.ACCOUNT_DEACTIVATED, ENDING_TOO, reason="liquidation", document="№ 1"))
    assert gate.wait_for(403, other, path) < PROMISED_S


def test_a_flood_of_unknown_keys_fetches_once_and_a_rotation_under_load_is_not_noticed(
    gate: ServedGate, keys: RealmKeysServer
) -> None:
    before = keys.asked
    fresh = f"key-of-{gate.url.rpartition(':')[2]}"
    keys.body = key_set(KID, fresh)
    tokens = [gate.token(kid=(KID, fresh)[number % 2], jti=str(number)) for number in range(1000)]
    with ThreadPoolExecutor(32) as pool:
        statuses = list(pool.map(lambda token: gate.ask(token).status_code, tokens))
    assert statuses == [204] * 1000
    assert keys.asked - before == 1
    unknown = signed({"iss": gate.realm}, {"kid": "unknown"}, realm_key("unknown"))
    assert {gate.ask(unknown).status_code for _ in range(200)} == {401}
    assert keys.asked - before == 1


def test_the_signed_form_says_what_the_headers_say_for_one_request(gate: ServedGate) -> None:
    said = gate.ask(gate.token(), f"{STUDENTS}?page=2").headers
    published = gate.node.session.get(f"{gate.url}/authz/jwks.json", timeout=5).json()
    signed = jwt.decode(said["X-Aikom-Signed"], jwk.KeySet.import_key_set(published), algorithms=["ES256"])
    assert signed.header["typ"] == "aikom-decision+jwt"
    claims = signed.claims
    assert (claims["aud"], claims["method"], claims["target"]) == ("central-db", "GET", f"{STUDENTS}?page=2")
    assert claims["exp"] - claims["iat"] == 30
    assert (claims["institution"], claims["sphere"], claims["ois"], claims["jti"]) == (
        said["X-Aikom-Institution"],
        said["X-Aikom-Sphere"],
        said["X-Aikom-Ois"],
        said["X-Aikom-Decision"],
    )
    assert "d" not in published["keys"][0]


def test_health_and_figures_tell_how_fresh_a_node_is(gate: ServedGate) -> None:
    health = gate.node.session.get(f"{gate.url}/authz/health", timeout=5)
    assert (health.status_code, health.json()["status"], health.json()["ledger"]) == (200, "deciding", "fresh")
    assert health.json()["lag_seconds"] < PROMISED_S
    assert gate.node.session.get(f"{gate.url}/authz/metrics", timeout=5).status_code == 403
    time.sleep(1.2)
    known = {"X-Aikom-Gate-Secret": SECRET}
    figures = gate.node.session.get(f"{gate.url}/authz/metrics", headers=known, timeout=5).text
    assert 'aikom_gate_decisions_total{outcome="allowed"}' in figures
    assert "aikom_gate_deciding 1" in figures


def test_who_reached_whose_data_is_counted_reads_and_refusals_too(gate: ServedGate, shared_ledger: Ledger) -> None:
    path = students(COUNTED)
    for _ in range(5):
        assert gate.ask(gate.token(COUNTED), path).status_code == 204
    assert gate.ask(gate.token(COUNTED), path, "POST").status_code == 403
    assert gate.ask(gate.token(OTHER), path).status_code == 403
    time.sleep(1.5)
    now = datetime.now(UTC)
    with shared_ledger.reader() as reader:
        found = list(counts(reader, now - timedelta(hours=1), now, reached=COUNTED))
    own = {(count.right, count.by): count for count in found}
    read, write = own["students.read", COUNTED], own["students.write", COUNTED]
    assert (read.allowed, read.refused, read.ois) == (5, 0, "shodennyk")
    assert (write.allowed, write.refused, write.first_refusal) == (0, 1, "right-not-of-ois")
    assert len(own) == 2, "who tried outside its sphere did not reach anybody"
    assert timedelta() <= now - read.last_at < timedelta(seconds=10)
