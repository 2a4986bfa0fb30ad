"""How fast the ledger records and verifies, on SQLite and on a real PostgreSQL, both durable.

    python -m bench.ledger_verify [--events 1000000]

Prints a line per database. Recording is done as an apply does it: chunks of 20 births, each chunk a transaction with
its tasks. The rest, up to the given number, is recorded in chunks of 5,000 so that the measurement does not take hours.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.verification import verify
from provisioning.model.events import EventKind, JsonValue, NewEvent
from provisioning.model.records import NewTask
from tests.support.postgres import PostgresServer

BIRTHS = 30_000
CHUNK = 20
BULK = 5_000


def main() -> None:
    """Measure both databases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    events = parser.parse_args().events
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        measure(f"sqlite:///{folder}/ledger.sqlite", events)
    with PostgresServer() as server:
        measure(server.create_database("ledger"), events)


def measure(url: str, events: int) -> None:
    """Record and verify, and print how long that took."""
    ledger = open_ledger(url)
    kind = url.partition(":")[0].partition("+")[0]
    started = time.perf_counter()
    for first in range(0, BIRTHS, CHUNK):
        record_births(ledger, first)
    recorded = time.perf_counter() - started
    fill(ledger, events - BIRTHS)
    started = time.perf_counter()
    with ledger.reader() as reader:
        verdict = verify(reader)
    verified = time.perf_counter() - started
    ledger.close()
    if verdict.finding is not None:
        raise SystemExit(f"{kind}: {verdict.finding.explanation}")
    print(  # noqa: T201 - a bench prints its figures
        f"{kind}: {BIRTHS} births with tasks in chunks of {CHUNK}: {recorded:.1f} s ({BIRTHS / recorded:,.0f}/s);"
        f" {verdict.events:,} events verified in {verified:.1f} s ({verdict.events / verified:,.0f}/s)"
    )


def record_births(ledger: Ledger, first: int) -> None:
    """One transaction of an apply."""
    names = [f"46-{number:07d}" for number in range(first, first + CHUNK)]
    with ledger.transaction() as transaction:
        transaction.append([birth(name) for name in names])
        transaction.add_tasks([NewTask(f"open:{name}", "open", name) for name in names])


def birth(name: str) -> NewEvent:
    """The birth of a school's account."""
    data: dict[str, JsonValue] = {
        "institution_id": name,
        "generation": 1,
        "kind": "school",
        "is_authority": False,
        "client_id": f"api-{name}-k1",
        "base_key_id": f"bk-{name}",
        "email": f"school-{name}@example.ua",
    }
    return NewEvent(EventKind.ACCOUNT_CREATED, name, "apply", "cl. 4", data)


def fill(ledger: Ledger, number: int) -> None:
    """Mixed later events, about accounts that exist."""
    kinds = (EventKind.BASE_KEY_SENT, EventKind.ACCOUNT_ACTIVATED, EventKind.ACCOUNT_UPDATED, EventKind.ALARM_RAISED)
    for start in range(0, number, BULK):
        events = [
            NewEvent(
                kinds[n % len(kinds)],
                f"46-{n % BIRTHS:07d}",
                "watch",
                "cl. 4",
                {"base_key_id": f"bk-46-{n % BIRTHS:07d}", "email": "школа@example.ua"},
                "наступна подія",
            )
            for n in range(start, min(start + BULK, number))
        ]
        with ledger.transaction() as transaction:
            transaction.append(events)


if __name__ == "__main__":
    main()
