"""New administrators are proposed by an apply and approved by those on record (order cl. 2, decision 32)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from provisioning.ledger import Ledger, open_ledger
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.administrators import (
    FIRST,
    LIFESPAN,
    read_administrators,
    record_administrators,
    support,
)
from provisioning.lifecycle.errors import ActionRefused
from provisioning.lifecycle.proposals import open_proposals, refuse
from provisioning.model.events import EventKind
from provisioning.model.events.decisions import AdministratorProposed
from provisioning.planning.administrators import Admission, admit
from tests.support.ledger_events import data_of
from tests.support.office_without_keycloak import actor_without_keycloak
from tests.support.sidecar_running import MovableClock
from tests.unit.planning.test_administrators import member


@dataclass
class World:
    """A ledger and what applies of `staff.yaml` record in it."""

    ledger: Ledger
    clock: MovableClock

    def actor(self, name: str) -> Actor:
        return replace(actor_without_keycloak(self.ledger, "staff:test"), name=name)

    def apply(self, *names: str) -> Admission:
        """What an apply does of a file that names these administrators."""
        with self.ledger.reader() as reader:
            known = read_administrators(reader)
        admission = admit([member(name) for name in names], known)
        record_administrators(self.actor("watch:node-1"), admission)
        return admission

    def waiting(self) -> dict[str, int]:
        with self.ledger.reader() as reader:
            found = open_proposals(reader, self.clock(), AdministratorProposed)
        return {one.proposed.username: one.number for one in found}

    def support(self, name: str, number: int) -> bool:
        return support(self.actor(f"staff:{name}"), number)

    def kinds(self) -> list[str]:
        with self.ledger.reader() as reader:
            return [event.kind for event in reader.events(subject="realm")]

    def current(self) -> frozenset[str]:
        with self.ledger.reader() as reader:
            return read_administrators(reader).current


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    clock = MovableClock()
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}", clock=clock)
    yield World(ledger, clock)
    ledger.close()


def test_the_first_are_taken_with_an_alarm_and_only_once(world: World) -> None:
    world.apply("olena", "andrii")
    assert world.current() == {"olena", "andrii"}
    with world.ledger.reader() as reader:
        (alarm,) = reader.events(kinds=[EventKind.ALARM_RAISED])
    assert data_of(alarm) == {"what": FIRST}
    before = world.kinds()
    world.apply("olena", "andrii")
    assert world.kinds() == before


def test_a_new_one_needs_two_different_administrators(world: World) -> None:
    world.apply("olena", "andrii")
    world.apply("olena", "andrii", "ivan")
    number = world.waiting()["ivan"]
    assert world.support("olena", number) is False
    assert world.support("olena", number) is False, "the same one twice is one"
    assert "ivan" in world.apply("olena", "andrii", "ivan").waiting
    assert world.support("andrii", number) is True
    assert world.apply("olena", "andrii", "ivan").administrators == {"olena", "andrii", "ivan"}
    assert world.current() == {"olena", "andrii", "ivan"}


def test_one_is_enough_where_there_is_only_one(world: World) -> None:
    world.apply("olena")
    world.apply("olena", "ivan")
    assert world.support("olena", world.waiting()["ivan"]) is True


@pytest.mark.parametrize("name", ["ivan", "petro", "46-0001234"])
def test_who_is_not_on_record_approves_nobody_not_even_themselves(world: World, name: str) -> None:
    """A role that somebody gave by hand in Keycloak is no vote."""
    world.apply("olena")
    world.apply("olena", "ivan", "petro")
    before = world.kinds()
    with pytest.raises(ActionRefused, match="no administrator on record"):
        world.support(name, world.waiting()["ivan"])
    assert world.kinds() == before


def test_a_refusal_holds_and_is_not_asked_again_at_each_apply(world: World) -> None:
    world.apply("olena", "andrii")
    world.apply("olena", "andrii", "ivan")
    refuse(world.actor("staff:olena"), world.waiting()["ivan"], "невідома особа", AdministratorProposed)
    for _ in range(2):
        assert world.apply("olena", "andrii", "ivan").waiting == ("ivan",)
    assert world.waiting() == {} and world.kinds().count("decision:proposed") == 1


def test_after_its_time_a_proposal_is_made_anew(world: World) -> None:
    world.apply("olena", "andrii")
    world.apply("olena", "andrii", "ivan")
    first = world.waiting()["ivan"]
    world.clock.advance(LIFESPAN)
    with pytest.raises(ActionRefused, match="expired"):
        world.support("olena", first)
    world.apply("olena", "andrii", "ivan")
    assert world.waiting()["ivan"] > first


def test_who_left_and_comes_back_is_approved_anew(world: World) -> None:
    world.apply("olena", "andrii")
    world.apply("olena", "andrii", "ivan")
    for name in ("olena", "andrii"):
        world.support(name, world.waiting().get("ivan", 0))
    world.apply("olena", "andrii", "ivan")
    world.apply("olena", "andrii")
    assert world.current() == {"olena", "andrii"}
    assert world.apply("olena", "andrii", "ivan").waiting == ("ivan",)


def test_the_last_one_stays_on_record(world: World) -> None:
    world.apply("olena")
    assert world.apply("ivan").held == {"olena"}
    assert world.current() == {"olena"}
