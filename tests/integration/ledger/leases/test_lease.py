"""One at a time, and nobody whom time has passed by changes anything."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import Connection

import pytest
from sqlalchemy import update

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.errors import LeaseHeld, LeaseLost
from provisioning.ledger.leases.lease import find_lease, hold_lease
from provisioning.ledger.store.schema import lease as lease_table
from provisioning.model.errors import ExitCode
from tests.support.ledger_events import FakeClock, birth

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    opened = open_ledger(ledger_url)
    yield opened
    opened.close()


def hold_and_wait(url: str, ttl_s: float, told: Connection) -> None:
    """Another process: holds the lease, says so, and tries to record something when told to go on."""
    ledger = open_ledger(url)
    with hold_lease(ledger, name="apply", holder="the other process", ttl_s=ttl_s) as lease:
        told.send(lease.token)
        told.recv()
        try:
            with ledger.transaction(fence=lease.fence) as transaction:
                transaction.append([birth()])
            told.send("recorded")
        except LeaseLost:
            told.send("fenced off")
        try:
            lease.check()
            told.send("still ours")
        except LeaseLost:
            told.send("lost")


@pytest.fixture
def other(ledger_url: str, ledger: Ledger) -> Iterator[tuple[multiprocessing.process.BaseProcess, Connection]]:
    """A process that holds the lease for a second at a time."""
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=hold_and_wait, args=(ledger_url, 1.0, theirs))
    process.start()
    assert ours.recv() == 1
    yield process, ours
    if process.is_alive():
        process.kill()
    process.join()
    process.close()
    ours.close()
    theirs.close()


def forget_process(ledger: Ledger) -> None:
    """Make the holder look as if it ran on another machine, where nobody can see whether it lives."""
    with ledger.transaction() as transaction:
        transaction.connection.execute(update(lease_table).values(process=""))


def test_the_second_is_told_who_is_at_it_and_since_when(ledger: Ledger) -> None:
    with hold_lease(ledger, name="apply", holder="anna on host-1") as first:
        with pytest.raises(LeaseHeld) as caught, hold_lease(ledger, name="apply", holder="oleh"):
            pass
        first.check()
        with hold_lease(ledger, name="watch", holder="oleh"):
            pass
    assert (caught.value.holder, caught.value.exit_code) == ("anna on host-1", ExitCode.REFUSED)
    assert abs((ledger.clock() - caught.value.since).total_seconds()) < 60


def test_a_lease_given_back_is_free_at_once_and_its_token_grows(ledger: Ledger) -> None:
    with hold_lease(ledger, name="apply", holder="a") as first:
        pass
    with hold_lease(ledger, name="apply", holder="b") as second:
        assert second.token > first.token
        with pytest.raises(LeaseLost):
            first.check()


def test_a_lease_is_given_back_when_the_work_fails(ledger: Ledger) -> None:
    with pytest.raises(ZeroDivisionError), hold_lease(ledger, name="apply", holder="a"):
        raise ZeroDivisionError
    with hold_lease(ledger, name="apply", holder="b"):
        pass


def test_a_lease_in_use_is_renewed_for_as_long_as_it_takes(ledger: Ledger) -> None:
    with hold_lease(ledger, name="apply", holder="a", ttl_s=0.3) as lease:
        time.sleep(1)
        lease.check()
        with ledger.reader() as reader:
            record = find_lease(reader, "apply")
        assert record is not None
        assert record.renewals >= 2


def test_a_lease_in_another_process_holds_here(
    ledger: Ledger, other: tuple[multiprocessing.process.BaseProcess, Connection]
) -> None:
    with pytest.raises(LeaseHeld, match="the other process"), hold_lease(ledger, name="apply", holder="we"):
        pass
    other[1].send("go on")
    assert (other[1].recv(), other[1].recv()) == ("recorded", "still ours")


def test_a_holder_killed_on_this_machine_is_recognised_at_once(
    ledger: Ledger, other: tuple[multiprocessing.process.BaseProcess, Connection]
) -> None:
    with ledger.transaction() as transaction:
        transaction.connection.execute(update(lease_table).values(ttl_ms=3_600_000))
    os.kill(other[0].pid or 0, signal.SIGKILL)
    other[0].join()
    with hold_lease(ledger, name="apply", holder="we") as lease:
        assert lease.token == 2


def test_a_stalled_holder_that_wakes_up_is_fenced_off(
    ledger: Ledger, other: tuple[multiprocessing.process.BaseProcess, Connection]
) -> None:
    process, pipe = other
    os.kill(process.pid or 0, signal.SIGSTOP)
    time.sleep(1.2)
    with hold_lease(ledger, name="apply", holder="we") as lease:
        os.kill(process.pid or 0, signal.SIGCONT)
        pipe.send("go on")
        assert (pipe.recv(), pipe.recv()) == ("fenced off", "lost")
        process.join()
        lease.check()
        with ledger.reader() as reader:
            assert reader.head()[0] == 1


@pytest.mark.parametrize("jump_s", [3600, -3600])
def test_a_clock_that_jumps_takes_the_lease_from_nobody_who_is_alive(
    ledger: Ledger, ledger_url: str, jump_s: int
) -> None:
    clock = FakeClock(ledger.clock())
    jumped = open_ledger(ledger_url, clock=clock)
    with hold_lease(ledger, name="apply", holder="alive", ttl_s=0.6) as lease:
        clock.advance(jump_s)
        with pytest.raises(LeaseHeld), hold_lease(jumped, name="apply", holder="we"):
            pass
        lease.check()
    jumped.close()


def test_a_holder_gone_on_another_machine_loses_the_lease_when_its_time_is_over(
    ledger: Ledger, other: tuple[multiprocessing.process.BaseProcess, Connection]
) -> None:
    os.kill(other[0].pid or 0, signal.SIGKILL)
    other[0].join()
    forget_process(ledger)
    with pytest.raises(LeaseHeld), hold_lease(ledger, name="apply", holder="we"):
        pass
    time.sleep(1.1)
    with hold_lease(ledger, name="apply", holder="we") as lease:
        assert lease.token == 2


def test_a_reused_process_number_does_not_keep_a_dead_holders_lease(ledger: Ledger) -> None:
    with hold_lease(ledger, name="apply", holder="a"):
        with ledger.reader() as reader:
            record = find_lease(reader, "apply")
        assert record is not None
        assert not record.is_free
        elsewhere = replace(record, process="other-boot pid:[1] 1 1")
        reused = replace(record, process=record.process.rpartition(" ")[0] + " 1")
    assert (elsewhere.is_free, reused.is_free) == (False, True)
