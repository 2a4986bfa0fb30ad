"""Looking for events and counting accounts gives the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.proof.verification import verify_span
from provisioning.ledger.queries.browsing import Wanted, browse, event_numbered, first_since
from provisioning.ledger.queries.search import Criteria, Flag, count_flags, flags_of, search_accounts
from provisioning.ledger.queries.selection import accounts_that_fit, count_live_keys, count_living
from provisioning.ledger.queries.statistics import (
    account_groups,
    accounts_with_a_key,
    accounts_with_an_ois,
    activations_between,
    ois_by_state,
)
from provisioning.ledger.queries.tree import branches
from provisioning.model.calendar import kyiv_day
from provisioning.model.events import EventKind
from provisioning.model.identifiers import Username
from provisioning.model.ois import OisState
from provisioning.model.records import AccountState
from provisioning.model.sphere import SpherePath
from tests.support.ledger_events import event_by
from tests.support.ois_events import connected, granted
from tests.support.sidecar_ledger import SPHERE, record_accounts
from tests.support.sidecar_names import AUTHORITY, SCHOOL, SECOND_GENERATION
from tests.support.sidecar_running import MovableClock

DAY = timedelta(days=1)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def ledger(ledger_url: str, clock: MovableClock) -> Iterator[Ledger]:
    """The people of the sidecar's tests; the school works through an OIS."""
    ledger = open_ledger(ledger_url, clock=clock)
    record_accounts(ledger)
    clock.advance(DAY)
    with ledger.transaction() as transaction:
        transaction.append([*connected(), granted(1, SCHOOL)])
    yield ledger
    ledger.close()


def test_a_day_is_a_span_of_numbers(ledger: Ledger, clock: MovableClock) -> None:
    with ledger.reader() as reader:
        last = reader.chain_head().seq
        first = first_since(reader, clock() - timedelta(hours=1))
        assert [event.at for event in reader.events(first - 1, limit=1)] == [clock()]
        assert first_since(reader, clock() - 2 * DAY) == 1
        assert first_since(reader, clock() + DAY) == last + 1
        page = browse(reader, Wanted(since=clock() - timedelta(hours=1)))
        assert [event.seq for event in page.events] == list(range(last, first - 1, -1))
        assert browse(reader, Wanted(until=clock() - timedelta(hours=1))).events[0].seq == first - 1


def test_pages_meet_without_a_gap_in_both_directions(ledger: Ledger) -> None:
    with ledger.reader() as reader:
        last = reader.chain_head().seq
        newest = browse(reader, Wanted(), limit=4)
        older = browse(reader, Wanted(), before=newest.older, limit=4)
        back = browse(reader, Wanted(), after=older.newer, limit=4)
    assert [event.seq for event in (*newest.events, *older.events)] == list(range(last, last - 8, -1))
    assert (newest.newer, back.events) == (None, newest.events)
    assert back.newer is None


def test_filters_are_all_held(ledger: Ledger) -> None:
    with ledger.reader() as reader:
        wanted = Wanted(subject=SCHOOL, kinds=(EventKind.ACCOUNT_CREATED,), actor="o.koval")
        assert [event.kind for event in browse(reader, wanted).events] == [EventKind.ACCOUNT_CREATED]
        assert browse(reader, Wanted(subject=SCHOOL, actor="nobody")).events == ()
        assert event_numbered(reader, 10**9) is None


def test_flags_are_found_counted_and_listed_for_each_account(ledger: Ledger, clock: MovableClock) -> None:
    criteria = Criteria(now=clock())
    with ledger.transaction() as transaction:
        data = {"ends_at": "2026-12-01T00:00:00.000000Z"}
        transaction.append([event_by("watch", EventKind.API_KEY_ENDING, f"api-{SCHOOL}-k1", data)])
    with ledger.reader() as reader:
        assert count_flags(reader, criteria) == dict.fromkeys(Flag, 1)
        for flag, username in (
            (Flag.NOT_ACTIVATED, SECOND_GENERATION),
            (Flag.NO_OIS, SECOND_GENERATION),
            (Flag.KEY_ENDING, SCHOOL),
        ):
            found = search_accounts(reader, Criteria(flag=flag, now=clock()))
            assert [record.username for record in found.accounts] == [username]
        names = [Username(name) for name in (SCHOOL, SECOND_GENERATION, AUTHORITY)]
        flags = flags_of(reader, names, clock())
    assert flags == {SCHOOL: (Flag.KEY_ENDING,), SECOND_GENERATION: (Flag.NOT_ACTIVATED, Flag.NO_OIS)}


def test_a_branch_counts_everything_under_it_and_not_itself(ledger: Ledger, clock: MovableClock) -> None:
    with ledger.reader() as reader:
        (branch,) = branches(reader, SpherePath("/00-0000001"), clock())
        below = branches(reader, SpherePath(SPHERE), clock())
    assert (branch.authority.username, branch.accounts, branch.deactivated) == (AUTHORITY, 4, 2)
    assert branch.flags == {Flag.NOT_ACTIVATED: 1, Flag.NO_OIS: 1, Flag.KEY_ENDING: 0}
    assert below == ()


def test_figures_and_selections_count_the_same_accounts(ledger: Ledger, clock: MovableClock) -> None:
    with ledger.reader() as reader:
        living = [group for group in account_groups(reader) if group.state is not AccountState.DEACTIVATED]
        assert sum(group.count for group in living) == count_living(reader) == 3
        assert {group.oblast for group in living} == {"46"}
        months = [datetime(2026, month, 1, tzinfo=UTC) for month in (1, 11, 12)]
        assert activations_between(reader, months) == (0, 2)
        assert (accounts_with_a_key(reader), accounts_with_an_ois(reader, kyiv_day(clock()))) == (1, 1)
        assert ois_by_state(reader) == {OisState.CONNECTED: 1}
        names = [record.username for record in accounts_that_fit(reader, Criteria(below=SpherePath(SPHERE)))]
        assert count_live_keys(reader, names) == 5


def test_a_span_is_verified_from_the_event_before_it(ledger: Ledger) -> None:
    with ledger.reader() as reader:
        last = reader.chain_head().seq
        assert verify_span(reader, 1, last) is None
        assert verify_span(reader, 5, 7) is None
        beyond = verify_span(reader, 5, last + 2)
    assert beyond is not None
    assert beyond.seq == last + 1
