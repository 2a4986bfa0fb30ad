"""`POST /leaks` over HTTP beside a real Keycloak: the key is dead, its owner has another. Source: order cl. 8."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
import requests
from werkzeug.serving import make_server

from provisioning.model.api_key_secret import new_api_key
from provisioning.model.events import EventKind
from provisioning.settings import Settings
from provisioning.stack.ports import free_port
from sidecar.app import create_app
from tests.support.configuration import school
from tests.support.finishing import finishing
from tests.support.ledger_events import data_of
from tests.support.office import Office, office
from tests.support.sidecar_running import SETTINGS, close

__all__ = ["office"]
pytestmark = pytest.mark.keycloak

SCHOOL, OTHER = "46-0000001", "46-0000002"
_FOLLOWS_S = 20.0


@pytest.fixture(scope="module")
def url(office: Office) -> Iterator[str]:
    """A sidecar on the office's realm and ledger."""
    office.folder.write(school(1), school(2))
    office.apply()
    port = free_port()
    own = {"AIKOM_SIDECAR_URL": f"http://localhost:{port}", "AIKOM_CONFIG": str(office.folder.path)}
    app = create_app(Settings({**SETTINGS, **office.realm.settings.values, **own}))
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with finishing(Settings({**office.realm.settings.values, **own})):
        yield own["AIKOM_SIDECAR_URL"]
    server.shutdown()
    thread.join()
    server.server_close()
    close(app)


def report(url: str, text: str) -> requests.Response:
    return requests.post(f"{url}/leaks", json={"text": text, "where": "https://paste.example/1"}, timeout=30)


def wait_until(said: Callable[[], bool]) -> None:
    end = time.monotonic() + _FOLLOWS_S
    while not said():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_reported_key_is_dead_with_its_tokens_and_its_owner_has_another(office: Office, url: str) -> None:
    office.reader.let_see(f"api-{SCHOOL}-k1")
    secret = office.reveal(SCHOOL)
    token = office.access_token(f"api-{SCHOOL}-k1", secret)
    answer = report(url, f"export AIKOM_KEY={secret.reveal()}")
    assert (answer.status_code, answer.json()) == (202, {"status": "accepted"})
    wait_until(lambda: office.token(f"api-{SCHOOL}-k1", secret).status_code == 401)
    wait_until(lambda: not office.reader.is_active(token))
    wait_until(lambda: office.unfinished() == [])
    fresh = office.reveal(SCHOOL)
    assert office.reader.is_active(office.access_token(f"api-{SCHOOL}-k2", fresh))
    (decided,) = [event for event in office.events(SCHOOL) if event.kind is EventKind.CUT_OFF_DECIDED]
    assert (decided.actor, data_of(decided)["reason"]) == ("public", "leak")
    office.reader.let_go(f"api-{SCHOOL}-k1", f"api-{SCHOOL}-k2")
    assert office.survey().plan.is_in_sync


def test_a_key_that_nobody_has_gets_the_same_answer_and_changes_nothing(office: Office, url: str) -> None:
    secret = office.reveal(OTHER)
    before = office.kinds(OTHER)
    answer = report(url, new_api_key().reveal())
    assert (answer.status_code, answer.json()) == (202, {"status": "accepted"})
    assert office.kinds(OTHER) == before
    assert office.token(f"api-{OTHER}-k1", secret).status_code == 200
