"""How fast the ledger records and verifies, on SQLite and on a real PostgreSQL, both durable.

    python -m bench.ledger_verify [--events 1000000]

Prints a line per database, then the figures as JSON. The reference in the same run is the least that any check of a
chain has to do: read the rows alone, and SHA-256 over their bytes. Recording is done as an apply does it: chunks of 20
births, each chunk a transaction with its tasks. The rest, up to the given number, is recorded in chunks of 5,000 so
that the measurement does not take hours.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import text

from provisioning.ledger import Ledger, LedgerReader, open_ledger
from provisioning.ledger.proof.verification import verify
from provisioning.model.events import Content, NewEvent
from provisioning.model.events.accounts import AccountActivated, AccountCreated
from provisioning.model.events.alarms import AlarmRaised
from provisioning.model.events.base_keys import BaseKeySent
from provisioning.model.events.codec_values import KeycloakTime
from provisioning.model.identifiers import ClientId, InstitutionId
from provisioning.model.institution import Kind
from provisioning.model.records import NewTask
from tests.support.postgres import PostgresServer

BIRTHS = 30_000
CHUNK = 20
BULK = 5_000


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds, and how many times the reference `verify` takes."""

    database: str
    births_s: float
    events: int
    reading_s: float
    sha256_s: float
    verify_s: float
    ratio: float


def main() -> None:
    """Measure both databases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    events = parser.parse_args().events
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        measured = [measure(f"sqlite:///{folder}/ledger.sqlite", events)]
    with PostgresServer() as server:
        measured.append(measure(server.create_database("ledger"), events))
    for figures in measured:
        print(in_words(figures))  # noqa: T201 - a bench prints its figures
    print(json.dumps([asdict(figures) for figures in measured]))  # noqa: T201


def in_words(figures: Figures) -> str:
    """A line for people."""
    return (
        f"{figures.database}: {BIRTHS:,} births with tasks in chunks of {CHUNK}: {figures.births_s:.1f} s"
        f" ({BIRTHS / figures.births_s:,.0f}/s); {figures.events:,} events: read {figures.reading_s:.1f} s,"
        f" SHA-256 {figures.sha256_s:.1f} s, verified {figures.verify_s:.1f} s = {figures.ratio:.1f} x the two"
    )


def measure(url: str, events: int) -> Figures:
    """Record, read, hash and verify."""
    ledger = open_ledger(url)
    kind = url.partition(":")[0].partition("+")[0]
    births = seconds(lambda: record_all_births(ledger))
    fill(ledger, events - BIRTHS)
    with ledger.reader() as reader:
        rows: list[bytes] = []
        reading = seconds(lambda: rows.extend(_bytes(reader)))
        hashing = seconds(lambda: [hashlib.sha256(row).digest() for row in rows])
        rows.clear()
        verified = seconds(lambda: _verify(reader, kind))
        count = reader.head()[0]
    ledger.close()
    return Figures(kind, births, count, reading, hashing, verified, verified / (reading + hashing))


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _verify(reader: LedgerReader, kind: str) -> None:
    finding = verify(reader).defect
    if finding is not None:
        raise SystemExit(f"{kind}: {finding.explanation}")


def _bytes(reader: LedgerReader) -> Iterator[bytes]:
    """The fields of every event as they are stored, joined."""
    rows = reader.connection.execute(
        text("SELECT seq, at, kind, subject, actor, clause, reason, data, prev_hash FROM ledger_event ORDER BY seq"),
        execution_options={"yield_per": BULK},
    )
    return ("|".join(map(str, row)).encode() for row in rows)


def record_all_births(ledger: Ledger) -> None:
    """As many transactions as an apply makes."""
    for first in range(0, BIRTHS, CHUNK):
        record_births(ledger, first)


def record_births(ledger: Ledger, first: int) -> None:
    """One transaction of an apply."""
    names = [f"46-{number:07d}" for number in range(first, first + CHUNK)]
    with ledger.transaction() as transaction:
        transaction.append([birth(name) for name in names])
        transaction.add_tasks([NewTask(f"open:{name}", "open", name) for name in names])


def birth(name: str) -> NewEvent:
    """The birth of a school's account."""
    born = AccountCreated(
        institution_id=InstitutionId(name),
        generation=1,
        kind=Kind.SCHOOL,
        is_authority=False,
        client_id=ClientId(f"api-{name}-k1"),
        base_key_id=f"bk-{name}",
        sphere=f"/00-0000001/{name}",
        name=f"Ліцей {name}",
        edrpou="",
        edebo_id="",
        katottg="",
        email=f"school-{name}@example.ua",
    )
    return NewEvent(born, name, "staff:bench")


def later(n: int) -> Content:
    """What happens to an account after its birth."""
    match n % 3:
        case 0:
            return BaseKeySent(base_key_id=f"bk-46-{n % BIRTHS:07d}", email="школа@example.ua")
        case 1:
            return AccountActivated(activated_at=KeycloakTime("2026-11-24T09:00:00Z"))
        case _:
            return AlarmRaised(what="щось відкрите, що мало бути закрите")


def fill(ledger: Ledger, number: int) -> None:
    """Mixed later events, about accounts that exist."""
    for start in range(0, number, BULK):
        events = [
            NewEvent(later(n), f"46-{n % BIRTHS:07d}", "watch", "наступна подія")
            for n in range(start, min(start + BULK, number))
        ]
        with ledger.transaction() as transaction:
            transaction.append(events)


if __name__ == "__main__":
    main()
