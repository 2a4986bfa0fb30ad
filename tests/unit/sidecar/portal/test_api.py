"""The JSON call by which an institution has its keys cut off: its own session, fresh, and the form's token."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from provisioning.lifecycle.keys.cut_off_requests import open_requests
from provisioning.model.records import ApiKeyState
from sidecar.doors.services import settings
from tests.support import sidecar_people as people
from tests.support.configuration import EXAMPLE
from tests.support.sidecar_names import SCHOOL
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

CALL = "/api/v1/keys/cut-off"
KEY = f"api-{SCHOOL}-k1"


@pytest.fixture
def folder(tmp_path: Path, sidecar: Sidecar) -> Path:
    """The configuration that this sidecar reads."""
    shutil.copy(EXAMPLE / "realm.yaml", tmp_path / "realm.yaml")
    values = settings.of(sidecar.app).values
    values["AIKOM_CONFIG"] = str(tmp_path)
    return tmp_path


def token(client: FlaskClient) -> dict[str, str]:
    page = client.get("/account").get_data(as_text=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return {"X-CSRFToken": found[1]}


def state(sidecar: Sidecar) -> ApiKeyState:
    with sidecar.ledger.reader() as reader:
        key = reader.api_key(KEY)
    assert key is not None
    return key.state


def test_under_a_standing_approval_the_decision_stands_at_once(sidecar: Sidecar, folder: Path) -> None:
    client = sidecar.signed_in(people.SCHOOL)
    answer = client.post(CALL, json={"note": "letter № 4"}, headers=token(client))
    # No Keycloak in this test: recorded, carried out later.
    assert answer.status_code == 202
    assert answer.get_json()["type"] == "urn:aikom:problem:recorded"
    assert state(sidecar) is ApiKeyState.CUT_OFF


def test_otherwise_it_waits_for_the_administrator(sidecar: Sidecar, folder: Path) -> None:
    realm = folder / "realm.yaml"
    realm.write_text(realm.read_text(encoding="utf-8").replace("approval: standing", "approval: administrator"))
    client = sidecar.signed_in(people.SCHOOL)
    answer = client.post(CALL, json={"note": "letter № 4"}, headers=token(client))
    assert answer.status_code == 202
    with sidecar.ledger.reader() as reader:
        (waiting,) = open_requests(reader)
    assert answer.get_json() == {"state": "waiting", "request": waiting.number}
    assert (waiting.username, waiting.requested_by, waiting.note) == (SCHOOL, f"institution:{SCHOOL}", "letter № 4")
    assert state(sidecar) is ApiKeyState.REVEALED
    assert client.post(CALL, json={"ois": "ois-nobody"}, headers=token(client)).status_code == 404


def test_an_unreadable_policy_means_that_it_waits(sidecar: Sidecar, folder: Path) -> None:
    (folder / "realm.yaml").write_text("oops")
    client = sidecar.signed_in(people.SCHOOL)
    assert client.post(CALL, json={}, headers=token(client)).get_json()["state"] == "waiting"


@pytest.mark.parametrize("body", [[], {"who": "x"}, {"note": 1}, {"note": "x" * 501}, {"ois": "a\nb"}])
def test_a_body_that_is_not_what_it_says_is_refused(sidecar: Sidecar, folder: Path, body: object) -> None:
    client = sidecar.signed_in(people.SCHOOL)
    assert client.post(CALL, json=body, headers=token(client)).status_code == 400
    assert state(sidecar) is ApiKeyState.REVEALED


@pytest.mark.parametrize("reason", ["boredom", "leak", "incident", "", None, 7, ["request"]])
def test_a_reason_that_is_not_the_institutions_to_give_is_unprocessable(
    sidecar: Sidecar, folder: Path, reason: object
) -> None:
    client = sidecar.signed_in(people.SCHOOL)
    headers = {**token(client), "Accept": "application/json"}
    answer = client.post(CALL, json={"reason": reason}, headers=headers)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert state(sidecar) is ApiKeyState.REVEALED
    assert client.post(CALL, json={"reason": "request"}, headers=headers).status_code == 202
    assert state(sidecar) is ApiKeyState.CUT_OFF


def test_no_token_no_session_no_fresh_proof_no_cut_off(sidecar: Sidecar, folder: Path) -> None:
    client = sidecar.signed_in(people.SCHOOL)
    assert client.post(CALL, json={}).status_code == 403
    assert sidecar.client().post(CALL, json={}).status_code in (401, 403)
    headers = token(client)
    sidecar.clock.advance(timedelta(minutes=9))
    stale = client.post(CALL, json={}, headers={**headers, "Accept": "application/json"})
    assert stale.get_json()["type"] == "urn:aikom:problem:not-fresh"
    assert state(sidecar) is ApiKeyState.REVEALED
