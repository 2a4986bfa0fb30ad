"""The life of an OIS: every state with every event, with and without its documents. Source: order cl. 6."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product

import pytest

from provisioning.ledger.projection import Projection, objection, project
from provisioning.model.calendar import kyiv_day
from provisioning.model.events import EventKind, Head, chain
from provisioning.model.ois import ConclusionOutcome, OisRecord, OisState, Slug
from provisioning.model.ois_states import OIS_LIFE, OIS_PAPERS, OIS_REMEDIES, OisRefusal, next_ois_state
from tests.support.ledger_events import event_by

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = kyiv_day(NOW)
SLUG = Slug("shodennyk")

APPLIED, CONNECTED, SUSPENDED, REJECTED, TERMINATED = OisState
OVER, UNCONNECTED = OisRefusal.OVER, OisRefusal.NOT_CONNECTED

#                                     applied      connected    suspended    rejected  terminated
EXPECTED: dict[EventKind, tuple[OisState | OisRefusal, ...]] = {
    **dict.fromkeys(OIS_PAPERS, (APPLIED, CONNECTED, SUSPENDED, OVER, OVER)),
    EventKind.OIS_CONNECTED: (CONNECTED, OisRefusal.CONNECTED_ALREADY, OisRefusal.SUSPENDED_ALREADY, OVER, OVER),
    EventKind.OIS_SUSPENDED: (UNCONNECTED, SUSPENDED, OisRefusal.SUSPENDED_ALREADY, OVER, OVER),
    EventKind.OIS_RESUMED: (OisRefusal.NOT_SUSPENDED, OisRefusal.NOT_SUSPENDED, CONNECTED, OVER, OVER),
    EventKind.OIS_TERMINATED: (UNCONNECTED, TERMINATED, TERMINATED, OVER, OVER),
    EventKind.OIS_REJECTED: (REJECTED, OisRefusal.DECIDED_ALREADY, OisRefusal.DECIDED_ALREADY, OVER, OVER),
}
CASES = [
    (event, state, outcome) for event, row in EXPECTED.items() for state, outcome in zip(OisState, row, strict=True)
]
OPENING = [(EventKind.OIS_CONNECTED, APPLIED), (EventKind.OIS_RESUMED, SUSPENDED)]
DATA: dict[EventKind, dict[str, str]] = {
    EventKind.OIS_CONCLUDED: {"number": "8", "outcome": "positive", "until": "2027-01-01"},
    EventKind.OIS_AGREEMENT_ACCEPTED: {"version": "1"},
}


def ois(state: OisState) -> OisRecord:
    """An OIS with both documents."""
    return OisRecord(
        slug=SLUG,
        name="Щоденник",
        operator="ТОВ «Щоденник»",
        edrpou="12345678",
        site="https://shodennyk.example.ua",
        state=state,
        rights=("students.read",),
        applied_at=NOW,
        agreement_version="1",
        conclusion_number="7",
        conclusion_outcome=ConclusionOutcome.POSITIVE,
        conclusion_until=TODAY,
    )


def test_the_table_decides_on_every_kind_about_an_ois() -> None:
    about = {kind for kind in EventKind if kind.startswith("ois:")}
    assert about - set(OIS_LIFE) == {EventKind.OIS_APPLIED}


def test_the_expectation_covers_every_event() -> None:
    assert set(EXPECTED) == set(OIS_LIFE)
    assert {kind for kind in EventKind if kind.startswith("ois:")} == {*OIS_LIFE, EventKind.OIS_APPLIED}


@pytest.mark.parametrize(("event", "state", "outcome"), CASES)
def test_every_event_in_every_state(event: EventKind, state: OisState, outcome: OisState | OisRefusal) -> None:
    assert next_ois_state(ois(state), event, TODAY) is outcome


@pytest.mark.parametrize(("event", "state"), OPENING)
def test_nothing_opens_an_ois_without_both_documents_in_force(event: EventKind, state: OisState) -> None:
    sound = ois(state)
    outcomes = {
        next_ois_state(replace(sound, agreement_version=None), event, TODAY): OisRefusal.NO_AGREEMENT,
        next_ois_state(replace(sound, conclusion_outcome=None), event, TODAY): OisRefusal.NO_CONCLUSION,
        next_ois_state(replace(sound, conclusion_until=None), event, TODAY): OisRefusal.NO_CONCLUSION,
        next_ois_state(sound, event, date(2026, 11, 25)): OisRefusal.CONCLUSION_EXPIRED,
    }
    assert list(outcomes) == list(outcomes.values())
    for weak in (ConclusionOutcome.NEGATIVE, ConclusionOutcome.REMARKS):
        unsound = replace(sound, conclusion_outcome=weak)
        assert next_ois_state(unsound, event, TODAY) is OisRefusal.NO_CONCLUSION
        assert not unsound.is_sound(TODAY)


@pytest.mark.parametrize(("event", "state"), [pair for pair in product(OIS_LIFE, OisState) if pair not in OPENING])
def test_documents_decide_on_nothing_else(event: EventKind, state: OisState) -> None:
    bare = replace(ois(state), agreement_version=None, conclusion_outcome=None, conclusion_until=None)
    assert next_ois_state(bare, event, TODAY) is next_ois_state(ois(state), event, TODAY)


def test_only_a_connected_ois_with_both_documents_opens_anything() -> None:
    assert [state for state in OisState if ois(state).is_open(TODAY)] == [CONNECTED]
    assert not ois(CONNECTED).is_open(date(2026, 11, 25))
    assert not replace(ois(CONNECTED), agreement_version=None).is_open(TODAY)


@pytest.mark.parametrize(("event", "state", "outcome"), CASES)
def test_the_ledger_s_projection_says_the_same(
    event: EventKind, state: OisState, outcome: OisState | OisRefusal
) -> None:
    projection = Projection(ois={SLUG: ois(state)})
    new = event_by("staff:test", event, "ois-shodennyk", DATA.get(event, {}))
    assert (objection(projection, new) is None) is isinstance(outcome, OisState)
    (recorded,) = chain(Head(), [new], NOW)
    project(projection, recorded)
    assert projection.ois[SLUG].state is (outcome if isinstance(outcome, OisState) else state)


def test_every_refusal_says_what_to_do() -> None:
    assert set(OIS_REMEDIES) == set(OisRefusal)
    assert all(OIS_REMEDIES.values())
