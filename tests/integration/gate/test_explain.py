"""`provision explain` says what the gate says, for people. Order cl. 9."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from provisioning.cli.explain import explain
from provisioning.model.events import EventKind
from tests.support.gate_running import AUTHORITY, OTHER, ROOT, SCHOOL, RealmKeysServer, filled_ledger, record, students
from tests.support.gate_tokens import OIS_CLIENT, claims, signed
from tests.support.ledger_events import event
from tests.support.ois_events import withdrawn
from tests.support.sidecar_running import SETTINGS


@pytest.fixture
def realm() -> Iterator[RealmKeysServer]:
    with RealmKeysServer() as server:
        yield server


@pytest.fixture(autouse=True)
def installation(
    sqlite_url: str, realm: RealmKeysServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A ledger whose school has cut off its key and whose other school has withdrawn its mandate."""
    monkeypatch.chdir(tmp_path)
    own = {
        "AIKOM_DATABASE_URL": sqlite_url,
        "AIKOM_KEYCLOAK_URL": realm.url,
        "AIKOM_CONFIG": str(ROOT / "realm-config"),
    }
    for name, value in (SETTINGS | own | {"AIKOM_PROVISIONING_SECRET": "none"}).items():
        monkeypatch.setenv(name, value)
    ledger = filled_ledger(sqlite_url)
    record(ledger, event(EventKind.API_KEY_CUT_OFF, f"api-{SCHOOL}-k1"), withdrawn(username=OTHER))
    yield
    ledger.close()


def run(*arguments: str, stdin: str = "") -> Result:
    """The command's outcome."""
    return CliRunner().invoke(explain, arguments, input=stdin)


def token(realm: RealmKeysServer, institution: str, **changes: Any) -> str:
    """A token of the realm."""
    now = int(time.time())
    own = {"iss": f"{realm.url}/realms/aikom", "iat": now, "exp": now + 300, "azp": OIS_CLIENT}
    named = {"institution": institution, "preferred_username": f"service-account-api-{institution}-k1"}
    return signed(claims(**(own | named | changes)))


def reasons(result: Result) -> dict[str, str]:
    """Check → code of its refusal."""
    (diagnosis,) = json.loads(result.stdout)
    return {each["check"]: each["reason"] for each in diagnosis["checks"] if each["reason"]}


def test_a_token_that_passes_shows_every_check(realm: RealmKeysServer) -> None:
    result = run("-", "GET", students(AUTHORITY), stdin=token(realm, AUTHORITY))
    assert result.exit_code == 0, result.stdout
    assert "It passes." in result.stdout
    for check in ("form", "signature", "token", "claims", "account", "API key", "OIS", "mandate", "route", "sphere"):
        assert check in result.stdout


def test_every_refusal_is_shown_and_the_first_says_what_to_do(realm: RealmKeysServer) -> None:
    text = token(realm, SCHOOL)
    result = run("-", "GET", students(OTHER), "--json", stdin=f"Bearer {text}\n")
    assert result.exit_code == 4
    assert reasons(result) == {"API key": "key-cut-off", "sphere": "outside-sphere"}
    shown = run("-", "GET", students(OTHER), stdin=text).stdout
    assert "The gate answers 403 key-cut-off." in shown
    assert "What to do: Access with it has ended" in shown
    assert text not in shown


def test_an_expired_or_foreign_token_is_explained_too(realm: RealmKeysServer) -> None:
    expired = token(realm, AUTHORITY, exp=int(time.time()) - 60)
    assert reasons(run("-", "--json", stdin=expired)) == {"token": "token-expired"}
    broken = expired[:-4] + "AAAA"
    assert reasons(run("-", "--json", stdin=broken)) == {"signature": "token-signature"}
    assert reasons(run("-", "--json", stdin="no token")) == {"form": "token-malformed"}


def test_without_keycloak_the_ledger_s_part_is_explained_all_the_same(realm: RealmKeysServer) -> None:
    realm.failing = True
    found = reasons(run("-", "--json", stdin=token(realm, SCHOOL)))
    assert found == {"signature": "signing-keys-unavailable", "API key": "key-cut-off"}


def test_a_path_that_could_be_read_in_two_ways_is_said_so(realm: RealmKeysServer) -> None:
    found = reasons(run("-", "GET", "/v1//institutions", "--json", stdin=token(realm, AUTHORITY)))
    assert found == {"request": "path-not-canonical"}


def test_an_id_shows_every_way_in_which_its_key_is_used() -> None:
    result = run(OTHER, "--json")
    assert result.exit_code == 4
    told = {each["about"]: each["reason"] for each in json.loads(result.stdout)}
    assert told == {
        f"api-{OTHER}-k1 by shodennyk": "mandate-withdrawn",
        f"api-{OTHER}-k1 by the institution itself": "direct-use-off",
    }
    assert run(AUTHORITY, "--json").exit_code == 0
    assert "api-46-0000001-k1 by shodennyk" in run(f"api-{SCHOOL}-k1").stdout


def test_an_ois_is_explained_by_either_of_its_names() -> None:
    for name in ("shodennyk", "ois-shodennyk"):
        result = run(name, "--json")
        (diagnosis,) = json.loads(result.stdout)
        assert (result.exit_code, diagnosis["about"], diagnosis["passes"]) == (0, "ois-shodennyk", True)
        assert [each["check"] for each in diagnosis["checks"]] == ["OIS"]


def test_method_and_path_come_together() -> None:
    assert run(SCHOOL, "GET").exit_code == 2
