"""Decisions are added up by hour, institution, OIS and right, none lost and none twice. Order cl. 12."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provisioning.gate.decision import Allow
from provisioning.gate.reasons import Reason
from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.operational.access import counts
from provisioning.model.access import AccessCount
from provisioning.model.identifiers import InstitutionId
from provisioning.model.sphere import SpherePath
from sidecar.gate.counting import DECISIONS_AT_ONCE, AccessCounter
from sidecar.gate.judge import Passed, Refused
from tests.support.gate_cases import AUTHORITY, OTHER, PATHS, SCHOOL, bearer

HOUR = datetime(2026, 11, 24, 12, tzinfo=UTC)
AT_S = HOUR.timestamp()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ledger.sqlite'}"


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    opened = open_ledger(url)
    yield opened
    opened.close()


@pytest.fixture
def counter(url: str, ledger: Ledger) -> Iterator[AccessCounter]:
    made = AccessCounter(url, most_rows=3)
    yield made
    made.stop()


def passed(right: str = "students.read", who: str = SCHOOL) -> Passed:
    own = InstitutionId(who)
    return Passed(Allow(own, own, SpherePath(PATHS[who]), right, frozenset({right})), bearer(who))


def refused(reason: Reason, right: str = "students.read") -> Refused:
    return Refused(reason, bearer(SCHOOL), InstitutionId(SCHOOL), right)


def written(ledger: Ledger) -> list[AccessCount]:
    with ledger.reader() as reader:
        return list(counts(reader, HOUR - timedelta(hours=1), HOUR + timedelta(hours=2)))


def test_every_decision_is_counted_once_however_many_there_are(counter: AccessCounter, ledger: Ledger) -> None:
    decisions = 3 * DECISIONS_AT_ONCE + 7
    for number in range(decisions):
        counter.note(passed(), AT_S + number / 10)
    assert counter.unwritten == decisions
    assert counter.flush()
    assert counter.flush()
    (found,) = written(ledger)
    assert (found.allowed, found.refused, found.reached, found.by, found.ois) == (
        decisions, 0, SCHOOL, SCHOOL, "shodennyk",
    )  # fmt: skip
    assert found.last_at == HOUR + timedelta(seconds=(decisions - 1) / 10)
    assert (counter.unwritten, dict(counter.outcomes)) == (0, {"allowed": decisions})


def test_the_first_reason_of_an_hour_stays_and_the_next_hour_has_its_own(
    counter: AccessCounter, ledger: Ledger
) -> None:
    counter.note(passed(), AT_S + 1)
    counter.note(refused(Reason.KEY_CUT_OFF), AT_S + 2)
    counter.note(refused(Reason.MANDATE_MISSING), AT_S + 3)
    counter.note(refused(Reason.KEY_CUT_OFF), AT_S + 4)
    counter.note(refused(Reason.MANDATE_MISSING), AT_S + 3600)
    counter.flush()
    later, first = written(ledger)
    assert (first.allowed, first.refused, first.first_refusal) == (1, 3, "key-cut-off")
    assert first.last_at == HOUR + timedelta(seconds=4)
    assert (later.allowed, later.refused, later.first_refusal) == (0, 1, "mandate-missing")


def test_who_showed_no_good_token_is_counted_for_nobody(counter: AccessCounter, ledger: Ledger) -> None:
    counter.note(Refused(Reason.NO_TOKEN), AT_S)
    counter.flush()
    assert written(ledger) == []
    assert dict(counter.outcomes) == {"no-token": 1}


def test_a_database_that_is_away_loses_nothing_up_to_a_bound(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'later.sqlite'}"
    counter = AccessCounter(url, most_rows=2)
    for who in (SCHOOL, AUTHORITY, OTHER):
        for _ in range(4):
            counter.note(passed(who=who), AT_S)
    assert not counter.flush()
    assert (counter.unwritten, counter.lost) == (2, 4), "the third row found no room"
    ledger = open_ledger(url)
    assert counter.flush()
    assert {found.reached: found.allowed for found in written(ledger)} == {SCHOOL: 4, AUTHORITY: 4}
    counter.stop()
    ledger.close()
