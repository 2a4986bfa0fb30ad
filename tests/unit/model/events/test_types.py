"""The types of events: each reads what it writes, to the byte, and refuses every other shape."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, fields
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioning.model.events import EventKind, canonical_json
from provisioning.model.events.actors import ActorKind
from provisioning.model.events.catalogue import CATALOGUE, Unreadable
from provisioning.model.events.codec import Content
from provisioning.model.events.codec_atoms import OddShape
from tests.support.event_contents import contents, json_values

TYPES = pytest.mark.parametrize("kind", CATALOGUE.types, ids=lambda kind: kind.__name__)

FEW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""The code is one for all types, so the examples of one type count for the others too."""


def test_every_kind_has_a_type() -> None:
    assert {kind.KIND for kind in CATALOGUE.types} == set(EventKind)


@TYPES
def test_a_type_is_frozen_slotted_and_says_what_it_rests_on_and_who_may_cause_it(kind: type[Content]) -> None:
    assert "__dict__" not in dir(kind)
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]  # every one is a dataclass
    assert kind.CLAUSES and all(clause.startswith("cl. ") for clause in kind.CLAUSES)
    assert kind.ACTORS and set(ActorKind) >= kind.ACTORS


@TYPES
@FEW
@given(data=st.data())
def test_what_was_written_reads_back_and_gives_the_same_bytes(kind: type[Content], data: st.DataObject) -> None:
    content = data.draw(contents(kind))
    written = canonical_json(content.to_data())
    assert kind.from_data(json.loads(written)) == content
    assert CATALOGUE.read(kind.KIND, json.loads(written)) == content
    assert canonical_json(CATALOGUE.read(kind.KIND, json.loads(written)).to_data()) == written  # type: ignore[union-attr]  # it was read


@TYPES
@FEW
@given(data=st.data())
def test_what_is_read_at_all_gives_the_same_bytes(kind: type[Content], data: st.DataObject) -> None:
    """Also data with values in the wrong places: either it is not read, or it comes back as it was."""
    written = data.draw(contents(kind)).to_data()
    for name in data.draw(st.sets(st.sampled_from([*written, "event_version", "generaton"]))):
        written[name] = data.draw(json_values)
    found = CATALOGUE.read(kind.KIND, written)
    assert isinstance(found, Unreadable) or canonical_json(found.to_data()) == canonical_json(written)


@TYPES
@FEW
@given(data=st.data())
def test_an_unknown_field_and_a_missing_one_are_refused(kind: type[Content], data: st.DataObject) -> None:
    content = data.draw(contents(kind))
    written = content.to_data()
    with pytest.raises(OddShape, match="generaton: it is unknown"):
        kind.from_data({**written, "generaton": 2})
    for name in written:
        less = {key: value for key, value in written.items() if key != name}
        assert _is_refused_or_another(kind, less, content)


@TYPES
@FEW
@given(data=st.data())
def test_a_value_of_another_type_is_refused_in_both_directions(kind: type[Content], data: st.DataObject) -> None:
    content = data.draw(contents(kind))
    for name in content.to_data():
        with pytest.raises(OddShape, match=name):
            kind.from_data({**content.to_data(), name: 1.5})
        values = {field.name: getattr(content, field.name) for field in fields(content)}  # type: ignore[arg-type]  # a dataclass
        with pytest.raises(OddShape, match=name):
            kind(**{**values, name: object()}).to_data()


@TYPES
@FEW
@given(data=st.data())
def test_a_content_cannot_be_changed(kind: type[Content], data: st.DataObject) -> None:
    content = data.draw(contents(kind))
    for field in fields(content):  # type: ignore[arg-type]  # a dataclass
        with pytest.raises(FrozenInstanceError):
            setattr(content, field.name, None)


def _is_refused_or_another(kind: type[Content], data: dict[str, Any], content: Content) -> bool:
    """A field that may be left out says something else when it is; the others cannot be left out."""
    try:
        return kind.from_data(data) != content
    except OddShape as error:
        return "it is missing" in str(error)
