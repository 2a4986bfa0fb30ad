"""How fast the desk's search, the authority's tree and other pages answer at 30,000 institutions, on both databases.

    python -m bench.searches [--institutions 30000] [--rounds 40] [--out FILE]

Each figure is a whole page: guard, database, template, as a browser gets it, without the network. Two references stand
beside it in the same run: one account read by its primary key, and a plain `SELECT count(*)` over all accounts. The
country is `bench.country`'s, recorded as events like any other; three quarters are activated, and of those two thirds
work through one of ten OIS.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import structlog
from flask.testing import FlaskClient
from sqlalchemy import text

from bench.country import write_country
from provisioning.ledger import Ledger, open_ledger
from provisioning.lifecycle.accounts.endings import deactivation_event
from provisioning.model.configuration import Configuration
from provisioning.model.events import NewEvent
from provisioning.model.events.accounts import AccountActivated, AccountCreated
from provisioning.model.events.api_keys import ApiKeyEnding
from provisioning.model.events.base_keys import BaseKeySent
from provisioning.model.events.codec_values import KeycloakTime
from provisioning.model.identifiers import ClientId
from provisioning.model.institution import Deactivation, DeactivationReason, Institution, Kind
from provisioning.registry import load_configuration
from provisioning.settings import Settings
from sidecar.app import create_app
from tests.support import sidecar_people as people
from tests.support.ois_events import connected, granted
from tests.support.postgres import PostgresServer
from tests.support.sidecar_running import SETTINGS, MovableClock, close, signed_in

LIMIT_MS: Final = 500.0
"""Well under a second, for the slowest of a hundred."""

SYSTEMS: Final = tuple(f"diary{number}" for number in range(10))
CHUNK: Final = 2_000


@dataclass(frozen=True, slots=True)
class Figure:
    """Milliseconds. The ratios are the middle of the page's times to the middle of each reference's."""

    database: str
    institutions: int
    what: str
    p50_ms: float
    p99_ms: float
    to_primary_key: float
    to_count: float
    met: bool

    def line(self) -> str:
        """For people."""
        return (
            f"{self.database:10}  {self.what:36} p50 {self.p50_ms:7.1f} ms   p99 {self.p99_ms:7.1f} ms"
            f"   {self.to_primary_key:7.0f} x primary key   {self.to_count:6.1f} x count"
            f"   {'met' if self.met else 'NOT MET'}"
        )


def main() -> None:
    """Measure both databases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--institutions", type=int, default=30_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--out", type=Path, help="also write the JSON there")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name, PostgresServer() as server:
        folder = Path(name)
        write_country(given.institutions, folder / "country")
        configuration = load_configuration(folder / "country").require()
        figures = [
            figure
            for url in (f"sqlite:///{folder}/ledger.sqlite", server.create_database("ledger"))
            for figure in measure(url, configuration, given.rounds)
        ]
    for figure in figures:
        print(figure.line())  # noqa: T201 - a bench prints its figures
    document = json.dumps([asdict(figure) for figure in figures], ensure_ascii=False, indent=2)
    print(document)  # noqa: T201
    if given.out is not None:
        given.out.write_text(document + "\n", encoding="utf-8")


def measure(url: str, configuration: Configuration, rounds: int) -> list[Figure]:
    """Fill a ledger, then ask for every page in turn."""
    clock = MovableClock()
    ledger = open_ledger(url, clock=clock)
    fill(ledger, configuration)
    app = create_app(Settings({**SETTINGS, "AIKOM_DATABASE_URL": url}), clock=clock)
    database = url.partition(":")[0].partition("+")[0]
    references = [_times(work, rounds * 5) for work in _references(ledger, configuration.institutions[-1].username)]
    primary_key, count = (statistics.median(times) for times in references)
    size = len(configuration.institutions)
    figures = [
        Figure(database, size, name, 1e3 * seconds, 1e3 * seconds, 1, seconds / count, met=True)
        for name, seconds in (("reference: one primary key", primary_key), ("reference: count of accounts", count))
    ]
    for what, client, address in _pages(configuration, lambda who: signed_in(app, who, clock())):
        times = _times(lambda: _get(client, address), rounds)  # noqa: B023 - called before the next round
        middle, worst = statistics.median(times), statistics.quantiles(times, n=100, method="inclusive")[98]
        met = 1e3 * worst <= LIMIT_MS
        figures.append(
            Figure(database, size, what, 1e3 * middle, 1e3 * worst, middle / primary_key, middle / count, met)
        )
    close(app)
    ledger.close()
    return figures


def _references(ledger: Ledger, username: str) -> Iterator[Callable[[], object]]:
    with ledger.reader() as reader:
        yield lambda: reader.account(username)
        yield lambda: reader.connection.execute(text("SELECT count(*) FROM ledger_account")).scalar_one()


def _pages(
    configuration: Configuration, sign_in: Callable[[people.Identity], FlaskClient]
) -> Iterator[tuple[str, FlaskClient, str]]:
    desk = sign_in(people.ADMINISTRATOR)
    school = next(i for i in reversed(configuration.institutions) if i.kind is Kind.SCHOOL and i.edrpou and i.edebo_id)
    for what, words in (
        ("a name", "ліцей франка"),
        ("EDRPOU", school.edrpou),
        ("EDEBO", school.edebo_id),
        ("a place (KATOTTG)", school.katottg),
        ("nothing that is there", "немає такого"),
    ):
        yield f"desk search: {what}", desk, f"/desk/institutions?words={words}"
    yield "desk: all institutions, with tree", desk, "/desk/institutions"
    yield "desk: institutions without OIS", desk, "/desk/institutions?sign=no-ois"
    authorities = [i for i in configuration.institutions if i.kind is Kind.AUTHORITY]
    for what, one in (("ministry", authorities[0]), ("department", authorities[1]), ("hromada", authorities[2])):
        client = sign_in(people.account(one.username, one.id, Kind.AUTHORITY))
        yield f"authority's tree: {what}", client, "/authority"
        yield f"authority's keys about to expire: {what}", client, "/authority?sign=key-ending"
    yield "desk: today", desk, "/desk"
    yield "desk: figures", desk, "/desk/figures"
    yield "desk: ledger by kind", desk, "/desk/ledger?kind=alarm:raised"
    yield "desk: ledger by actor and day", desk, "/desk/ledger?actor=nobody&until=2026-11-24"


def _get(client: FlaskClient, address: str) -> None:
    answer = client.get(address, headers={"Accept": "text/html"})
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")


def _times(work: Callable[[], object], rounds: int) -> list[float]:
    """Seconds of each round, after one that is not counted."""
    work()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return times


def fill(ledger: Ledger, configuration: Configuration) -> None:
    """Record the country: births, activations, mandates, planned ends of keys, deactivations."""
    spheres = configuration.spheres()
    _record(ledger, [event for slug in SYSTEMS for event in connected(f"ois-{slug}")])
    _record(ledger, [_birth(institution, spheres[institution.id]) for institution in configuration.institutions])
    _record(ledger, list(_lives(configuration.institutions)))


def _record(ledger: Ledger, events: list[NewEvent]) -> None:
    for start in range(0, len(events), CHUNK):
        with ledger.transaction() as transaction:
            transaction.append(events[start : start + CHUNK])


def _birth(institution: Institution, sphere: str) -> NewEvent:
    username = institution.username
    born = AccountCreated(
        institution_id=institution.id,
        generation=institution.generation,
        kind=institution.kind,
        is_authority=institution.kind.is_authority,
        client_id=ClientId(f"api-{username}-k1"),
        base_key_id=f"bk-{username}",
        name=institution.name,
        sphere=sphere,
        email=institution.email,
        edrpou=institution.edrpou or "",
        edebo_id=str(institution.edebo_id or ""),
        katottg=institution.katottg or "",
    )
    return NewEvent(born, username, "staff:bench")


def _lives(institutions: tuple[Institution, ...]) -> Iterator[NewEvent]:
    for number, institution in enumerate(institutions):
        username, authority = institution.username, institution.kind.is_authority
        yield NewEvent(BaseKeySent(base_key_id=f"bk-{username}", email=institution.email), username, "watch")
        if number % 4 and not authority:
            month = 1 + number % 11
            moment = KeycloakTime(f"2026-{month:02d}-15T08:00:00.000000Z")
            yield NewEvent(AccountActivated(activated_at=moment), username, "watch")
            if number % 3:
                yield granted(1, username, SYSTEMS[number % len(SYSTEMS)])
            if number % 33 == 1:
                ending = ApiKeyEnding(ends_at=datetime(2026, 12, 10, tzinfo=UTC))
                yield NewEvent(ending, f"api-{username}-k1", "watch")
        if number % 100 == 99 and not authority:
            why = Deactivation(DeactivationReason.LIQUIDATION, "№ 1", date(2026, 11, 1))
            yield deactivation_event(username, why, "staff:bench")


if __name__ == "__main__":
    main()
