"""What a connected OIS asks with its own token, and who else gets nothing.

Source: order cl. 5, docs/security.md rows 1-8.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest
from joserfc.jwk import OctKey, RSAKey

from provisioning.model.events import EventKind
from tests.support.ledger_events import event_by
from tests.support.ois_listed import CONNECTED, SUSPENDED, event, record_ois
from tests.support.ois_tokens import ask as ask_with_token
from tests.support.ois_tokens import claims
from tests.support.sidecar_forger import ISSUER, Forger
from tests.support.sidecar_names import AUTHORITY, SCHOOL
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

SELF, MANDATES = "/api/v1/ois/self", "/api/v1/ois/mandates"


@pytest.fixture
def listed(sidecar: Sidecar) -> Sidecar:
    record_ois(sidecar.ledger)
    sidecar.clock.now = datetime.now(UTC)
    return sidecar


def ask(sidecar: Sidecar, token: str, path: str = MANDATES, **query: str) -> Any:
    return ask_with_token(sidecar, token, path, **query)


def test_an_ois_sees_itself_and_its_mandates_in_the_described_shape(listed: Sidecar, keycloak: Forger) -> None:
    token = keycloak.sign(claims())
    components = listed.client().get("/api/v1/openapi.json").get_json()["components"]
    for path, schema in ((SELF, "Self"), (MANDATES, "Mandates")):
        answer = ask(listed, token, path).get_json()
        reference = {"$ref": f"#/components/schemas/{schema}", "components": components}
        jsonschema.Draft202012Validator(reference).validate(answer)
    assert ask(listed, token, SELF).get_json()["open"] is True
    found = ask(listed, token).get_json()
    assert {mandate["account"] for mandate in found["mandates"]} == {SCHOOL, AUTHORITY}
    assert all(mandate["stands"] for mandate in found["mandates"]) and not found["more"]


def test_who_polls_with_the_number_it_got_gets_each_change_once(listed: Sidecar, keycloak: Forger) -> None:
    token = keycloak.sign(claims())
    number = ask(listed, token).get_json()["next"]
    answered = ask(listed, token, after=str(number))
    again = answered.get_json()
    assert (again["mandates"], again["next"]) == ([], number)
    known = {"If-None-Match": answered.headers["ETag"]}
    assert ask_with_token(listed, token, MANDATES, known, after=str(number)).status_code == 304
    withdrawn = {"mandate": f"{SCHOOL}.{CONNECTED}.1", "ois": CONNECTED}
    with listed.ledger.transaction() as transaction:
        transaction.append([event_by("institution", EventKind.MANDATE_WITHDRAWN, SCHOOL, withdrawn)])
    assert ask_with_token(listed, token, MANDATES, known, after=str(number)).status_code == 200
    (change,) = ask(listed, token, after=str(number)).get_json()["mandates"]
    assert (change["account"], change["state"], change["stands"]) == (SCHOOL, "withdrawn", False)


def test_one_ois_never_sees_the_mandates_of_another(listed: Sidecar, keycloak: Forger) -> None:
    with listed.ledger.transaction() as transaction:
        transaction.append([event(EventKind.OIS_RESUMED, SUSPENDED, reason="перевірено")])
    assert ask(listed, keycloak.sign(claims(SUSPENDED))).get_json()["mandates"] == []
    assert ask(listed, keycloak.sign(claims(SUSPENDED)), SELF).get_json()["slug"] == SUSPENDED


@pytest.mark.parametrize("after", ["-1", "x", "1e9", "9" * 30, "٣"])
def test_a_number_that_is_none_is_refused(listed: Sidecar, keycloak: Forger, after: str) -> None:
    assert ask(listed, keycloak.sign(claims()), after=after).status_code == 400


FORGED: dict[str, dict[str, Any]] = {
    "another realm": {"iss": "http://127.0.0.1:9/realms/other"},
    "a slash at the end": {"iss": ISSUER + "/"},
    "another audience": {"aud": "central-db-2"},
    "no audience": {"aud": None},
    "an ID token": {"typ": "ID"},
    "expired": {"exp": int(time.time()) - 3600},
    "not yet": {"iat": int(time.time()) + 3600},
    "expiry as a text": {"exp": "2099"},
    "no expiry": {"exp": None},
    "exchanged for an institution": {"preferred_username": f"service-account-api-{SCHOOL}-k1"},
    "the token of an API key": {
        "azp": f"api-{SCHOOL}-k1",
        "preferred_username": f"service-account-api-{SCHOOL}-k1",
    },
    "another client's account": {"preferred_username": "service-account-ois-formula"},
    "a client that is no OIS": {"azp": "sidecar", "preferred_username": "service-account-sidecar"},
    "no client": {"azp": None},
    "a client that is a list": {"azp": [f"ois-{CONNECTED}"]},
}


@pytest.mark.parametrize("case", FORGED)
def test_any_other_token_of_the_realm_is_refused(listed: Sidecar, keycloak: Forger, case: str) -> None:
    answer = ask(listed, keycloak.sign(claims(**FORGED[case])))
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


def test_forged_signatures_are_refused(listed: Sidecar, keycloak: Forger) -> None:
    good = keycloak.sign(claims())
    head, body, signature = good.split(".")
    stranger = keycloak.sign(claims(), RSAKey.generate_key(2048))
    shared = keycloak.sign(claims(), OctKey.import_key("x" * 64), alg="HS256")
    none = "eyJhbGciOiJub25lIiwia2lkIjoicmVhbG0ta2V5In0." + body + "."
    broken = f"{head}.{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    for token in (stranger, shared, none, broken, "x", "", "a.b.c", "é"):
        assert ask(listed, token).status_code == 401
    assert listed.client().get(f"{MANDATES}?access_token={good}").status_code == 401
    assert ask(listed, good).status_code == 200


def test_without_the_realms_keys_nobody_is_believed(listed: Sidecar, keycloak: Forger) -> None:
    token = keycloak.sign(claims())
    keycloak.mocked.reset()
    assert ask(listed, token).status_code == 503
