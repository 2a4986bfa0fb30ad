"""Canonical JSON and the hash chain."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.model.events import (
    GENESIS_HASH,
    Event,
    EventKind,
    Head,
    NewEvent,
    canonical_json,
    chain,
    event_hash,
    format_time,
    parse_time,
)
from provisioning.model.events.realm import RealmChanged
from tests.support.ledger_events import START, birth, stored

_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
_keys = st.text(st.characters(codec="ascii", exclude_characters="\0"))
_scalars = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | _text
json_values = st.recursive(_scalars, lambda inner: st.lists(inner) | st.dictionaries(_keys, inner), max_leaves=20)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b": 1, "a": [True, None, "x"]}, '{"a":[true,null,"x"],"b":1}'),
        ({"name": "Ліцей «Ї»"}, '{"name":"Ліцей «Ї»"}'),
        ('€$\x0f\nA\'B"\\\\"/\x7f', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f"'),
        ((1, 2), "[1,2]"),
        (EventKind.ALARM_RAISED, '"alarm:raised"'),
    ],
)
def test_canonical_json_is_that_of_rfc_8785(value: object, expected: str) -> None:
    assert canonical_json(value).decode() == expected  # type: ignore[arg-type]  # tuples and enums are accepted too


@given(json_values)
def test_canonical_json_reads_back_and_is_stable(value: object) -> None:
    written = canonical_json(value)  # type: ignore[arg-type]  # the strategy's type is wider than its values
    assert json.loads(written) == value
    assert canonical_json(json.loads(written)) == written


@pytest.mark.parametrize(
    "value", [1.5, float("nan"), 2**53, b"x", {1: "x"}, {"ключ": 1}, "\ud800", "a\0b", {"a": {1, 2}}, datetime.now(UTC)]
)
def test_values_without_one_canonical_form_are_refused(value: object) -> None:
    with pytest.raises(ValueError):
        canonical_json(value)  # type: ignore[arg-type]  # refusing other types is what is tested


@pytest.mark.parametrize("field", ["subject", "actor", "clause", "reason"])
def test_an_event_that_no_database_can_hold_is_refused(field: str) -> None:
    values = {"subject": "realm", "actor": "anna", "clause": "cl. 3", "reason": None, field: "a\0b"}
    with pytest.raises(ValueError, match=field):
        NewEvent(RealmChanged(objects=()), **values)


def test_the_hash_covers_the_event_as_an_auditor_computes_it() -> None:
    (event,) = chain(Head(), [birth()], START)
    fields = {
        "actor": "tester",
        "at": "2026-11-20T08:30:00.000000Z",
        "clause": "cl. 4",
        "data": birth().content.to_data(),
        "kind": "account:created",
        "prev_hash": GENESIS_HASH,
        "reason": None,
        "seq": 1,
        "subject": "46-0000001",
    }
    written = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert event.hash == hashlib.sha256(written.encode()).hexdigest()


def test_each_event_follows_from_the_one_before() -> None:
    first, second = chain(Head(), [birth(), birth("46-0000002")], START)
    (third,) = chain(Head(second.seq, second.hash, second.at), [birth("46-0000003")], START)
    assert [e.seq for e in (first, second, third)] == [1, 2, 3]
    assert [first.prev_hash, second.prev_hash, third.prev_hash] == [GENESIS_HASH, first.hash, second.hash]


@given(st.timedeltas(timedelta(hours=-48), timedelta(hours=48)))
def test_a_clock_that_jumps_never_dates_an_event_before_the_previous_one(jump: timedelta) -> None:
    (first,) = chain(Head(), [birth()], START)
    (second,) = chain(Head(first.seq, first.hash, first.at), [birth("46-0000002")], START + jump)
    assert second.at == max(START, START + jump)


@given(st.datetimes(timezones=st.just(UTC)))
def test_times_have_one_width_and_read_back(moment: datetime) -> None:
    assert len(format_time(moment)) == 27
    assert parse_time(format_time(moment)) == moment


def test_times_of_other_zones_become_utc_and_naive_ones_are_refused() -> None:
    kyiv = timezone(timedelta(hours=2))
    assert format_time(datetime(2026, 11, 20, 10, 30, tzinfo=kyiv)) == format_time(START)
    with pytest.raises(ValueError, match="offset"):
        parse_time("2026-11-20T10:30:00")


def test_changing_any_field_changes_the_hash() -> None:
    base = stored(EventKind.REALM_CHANGED, "{}", "realm")
    others = {
        "seq": 2,
        "at": START + timedelta(microseconds=1),
        "kind": EventKind.ALARM_RAISED,
        "subject": "x",
        "actor": "b",
        "clause": "d",
        "reason": "r",
        "data": '{"k":1}',
        "prev_hash": "1" * 64,
    }
    assert others.keys() | {"hash"} == {field.name for field in fields(Event) if field.compare}
    hashes = {event_hash(replace(base, **{name: value})) for name, value in others.items()}
    assert len(hashes | {event_hash(base)}) == len(others) + 1
