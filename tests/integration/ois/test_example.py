"""`examples/ois` works as it is printed: a stock OAuth client against a real Keycloak (order cl. 5)."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from authlib.integrations.base_client.errors import OAuthError

from examples.ois.diary import Diary
from provisioning.lifecycle.keys.cut_off import CutOffRequest, cut_off
from provisioning.lifecycle.mandates.granting import Contract, grant
from provisioning.model.cut_off import CutOffReason
from provisioning.model.ois import Slug
from sidecar.app import create_app
from tests.support.configuration import school
from tests.support.office import Office
from tests.support.sidecar_running import close
from tests.support.third_party import JWT_BEARER, ThirdParty, claims_of, connected, terminate

pytestmark = pytest.mark.keycloak
KEY = "api-46-0000001-k1"
STUDENTS = "/v1/institutions/46-0000001/students"


class Database:
    """Stands where the central database's proxy is; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.proofs: list[str] = []
        self.answers: list[int] = []
        self.url = ""


@pytest.fixture
def database() -> Iterator[Database]:
    made = Database()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append((self.path, self.headers["Authorization"]))
            made.proofs.append(self.headers["DPoP"])
            status = made.answers.pop(0) if made.answers else 200
            self.send_response(status)
            self.send_header("Retry-After", "1")
            self.end_headers()
            self.wfile.write(json.dumps({"students": []}).encode())

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def party(office: Office) -> ThirdParty:
    office.folder.write(*(school(number) for number in range(1, 4)))
    office.apply()
    made = ThirdParty(office.realm, Slug("diary"))
    connected(office.actor, made, ("students.read", "staff.read"))
    today = office.actor.today()
    grant(office.actor, "46-0000001", "diary", Contract("12/2026", today, today + timedelta(days=30)))
    return made


def diary(office: Office, party: ThirdParty, database: Database) -> Diary:
    issuer = f"{office.realm.settings.keycloak_public_url}/realms/{office.realm.name}"
    return Diary(issuer, party.client_id, party.key, database.url)


def test_calls_in_a_row_go_with_one_exchanged_token_and_never_in_the_address(
    office: Office, party: ThirdParty, database: Database
) -> None:
    system, secret = diary(office, party, database), office.reveal("46-0000001").reveal()
    for _ in range(3):
        assert system.get(STUDENTS, KEY, secret) == {"students": []}
    (token,) = {authorization for _, authorization in database.asked}
    claims = claims_of(token.removeprefix("DPoP "))
    assert claims["cnf"]["jkt"] == system.proof_key.thumbprint()
    assert len(set(database.proofs)) == len(database.asked)
    assert {claims_of(proof)["htu"] for proof in database.proofs} == {f"{database.url}{STUDENTS}"}
    assert (claims["azp"], claims["aud"], claims["institution"]) == ("ois-diary", "central-db", "46-0000001")
    assert all("ey" not in path for path, _ in database.asked)


def test_it_waits_as_long_as_it_is_told(office: Office, party: ThirdParty, database: Database) -> None:
    database.answers = [429]
    secret = office.reveal("46-0000001").reveal()
    assert diary(office, party, database).get("/v1/institutions", KEY, secret) == {"students": []}
    assert len(database.asked) == 2


def test_without_a_mandate_nothing_is_exchanged(office: Office, party: ThirdParty, database: Database) -> None:
    secret = office.reveal("46-0000002").reveal()
    with pytest.raises(OAuthError):
        diary(office, party, database).token("api-46-0000002-k1", secret)


def test_after_a_cut_off_it_stops(office: Office, party: ThirdParty, database: Database) -> None:
    system, secret = diary(office, party, database), office.reveal("46-0000001").reveal()
    system.token(KEY, secret)
    cut_off(office.actor, KEY, CutOffRequest(CutOffReason.REQUEST, "institution:46-0000001", "ois-diary", None))
    database.answers = [403]
    with pytest.raises(requests.HTTPError):
        system.get("/v1/institutions", KEY, secret)
    with pytest.raises(OAuthError):
        system.get("/v1/institutions", KEY, secret)
    assert len(database.asked) == 1


def test_the_oiss_own_token_opens_its_part_of_the_api(office: Office, party: ThirdParty) -> None:
    own = office.realm.token(
        grant_type="client_credentials", client_assertion_type=JWT_BEARER, client_assertion=party.assertion()
    )
    assert own.status_code == 200, own.text
    app = create_app(office.realm.settings)
    headers = {"Authorization": f"Bearer {own.json()['access_token']}"}
    client = app.test_client()
    assert client.get("/api/v1/ois/self", headers=headers).get_json()["state"] == "connected"
    found = client.get("/api/v1/ois/mandates", headers=headers).get_json()["mandates"]
    assert [mandate["account"] for mandate in found] == ["46-0000001"]
    close(app)


def test_the_oiss_own_token_is_dead_from_its_termination_on(office: Office) -> None:
    """Keycloak's signature still holds for minutes; the ledger's word is what counts."""
    ended = ThirdParty(office.realm, Slug("ended"))
    connected(office.actor, ended, ("students.read",))
    own = office.realm.token(
        grant_type="client_credentials", client_assertion_type=JWT_BEARER, client_assertion=ended.assertion()
    )
    app = create_app(office.realm.settings)
    headers, client = {"Authorization": f"Bearer {own.json()['access_token']}"}, app.test_client()
    assert client.get("/api/v1/ois/self", headers=headers).status_code == 200
    terminate(office.actor, "ended", "договір розірвано")
    for path in ("self", "mandates", "usage", "refusals"):
        assert client.get(f"/api/v1/ois/{path}", headers=headers).status_code == 403
    close(app)
