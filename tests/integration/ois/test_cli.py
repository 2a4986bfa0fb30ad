"""`provision ois` and `provision mandates` as staff meet them, on a real Keycloak (order cl. 5, 6)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from provisioning.cli.main import cli
from provisioning.lifecycle.errors import ActionRefused, RequirementsUnmet, UnknownOis
from provisioning.lifecycle.ois.papers import submit_agreement
from provisioning.model.ois import Slug
from provisioning.settings import VARIABLES
from tests.support.configuration import school
from tests.support.office import Office
from tests.support.ois_application import find_met
from tests.support.third_party import ThirdParty, apply_for_connection, connect, key_set, new_key, terminate

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def diary(office: Office) -> ThirdParty:
    office.folder.write(school(1))
    office.apply()
    party = ThirdParty(office.realm, Slug("diary"))
    apply_for_connection(office.actor, party, ["students.read", "staff.read"])
    submit_agreement(office.actor, "diary", "1", "0" * 64)
    return party


@pytest.fixture
def run(office: Office, diary: ThirdParty, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs `provision …` against the office's Keycloak and ledger."""
    monkeypatch.chdir(tmp_path)
    for name in VARIABLES:
        if (value := office.realm.settings.get(name)) is not None:
            monkeypatch.setenv(name, value)
    return lambda *arguments: CliRunner().invoke(cli, [str(argument) for argument in arguments])


def told(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.stdout


def assert_refused_here(result: Result) -> None:
    """The command line connects and ends nothing: that is two administrators', at the desk."""
    refused = result.exception
    assert isinstance(refused, ActionRefused)
    assert "two administrators" in refused.diagnostics() and "/desk/ois/diary" in refused.diagnostics()


def test_an_ois_goes_its_way_from_application_to_mandate_and_end(
    run: Run, office: Office, diary: ThirdParty, tmp_path: Path
) -> None:
    today = office.actor.today()
    until = (today + timedelta(days=365)).isoformat()
    assert isinstance(run("ois", "connect", "diary").exception, ActionRefused)
    assert "agreement 1" in told(run("ois", "agreement", "accept", "diary", "--version", "1"))
    positive = ("--outcome", "positive", "--until", until, "--requirements", "1.2")
    refused = run("ois", "conclude", "diary", "--number", "7", *positive).exception
    assert isinstance(refused, RequirementsUnmet) and "key-storage" in refused.diagnostics()
    find_met(office.ledger, but="key-storage")
    assert "key-storage is met" in told(run("ois", "judge", "diary", "key-storage", "--met", "--note", "seen"))
    assert run("ois", "judge", "diary", "nothing", "--met", "--note", "x").exit_code == 2
    concluded = run(
        *("ois", "conclude", "diary", "--number", "7", "--outcome", "positive", "--until", until),
        *("--requirements", "1.2"),
    )
    assert f"conclusion positive until {until}" in told(concluded)
    assert_refused_here(run("ois", "connect", "ois-diary"))
    connect(office.actor, "diary")
    shown = json.loads(told(run("ois", "show", "diary", "--json")))
    assert (shown["state"], shown["open"], shown["authenticates_by"]) == ("connected", True, "private_key_jwt")
    assert [line["slug"] for line in json.loads(told(run("ois", "list", "--state", "connected", "--json")))] == [
        "diary"
    ]
    assert "1 OIS." in told(run("ois", "list"))

    contract = ("--contract", "12/2026", "--date", today.isoformat(), "--until", until)
    given = json.loads(told(run("mandates", "grant", "46-0000001", "diary", *contract, "--json")))
    assert (given["id"], given["rights"], given["stands"]) == (
        "46-0000001.diary.1",
        ["staff.read", "students.read"],
        True,
    )
    assert isinstance(run("mandates", "grant", "46-0000001", "diary", *contract).exception, ActionRefused)
    replaced = run("mandates", "grant", "46-0000001", "diary", *contract, "--right", "staff.read", "--replace")
    assert "46-0000001.diary.2 is granted: staff.read" in told(replaced)
    token = office.access_token("api-46-0000001-k1", office.reveal("46-0000001"))
    assert diary.exchanged(token)["rights"] == ["staff.read"]

    assert "direct" in told(run("mandates", "direct-use", "46-0000001", "on", "--reason", "own system")).lower()
    told(run("mandates", "direct-use", "46-0000001", "off"))
    assert "1 mandate." in told(run("mandates", "list", "--ois", "diary"))
    assert len(json.loads(told(run("mandates", "list", "--account", "46-0000001", "--all", "--json")))) == 2
    assert "0 ended" in told(run("mandates", "expire"))

    (tmp_path / "keys.json").write_text(json.dumps(key_set(diary.key, new_key())), encoding="utf-8")
    assert "keys.json" in told(run("ois", "key", "diary", "keys.json"))
    assert told(run("ois", "secret", "diary", "--reason", "cannot sign")).startswith("aikom_")

    assert "only tokens that are bound" in told(run("ois", "proof", "diary", "--required", "--reason", "agreed"))
    assert json.loads(told(run("ois", "show", "diary", "--json")))["tokens"] == "bound"
    assert "bearer tokens count" in told(run("ois", "proof", "diary", "--optional", "--reason", "it cannot"))
    assert "suspended" in told(run("ois", "suspend", "diary", "--reason", "a leak"))
    assert "connected" in told(run("ois", "resume", "diary", "--reason", "none"))
    assert "staff.read" in told(run("ois", "rights", "diary", "--right", "staff.read", "--reason", "less"))
    assert "withdrawn" in told(run("mandates", "withdraw", "46-0000001.diary.2", "--reason", "over"))
    assert json.loads(told(run("mandates", "show", "46-0000001.diary.2", "--json")))["reason"] == "over"
    assert "conclusion none" in told(run("ois", "revoke", "diary", "--reason", "forged"))
    assert_refused_here(run("ois", "terminate", "diary"))
    terminate(office.actor, "diary", "gone")
    assert office.unfinished() == []


def test_what_is_not_there_is_said_with_a_way_on(run: Run) -> None:
    for arguments in (("ois", "show", "nobody"), ("mandates", "show", "46-0000001.nobody.1")):
        failure = run(*arguments).exception
        assert isinstance(failure, UnknownOis)
        assert "list" in failure.diagnostics()
    assert run("mandates", "list").exit_code == 2


@pytest.mark.parametrize("command", ["ois", "mandates"])
def test_every_command_explains_itself(run: Run, command: str) -> None:
    listed = told(run(command, "--help"))
    names = [line.split()[0] for line in listed.split("Commands:")[1].splitlines() if line.strip()]
    for name in names:
        explained = told(run(command, name, "--help")).split("Options:")[0].split("\n\n", 1)[1]
        assert len(explained.strip()) > 20
