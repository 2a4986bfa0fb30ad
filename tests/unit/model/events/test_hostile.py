"""Whatever is offered or stored: an event is refused or unreadable, or gives back the very bytes, and never raises."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioning.model.events import Event, EventKind, NewEvent, canonical_json, chain, format_time, parse_json
from provisioning.model.events.accounts import DirectUseChanged
from provisioning.model.events.canonical import DEEPEST
from provisioning.model.events.catalogue import CATALOGUE, Unreadable
from provisioning.model.events.codec import Content
from provisioning.model.events.codec_atoms import OddShape
from provisioning.model.events.codec_values import JsonObject, KeycloakTime
from tests.support.event_contents import contents
from tests.support.ledger_events import EMPTY, SCHOOL, START, event, stored

TYPES = pytest.mark.parametrize("kind", CATALOGUE.types, ids=lambda kind: kind.__name__)

ONE = settings(max_examples=1, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Every hostile value is put into every field of a type; the rest of its content does not matter."""


class _Nowhere(tzinfo):
    """A zone that does not say how far it is from UTC."""

    def utcoffset(self, at: datetime | None) -> timedelta | None:
        return None


def nested(levels: int) -> str:
    """Lists within each other."""
    return "[" * levels + "]" * levels


RAW = (
    *("NaN", "Infinity", "-Infinity", "1.0", "1e2", "-0", "true", "null", '""', "{}", "[]", "[null]"),
    *(str(2**53), "9" * 5000, '"\\ud800"', '"\\u0000"', '{"\\ud800":1}', '["\\u0000"]', '{"a":1,"a":2}', '{"ї":1}'),
    *(nested(3000), f'{{"a":{nested(900)}}}', f'{{"a":{nested(DEEPEST)}}}', "unquoted", '"', ""),
    *('"0001-01-01T00:00:00+05:00"', '"9999-12-31T23:59:59.999999-05:00"', '"2026-11-20T08:30:00"', '"2026-W47-5"'),
    *('"2026-11-20\\ud80008:30:00+00:00"', '"2026-11-20T10:30:00.000000+02:00"', '"Cafe\\u0301"', '"\\u00e9"'),
)
"""JSON texts, and texts that are none, in the place of a field's value."""

VALUES: tuple[Any, ...] = (
    *(float("nan"), 1.0, 2**60, True, None, b"x", object(), [], ("\ud800",), (1, (2,)), {"a": 1}, "\ud800", "a\0b"),
    *(KeycloakTime("\ud800"), KeycloakTime("a\0b"), KeycloakTime(5), KeycloakTime(None)),  # type: ignore[arg-type]  # hostile
    *(JsonObject("x"), JsonObject('{"a":NaN}'), JsonObject('{"a":1.5}'), JsonObject('{ "a":1}'), JsonObject("[]")),
    *(JsonObject(5), JsonObject(f'{{"a":{nested(3000)}}}'), JsonObject(f'{{"a":{nested(DEEPEST)}}}')),  # type: ignore[arg-type]  # hostile
    *(datetime(2026, 11, 20), datetime(2026, 11, 20, tzinfo=_Nowhere()), datetime(2026, 11, 20, tzinfo=UTC)),  # noqa: DTZ001 - hostile
    *(
        datetime.min.replace(tzinfo=timezone(timedelta(hours=5))),
        datetime.max.replace(tzinfo=timezone(-timedelta(1) / 2)),
    ),
    *(date.min, date.max, datetime(2026, 11, 20, 10, tzinfo=timezone(timedelta(hours=2)))),
)
"""Values in the place of a field's."""


def _written(content: Content) -> dict[str, str]:
    return {name: canonical_json(value).decode() for name, value in content.to_data().items()}


def _gives_back(read: Content | Unreadable, data: str) -> bool:
    return isinstance(read, Unreadable) or canonical_json(read.to_data()) == canonical_json(parse_json(data))


@TYPES
@ONE
@given(data=st.data())
def test_whatever_is_stored_is_unreadable_or_gives_back_the_same(kind: type[Content], data: st.DataObject) -> None:
    sound = _written(data.draw(contents(kind)))
    for name in (*sound, "event_version", "generaton"):
        for raw in RAW:
            values = {**sound, name: raw}
            text = "{" + ",".join(f'"{key}":{values[key]}' for key in sorted(values)) + "}"
            odd = Event(**{**_bare(kind.KIND), "data": text})
            assert _gives_back(odd.content, text)
            str(odd.listed()).encode()
            if isinstance(odd.content, Unreadable):
                odd.content.why.encode()


@TYPES
@ONE
@given(data=st.data())
def test_whatever_is_offered_is_refused_or_reads_as_it_was_hashed(kind: type[Content], data: st.DataObject) -> None:
    sound = data.draw(contents(kind))
    for field in fields(sound):  # type: ignore[arg-type]  # a dataclass
        for value in VALUES:
            try:
                (recorded,) = chain(EMPTY, [NewEvent(replace(sound, **{field.name: value}), SCHOOL, "tester")], START)  # type: ignore[type-var]
            except OddShape:
                continue
            again = Event(**{**_bare(kind.KIND), "data": recorded.data})
            assert not isinstance(again.content, Unreadable), again.content
            assert (again.content, canonical_json(again.content.to_data()).decode()) == (
                recorded.content,
                recorded.data,
            )


def test_an_event_with_other_data_is_read_anew() -> None:
    (allowed,) = chain(EMPTY, [event(EventKind.ACCOUNT_DIRECT_USE_CHANGED, allowed=True)], START)
    assert allowed.content == DirectUseChanged(allowed=True)
    assert replace(allowed, data='{"allowed":false}').content == DirectUseChanged(allowed=False)


def test_nobody_says_from_outside_what_an_event_says() -> None:
    with pytest.raises(TypeError, match="_content"):
        Event(**_bare(EventKind.ACCOUNT_DIRECT_USE_CHANGED), _content=DirectUseChanged(allowed=True))  # type: ignore[call-arg]


def test_what_is_written_at_the_deepest_is_read_and_a_level_more_is_neither() -> None:
    deepest = parse_json(nested(DEEPEST))
    assert canonical_json(deepest).decode() == nested(DEEPEST)
    with pytest.raises(ValueError, match="levels deep"):
        parse_json(nested(DEEPEST + 1))
    with pytest.raises(ValueError, match="levels deep"):
        canonical_json([deepest])


def test_a_clock_without_an_offset_dates_no_event() -> None:
    with pytest.raises(ValueError, match="offset"):
        chain(EMPTY, [event(EventKind.ACCOUNT_ACTIVATED)], START.replace(tzinfo=None))
    with pytest.raises(ValueError, match="beyond the calendar"):
        format_time(datetime.min.replace(tzinfo=timezone(timedelta(hours=5))))


def _bare(kind: EventKind) -> dict[str, Any]:
    made = stored(kind, "{}")
    return {field.name: getattr(made, field.name) for field in fields(made) if field.init}
