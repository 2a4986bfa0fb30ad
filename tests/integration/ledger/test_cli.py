"""`provision ledger …` as an operator meets it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from provisioning.cli.ledger.group import ledger as commands
from provisioning.ledger import open_ledger
from provisioning.ledger.errors import LedgerCorrupt, LedgerUnreachable
from provisioning.ledger.leases.lease import hold_lease
from provisioning.model.events import EventKind
from provisioning.model.records import NewMail, NewTask
from tests.support.dba import run_as_dba
from tests.support.ledger_events import SCHOOL, SCHOOL_KEY, birth, births, event
from tests.support.unreadable import ODD, record_raw

Run = Callable[..., Result]


@pytest.fixture
def run(ledger_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on a ledger with a small history, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIKOM_DATABASE_URL", ledger_url)
    ledger = open_ledger(ledger_url)
    with ledger.transaction() as transaction:
        transaction.append([birth(), event(EventKind.API_KEY_REVEALED, SCHOOL_KEY, fingerprint="ab12")])
        transaction.append(births(2, 3))
        transaction.add_tasks([NewTask("open:1", "open", SCHOOL)])
        transaction.enqueue_mails([NewMail("bk-1", "base-key", "a@example.ua", SCHOOL)])
    ledger.close()
    runner = CliRunner()
    return lambda *arguments: runner.invoke(commands, arguments)


def test_verify_says_intact_with_exit_code_0_and_names_the_bad_event_with_2(run: Run, ledger_url: str) -> None:
    intact = run("verify")
    assert (intact.exit_code, intact.stdout.splitlines()[0]) == (0, "intact: 6 events, 0 checkpoints agree")
    run_as_dba(ledger_url, ["UPDATE ledger_event SET reason = 'x' WHERE seq = 4"])
    broken = run("verify")
    assert broken.exit_code == 2
    assert "event 4 was changed" in broken.stdout
    told = json.loads(run("verify", "--json").stdout)
    assert (told["intact"], told["fault"], told["seq"], told["events"]) == (False, "content", 4, 3)


def test_verify_exits_2_for_an_event_that_cannot_be_read_though_the_chain_is_whole(run: Run, ledger_url: str) -> None:
    ledger = open_ledger(ledger_url)
    odd = record_raw(ledger, EventKind.ACCOUNT_UPDATED, ODD)
    ledger.close()
    found = run("verify")
    assert (found.exit_code, found.stdout.splitlines()[0]) == (2, "intact: 7 events, 0 checkpoints agree")
    assert f"event {odd.seq} (account:updated) cannot be read" in found.stdout
    told = json.loads(run("verify", "--json").stdout)
    assert (told["intact"], [row["subject"] for row in told["unreadable"]]) == (True, [SCHOOL])


def test_checkpoints_are_made_and_catch_a_truncation(run: Run, ledger_url: str) -> None:
    assert run("checkpoint-key").exit_code == 0
    assert "event 6 has hash" in run("checkpoint", "--to", "outside.jws").stdout
    agreed = run("verify", "--checkpoints", "outside.jws")
    assert (agreed.exit_code, "1 checkpoints agree" in agreed.stdout) == (0, True)
    last = ("ledger_account", "ledger_api_key")
    state = [f"DELETE FROM {table} WHERE username = '46-0000004'" for table in last]  # noqa: S608 - constants
    run_as_dba(ledger_url, ["DELETE FROM ledger_event WHERE seq = 6", *state])
    assert run("verify").exit_code == 0
    caught = run("verify", "--checkpoints", "outside.jws", "--trust", ".aikom/checkpoint-key.json.pub")
    assert (caught.exit_code, "event 6 is missing at the end" in caught.stdout) == (2, True)
    assert isinstance(run("checkpoint", "--to", "outside.jws").exception, LedgerCorrupt)


def test_export_gives_lines_with_which_anybody_can_check_the_chain(run: Run, tmp_path: Path) -> None:
    lines = run("export").stdout.splitlines()
    previous = "0" * 64
    for line in lines:
        fields = json.loads(line)
        digest = fields.pop("hash")
        rest = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert (hashlib.sha256(rest.encode()).hexdigest(), fields["prev_hash"]) == (digest, previous)
        previous = digest
    assert len(lines) == 6
    assert run("export", "--after", "4", "--to", "out.jsonl").stdout == ""
    assert (tmp_path / "out.jsonl").read_text().splitlines() == lines[4:]


def test_show_tells_the_history_of_an_account_with_its_keys(run: Run) -> None:
    told = run("show", SCHOOL, "--json").stdout.splitlines()
    assert [json.loads(line)["kind"] for line in told] == ["account:created", "api-key:revealed"]
    assert len(run("show", SCHOOL_KEY, "--json").stdout.splitlines()) == 1
    assert "account:created" in run("show", SCHOOL).stdout
    unknown = run("show", "46-7777777")
    assert (unknown.exit_code, "nothing is recorded" in unknown.stderr) == (1, True)


def test_status_counts_what_is_there_and_says_who_is_at_it(run: Run, ledger_url: str) -> None:
    ledger = open_ledger(ledger_url)
    with hold_lease(ledger, name="apply", holder="anna on host-1"):
        told = json.loads(run("status", "--json").stdout)
        assert "apply: held by anna on host-1" in run("status").stdout
    ledger.close()
    assert (told["events"], told["accounts"], told["api_keys"]) == (6, {"created": 4}, {"born": 3, "revealed": 1})
    assert (told["pending_tasks"], told["mails"]) == ({"open": 1}, {"queued": 2})
    assert [lease["holder"] for lease in told["held"]] == ["anna on host-1"]


def test_rebuild_says_how_many_records_differed(run: Run, ledger_url: str) -> None:
    assert run("rebuild").stdout == "nothing differed\n"
    run_as_dba(ledger_url, ["DELETE FROM ledger_api_key"])
    assert run("rebuild").stdout.startswith("4 records differed")
    assert run("verify").exit_code == 0


def test_grant_prints_its_sql_for_somebody_else_to_carry_out(run: Run) -> None:
    sql = run("grant", "worker", "--part", "portal", "--sql").stdout
    assert 'GRANT SELECT, INSERT ON ledger_event TO "worker";' in sql


def test_looking_at_what_is_no_ledger_fails_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIKOM_DATABASE_URL", f"sqlite:///{tmp_path / 'none.sqlite'}")
    refused = CliRunner().invoke(commands, ["status"])
    assert isinstance(refused.exception, LedgerUnreachable)
    assert refused.exception.remedy
    assert not (tmp_path / "none.sqlite").exists()


@pytest.mark.parametrize("name", sorted(commands.commands))
def test_every_command_explains_itself(name: str) -> None:
    told = CliRunner().invoke(commands, [name, "--help"])
    assert told.exit_code == 0
    command = commands.commands[name]
    assert len(command.help or "") > 60
    assert all(option.help for option in command.params if isinstance(option, click.Option))
