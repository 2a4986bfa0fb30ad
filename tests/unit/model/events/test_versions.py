"""Later shapes of a kind: they carry a version, and the earlier ones are read for ever."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from provisioning.model.events import EventKind
from provisioning.model.events.actors import ActorKind
from provisioning.model.events.catalogue import Catalogue, Unreadable
from provisioning.model.events.codec import Content
from provisioning.model.events.codec_atoms import OddShape
from provisioning.model.events.codec_fields import LackingInOld, WhereGiven


@dataclass(frozen=True, slots=True, kw_only=True)
class First(Content):
    KIND = EventKind.REALM_CHANGED
    CLAUSES = ("cl. 3",)
    ACTORS = frozenset({ActorKind.STAFF})

    name: str
    note: WhereGiven[str] = None
    email: LackingInOld[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Second(Content):
    KIND = EventKind.REALM_CHANGED
    CLAUSES = ("cl. 3",)
    ACTORS = frozenset({ActorKind.STAFF})
    VERSION = 2

    names: tuple[str, ...]


BOTH = Catalogue((First, Second))


def test_an_event_without_a_version_is_of_the_first() -> None:
    assert BOTH.read("realm:changed", {"name": "a", "email": "b"}) == First(name="a", email="b")


def test_a_later_shape_carries_its_version_and_is_read_by_its_own_type() -> None:
    written = Second(names=("a", "b")).to_data()
    assert written == {"event_version": 2, "names": ["a", "b"]}
    assert BOTH.read("realm:changed", written) == Second(names=("a", "b"))


def test_only_the_newest_shape_is_appended() -> None:
    assert BOTH.is_newest(Second(names=()))
    assert not BOTH.is_newest(First(name="a", email="b"))
    assert not Catalogue((First,)).is_newest(Second(names=()))


@pytest.mark.parametrize("version", [0, 1, 3, True, "2", None, [2]])
def test_another_version_is_not_read(version: object) -> None:
    data = {"event_version": version, "names": []}
    assert isinstance(BOTH.read("realm:changed", data), Unreadable)


def test_a_field_that_old_events_lack_reads_as_none_and_is_written_as_absent_again() -> None:
    old = First.from_data({"name": "a"})
    assert (old.email, old.to_data()) == (None, {"name": "a"})
    with pytest.raises(OddShape, match="email: it is missing"):
        old.require_complete()
    First(name="a", email="b").require_complete()


@pytest.mark.parametrize("name", ["note", "email"])
def test_a_field_that_may_be_absent_is_not_null(name: str) -> None:
    with pytest.raises(OddShape, match=name):
        First.from_data({"name": "a", "email": "b", name: None})


def test_an_unknown_kind_and_data_that_is_no_object_are_told() -> None:
    assert BOTH.read("realm:burnt", {}) == Unreadable("its kind 'realm:burnt' is unknown")
    assert BOTH.read("realm:changed", []) == Unreadable("its data is no object")
    assert BOTH.read("realm:changed", {"event_version": 7}) == Unreadable("its version 7 is unknown")
