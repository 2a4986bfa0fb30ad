"""`kill -9` and crashes: the chain stays whole, nothing is half there, nothing acknowledged is lost or stays locked."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from provisioning.ledger import Ledger, LedgerReader, open_ledger
from provisioning.ledger.errors import LedgerError, LedgerUnreachable
from provisioning.ledger.proof.verification import verify
from tests.support.ledger_events import SCHOOL, birth, births
from tests.support.ledger_worker import AT_ONCE
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.assure

KILLS = 20
WRITERS = 4
ROUNDS = 25


def start(url: str, rounds: str, number: int) -> subprocess.Popen[str]:
    """A writer in a process of its own; the address goes in by its standard input, it holds a password."""
    command = [sys.executable, "-m", "tests.support.ledger_worker", rounds, str(number)]
    writer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert writer.stdin is not None
    writer.stdin.write(url + "\n")
    writer.stdin.flush()
    return writer


def assert_whole(reader: LedgerReader) -> int:
    """Chain and state agree, and every account has its task and its mail; how many accounts there are."""
    verdict = verify(reader)
    assert verdict.defect is None
    accounts = set(reader.accounts())
    assert {task.subject for task in reader.pending_tasks()} == accounts
    assert {mail.key for mail in reader.mails()} == accounts
    assert len(accounts) % AT_ONCE == 0
    assert verdict.events == 1 + len(accounts)
    return len(accounts)


def test_writers_killed_at_any_moment_leave_whole_transactions_and_no_lock(ledger_url: str) -> None:
    open_ledger(ledger_url).close()
    chance = random.Random(37)  # noqa: S311 - moments to kill at, not secrets
    acknowledged: list[str] = []
    for number in range(1, KILLS + 1):
        writer = start(ledger_url, "until-killed", number)
        assert writer.stdout is not None
        acknowledged.append(writer.stdout.readline().strip())
        time.sleep(chance.uniform(0, 0.15))
        writer.kill()
        acknowledged += [line.strip() for line in writer.communicate()[0].splitlines() if line.endswith("\n") or line]
    ledger = open_ledger(ledger_url, patience_s=5)
    with ledger.reader() as reader:
        assert assert_whole(reader) >= len(acknowledged) * AT_ONCE
        assert {name for name in acknowledged if len(name) == len(SCHOOL)} <= set(reader.accounts())
    with ledger.transaction() as transaction:
        transaction.append([birth("46-9999999")])
    ledger.close()


def test_writers_in_several_processes_make_one_chain_without_gap_or_fork(empty_url: str) -> None:
    """They also open the empty database together: there is one beginning."""
    writers = [start(empty_url, str(ROUNDS), number) for number in range(WRITERS)]
    for writer in writers:
        writer.communicate()
        assert writer.returncode == 0
    ledger = open_ledger(empty_url)
    with ledger.reader() as reader:
        assert assert_whole(reader) == WRITERS * ROUNDS * AT_ONCE
    ledger.close()


def in_a_forked_child(url: str) -> None:
    """The child uses what it inherited, and dies without cleaning up."""
    ledger = _inherited[url]
    with ledger.transaction() as transaction:
        transaction.append([birth("46-0000002")])
    os.kill(os.getpid(), signal.SIGKILL)


_inherited: dict[str, Ledger] = {}


def test_a_forked_child_uses_connections_of_its_own_and_leaves_the_parents_alone(ledger_url: str) -> None:
    ledger = _inherited[ledger_url] = open_ledger(ledger_url)
    with ledger.transaction() as transaction:
        transaction.append([birth()])
    child = multiprocessing.get_context("fork").Process(target=in_a_forked_child, args=(ledger_url,))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    with ledger.transaction() as transaction:
        transaction.append([birth("46-0000003")])
        assert len(transaction.accounts()) == 3
        assert verify(transaction).defect is None
    del _inherited[ledger_url]
    ledger.close()


@pytest.fixture
def crashing_server() -> Iterator[PostgresServer]:
    """A durable PostgreSQL that a test may crash."""
    with PostgresServer() as server:
        yield server


@pytest.mark.postgres
def test_postgresql_that_crashes_keeps_what_was_acknowledged_and_is_used_again_when_it_is_back(
    crashing_server: PostgresServer,
) -> None:
    ledger = open_ledger(crashing_server.create_database("ledger"))
    with ledger.transaction() as transaction:
        transaction.append(births(1, 50))
    crashing_server.stop("immediate")
    with pytest.raises(LedgerUnreachable), ledger.transaction():
        pass
    crashing_server.start()
    with ledger.transaction() as transaction:
        transaction.append([birth("46-0000900")])
    with ledger.reader() as reader:
        assert (verify(reader).defect, len(reader.accounts())) == (None, 51)
    ledger.close()


@pytest.mark.postgres
def test_postgresql_that_crashes_in_the_middle_of_a_transaction_keeps_none_of_it(
    crashing_server: PostgresServer,
) -> None:
    ledger = open_ledger(crashing_server.create_database("ledger"))
    with pytest.raises(LedgerError), ledger.transaction() as transaction:
        transaction.append([birth()])
        crashing_server.stop("immediate")
        transaction.append([birth("46-0000002")])
    crashing_server.start()
    with ledger.reader() as reader:
        assert (reader.head()[0], reader.accounts()) == (1, {})
    ledger.close()
