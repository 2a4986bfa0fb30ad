"""The watch wakes when something is recorded, and sleeps otherwise."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from provisioning.ledger import Ledger, LedgerReader, open_ledger
from provisioning.model.events import EventKind
from provisioning.watch.waking import LOOK_S, Waking
from tests.support.ledger_events import event


@pytest.fixture
def ledger(sqlite_url: str) -> Iterator[Ledger]:
    opened = open_ledger(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def stop() -> threading.Event:
    return threading.Event()


@pytest.fixture
def waking(ledger: Ledger, sqlite_url: str, stop: threading.Event) -> Iterator[Waking]:
    made = Waking(ledger, sqlite_url, stop, head)
    made.wait(0)  # What was there before it looked.
    yield made
    made.close()


def head(reader: LedgerReader) -> object:
    return reader.head()


def record(ledger: Ledger) -> None:
    with ledger.transaction() as transaction:
        transaction.append([event(EventKind.ALARM_RAISED, "46-0000001")])


def test_what_is_recorded_wakes_it_within_half_a_second(ledger: Ledger, waking: Waking) -> None:
    writer = threading.Timer(0.2, record, (ledger,))
    writer.start()
    began = time.monotonic()
    assert waking.wait(10)
    assert time.monotonic() - began < 0.2 + LOOK_S + 0.5
    writer.join()


def test_what_was_recorded_meanwhile_is_found_at_once(ledger: Ledger, waking: Waking) -> None:
    record(ledger)
    assert waking.wait(0)
    assert not waking.wait(0)


def test_without_news_it_sleeps_its_time(waking: Waking) -> None:
    began = time.monotonic()
    assert not waking.wait(0.6)
    assert time.monotonic() - began >= 0.6


def test_it_ends_when_the_service_is_to_stop(waking: Waking, stop: threading.Event) -> None:
    threading.Timer(0.2, stop.set).start()
    began = time.monotonic()
    assert not waking.wait(60)
    assert time.monotonic() - began < 2


def test_a_ledger_that_does_not_answer_wakes_nobody(ledger: Ledger, stop: threading.Event) -> None:
    made = Waking(ledger, "postgresql+psycopg://nobody@127.0.0.1:9/none", stop, head)
    made.wait(0)
    assert not made.wait(0.3)
    made.close()
