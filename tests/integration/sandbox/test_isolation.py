"""Nothing of the sandbox reaches anything real, and nothing real counts in the sandbox (order cl. 6, 12)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import requests
from werkzeug.test import Client

from provisioning.lifecycle.lookups import find_ois
from provisioning.lifecycle.mandates.granting import Contract, grant
from provisioning.lifecycle.ois.connection import reject
from provisioning.lifecycle.realm_keys import fetch_key_set, issuer_of, key_set_url
from provisioning.lifecycle.sandbox.runs import open_sandbox
from provisioning.model.events import EventKind
from provisioning.settings import Settings
from sidecar.app import utc_now
from sidecar.gate.follower import Follower
from sidecar.gate.gate import gate_of
from tests.integration.ois.test_client_assertions import broken, unsigned
from tests.support.sandbox_running import SandboxParty, SandboxWorld, bearer
from tests.support.third_party import JWT_BEARER, ThirdParty, claims_of, connected, new_key

pytestmark = [pytest.mark.assure, pytest.mark.keycloak]

SECRET = "between-proxy-and-gate"
SCHOOL = "46-0000001"


@dataclass(frozen=True)
class Both:
    """An OIS that is connected in earnest, with a mandate of a real school, and has a run in the sandbox."""

    world: SandboxWorld
    sandbox: SandboxParty
    real_token: str
    gate: Client

    def ask_the_real_gate(self, token: str, institution: str) -> tuple[int, str]:
        """What the real gate says to its proxy: status and code."""
        answer = self.gate.get(
            "/authz",
            headers={
                **bearer(token),
                "X-Aikom-Gate-Secret": SECRET,
                "X-Original-Method": "GET",
                "X-Original-URI": f"/v1/institutions/{institution}/students",
            },
        )
        kind = "" if answer.status_code == 204 else str(json.loads(answer.data)["type"])
        return answer.status_code, kind.rsplit("/", 1)[-1]


@pytest.fixture(scope="module")
def both(world: SandboxWorld) -> Iterator[Both]:
    office = world.office
    real = ThirdParty(office.realm, "diary")  # type: ignore[arg-type]  # a slug
    connected(office.actor, real, ("students.read", "classes.read"))
    today = office.actor.today()
    grant(office.actor, SCHOOL, "diary", Contract("1", today, today + timedelta(days=9)))
    subject = office.access_token(f"api-{SCHOOL}-k1", office.reveal(SCHOOL))
    exchanged = real.exchange(subject)
    assert exchanged.status_code == 200, exchanged.text
    own = SandboxParty(world, ThirdParty(world.realm, real.slug, real.key), real)
    with office.ledger.reader() as reader:
        open_sandbox(world.actor, find_ois(reader, "diary"))
    own.begin()
    gate = gate_of(Settings({**world.settings.values, "AIKOM_GATE_SECRET": SECRET}), utc_now)
    assert gate is not None
    gate.start()
    wait_until_fresh(gate.follower)
    yield Both(world, own, exchanged.json()["access_token"], Client(gate.in_front_of(nothing)))
    gate.stop()


def nothing(environ: object, start_response: object) -> list[bytes]:
    """No pages behind this gate."""
    raise AssertionError("the gate handed a question on")


def wait_until_fresh(follower: Follower) -> None:
    end = time.monotonic() + 10
    while follower.fresh() is None:
        assert time.monotonic() < end, "the gate does not get fresh"
        time.sleep(0.05)


def test_the_same_ois_works_in_both_each_with_its_own_token(both: Both) -> None:
    assert both.ask_the_real_gate(both.real_token, SCHOOL) == (204, "")
    assert both.sandbox.call(both.sandbox.exchanged()).status_code == 200


def test_a_token_of_the_sandbox_opens_nothing_at_the_real_gate_whatever_it_asks_for(both: Both) -> None:
    token = both.sandbox.exchanged()
    assert claims_of(token)["aud"] == "central-db"
    for institution in (SCHOOL, both.sandbox.begun["institution"]):
        status, code = both.ask_the_real_gate(token, institution)
        assert (status, code) == (401, "token-signature")


def test_a_real_token_opens_nothing_in_the_sandbox(both: Both) -> None:
    answer = both.sandbox.call(both.real_token)
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (401, "token-signature")
    runs = requests.get(f"{both.world.url}/api/v1/sandbox/runs", headers=bearer(both.real_token), timeout=30)
    assert runs.status_code == 401


def test_the_sandboxs_own_token_opens_nothing_of_the_real_api(both: Both) -> None:
    token = both.sandbox.own_token()
    for path in ("self", "mandates"):
        assert requests.get(f"{both.world.url}/api/v1/ois/{path}", headers=bearer(token), timeout=30).status_code == 401


def test_neither_realm_takes_keys_tokens_or_assertions_of_the_other(both: Both) -> None:
    real, own = both.world.office.realm, both.world.realm
    subject = both.sandbox.subject()
    assert both.sandbox.real.exchange(subject).status_code in (400, 401, 403)
    key, secret = both.sandbox.begun["api_key_id"], both.sandbox.begun["api_key"]
    form = {"grant_type": "client_credentials", "client_id": key, "client_secret": secret}
    assert real.token(**form).status_code == 401
    real_secret = both.world.office.reveal(SCHOOL).reveal()
    form = {"grant_type": "client_credentials", "client_id": f"api-{SCHOOL}-k1", "client_secret": real_secret}
    assert own.token(**form).status_code == 401
    for realm, assertion in ((real, both.sandbox.party.assertion()), (own, both.sandbox.real.assertion())):
        answer = realm.token(
            grant_type="client_credentials", client_assertion_type=JWT_BEARER, client_assertion=assertion
        )
        assert answer.status_code in (400, 401), answer.text


def test_no_real_institution_is_in_the_sandbox(both: Both) -> None:
    answer = both.sandbox.call(both.sandbox.exchanged(), path=f"../{SCHOOL}/students")
    assert answer.status_code in (400, 403)
    address = f"{both.world.database}/v1/institutions/{SCHOOL}/students"
    answer = requests.get(address, headers=bearer(both.sandbox.exchanged()), timeout=30)
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (403, "outside-sphere")
    with both.world.ledger.reader() as reader:
        assert reader.account(SCHOOL) is None
    with both.world.office.ledger.reader() as reader:
        assert reader.account(both.sandbox.begun["institution"]) is None


def test_the_real_ledger_hears_of_the_sandbox_only_as_evidence(both: Both) -> None:
    kinds = {event.kind for event in both.world.office.events("ois-diary") if event.actor.startswith("sandbox")}
    assert kinds <= {EventKind.OIS_EVIDENCE_RECORDED}
    with both.world.ledger.reader() as reader:
        found = reader.ois("diary")
    assert found is not None and found.agreement_version == "sandbox" and found.email == ""


def test_forged_expired_and_replayed_assertions_are_refused_in_the_sandbox_too(both: Both) -> None:
    party, now = both.sandbox.party, int(time.time())
    used = party.assertion()
    both.sandbox.own_token(used)
    wrong = {
        "replayed": used,
        "another's key": party.assertion(key=new_key()),
        "expired": party.assertion(iat=now - 120, exp=now - 60),
        "issued long ago, for long": party.assertion(iat=now - 120, exp=now + 86_400),
        "for the real realm": party.assertion(aud=issuer_of(both.world.settings)),
        "of another client": party.assertion(iss="ois-other", sub="ois-other"),
        "without an id": party.assertion(jti=None),
        "unsigned": unsigned(party.assertion()),
        "with one byte changed": broken(party.assertion()),
    }
    subject = both.sandbox.subject()
    answers = {name: party.exchange(subject, assertion).status_code for name, assertion in wrong.items()}
    assert {name: code for name, code in answers.items() if code not in (400, 401)} == {}
    assert party.exchange(subject).status_code == 200


def test_one_ois_cannot_use_another_s_invented_institution_or_read_its_runs(both: Both) -> None:
    other = both.world.applicant("other")
    other.begin()
    assert other.begun["institution"] != both.sandbox.begun["institution"]
    assert other.party.exchange(both.sandbox.subject()).status_code == 403
    address = f"{both.world.database}/v1/institutions/{both.sandbox.begun['institution']}/students"
    assert requests.get(address, headers=bearer(other.exchanged()), timeout=30).status_code == 403
    run = f"{both.world.url}/api/v1/sandbox/runs/{both.sandbox.begun['run']}"
    assert requests.get(run, headers=bearer(other.own_token()), timeout=30).status_code == 404


def test_the_two_realms_sign_with_different_keys(both: Both) -> None:
    def kids(settings: Settings) -> set[str]:
        return {key["kid"] for key in json.loads(fetch_key_set(key_set_url(settings)))["keys"]}

    assert not kids(both.world.settings) & kids(both.world.realm.settings)


def test_with_an_application_its_token_of_the_sandbox_ends(both: Both) -> None:
    rejected = both.world.applicant("rejected")
    token, runs = rejected.own_token(), f"{both.world.url}/api/v1/sandbox/runs"
    assert requests.get(runs, headers=bearer(token), timeout=30).status_code == 200
    reject(both.world.office.actor, "rejected", "немає договору")
    answers = [requests.request(method, runs, headers=bearer(token), timeout=30) for method in ("GET", "POST")]
    codes = [(answer.status_code, answer.json()["type"].rsplit(":", 1)[-1]) for answer in answers]
    assert codes == [(403, "ois-ended"), (403, "ois-ended")]
