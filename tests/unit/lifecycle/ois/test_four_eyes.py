"""Four eyes on connection and end of an OIS: who may approve what, for how long, what is on record (order cl. 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from provisioning.ledger import Ledger, open_ledger
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import ActionRefused, CarriedOutLater
from provisioning.lifecycle.ois.connection import change_rights, suspend
from provisioning.lifecycle.ois.four_eyes import approve, propose_connection, propose_termination
from provisioning.lifecycle.ois.four_eyes import refuse as refuse_about
from provisioning.lifecycle.proposals import expire_proposals, open_proposals, refuse
from provisioning.model.events import EventKind
from provisioning.model.events.decisions import DeactivationProposed, OisProposed
from provisioning.model.ois import MandateState, OisState, Slug
from tests.support.ledger_events import data_of
from tests.support.office_without_keycloak import actor_without_keycloak
from tests.support.ois_listed import APPLIED, CONNECTED, SUSPENDED, documents_and_connection, record_ois
from tests.support.sidecar_ledger import record_accounts
from tests.support.sidecar_running import MovableClock

DAY = timedelta(days=1)


@dataclass
class World:
    """A ledger with an OIS in each state, and two administrators."""

    ledger: Ledger
    clock: MovableClock

    @property
    def olena(self) -> Actor:
        return actor_without_keycloak(self.ledger, "staff:olena")

    @property
    def andrii(self) -> Actor:
        return replace(self.olena, name="staff:andrii")

    def state(self, slug: str) -> OisState:
        with self.ledger.reader() as reader:
            record = reader.ois(Slug(slug))
        assert record is not None
        return record.state

    def approve(self, actor: Actor, slug: str, number: int) -> None:
        """Approve it; there is no Keycloak here to follow."""
        with pytest.raises(CarriedOutLater):
            approve(actor, slug, number)

    def refused(self, act: Callable[[], object], why: str) -> None:
        """Nothing is recorded by what is refused."""
        before = self.events()
        with pytest.raises(ActionRefused, match=why):
            act()
        assert self.events() == before

    def events(self) -> int:
        with self.ledger.reader() as reader:
            return sum(1 for _ in reader.events())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    clock = MovableClock()
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}", clock=clock)
    record_accounts(ledger)
    record_ois(ledger)
    with ledger.transaction() as transaction:
        transaction.append(documents_and_connection(APPLIED)[:-1])
    yield World(ledger, clock)
    ledger.close()


def test_two_administrators_connect_an_ois_with_the_rights_that_were_proposed(world: World) -> None:
    number = propose_connection(world.olena, APPLIED, ["students.read"], lifespan=DAY).number
    assert world.state(APPLIED) is OisState.APPLIED
    world.approve(world.andrii, APPLIED, number)
    assert world.state(APPLIED) is OisState.CONNECTED
    with world.ledger.reader() as reader:
        (connected,) = reader.events(subject=f"ois-{APPLIED}", kinds=[EventKind.OIS_CONNECTED])
        (approved,) = reader.events(subject="realm", kinds=[EventKind.DECISION_RECORDED])
    assert (connected.actor, data_of(connected)["rights"]) == ("staff:andrii", ["students.read"])
    assert (approved.actor, data_of(approved)["proposed_by"]) == ("staff:andrii", "staff:olena")
    assert connected.seq == approved.seq + 1


def test_two_administrators_end_a_connection_and_its_mandates(world: World) -> None:
    number = propose_termination(world.olena, CONNECTED, "порушення", lifespan=DAY).number
    assert world.state(CONNECTED) is OisState.CONNECTED
    world.approve(world.andrii, CONNECTED, number)
    assert world.state(CONNECTED) is OisState.TERMINATED
    with world.ledger.reader() as reader:
        assert {mandate.state for mandate in reader.mandates(ois=Slug(CONNECTED))} == {MandateState.WITHDRAWN}
        (ended,) = reader.events(subject=f"ois-{CONNECTED}", kinds=[EventKind.OIS_TERMINATED])
    assert (ended.actor, ended.reason) == ("staff:andrii", "порушення")


def test_a_suspended_ois_is_ended_by_two_as_well_and_suspending_is_one_s(world: World) -> None:
    with pytest.raises(CarriedOutLater):
        suspend(world.olena, CONNECTED, "кіберінцидент")
    number = propose_termination(world.olena, SUSPENDED, "порушення", lifespan=DAY).number
    world.approve(world.andrii, SUSPENDED, number)
    assert (world.state(CONNECTED), world.state(SUSPENDED)) == (OisState.SUSPENDED, OisState.TERMINATED)


def test_one_alone_takes_rights_away_and_gives_none_that_two_did_not_approve(world: World) -> None:
    number = propose_connection(world.olena, APPLIED, ["students.read"], lifespan=DAY).number
    world.approve(world.andrii, APPLIED, number)
    both = ["students.read", "classes.read"]
    world.refused(lambda: change_rights(world.olena, APPLIED, both, "x"), "two administrators .* classes.read")
    for rights in (["classes.read"], both):
        with pytest.raises(CarriedOutLater):
            change_rights(world.olena, CONNECTED, rights, "менше, тоді як було")


def test_nobody_approves_their_own_proposal(world: World) -> None:
    number = propose_termination(world.olena, CONNECTED, "порушення", lifespan=DAY).number
    world.refused(lambda: approve(world.olena, CONNECTED, number), "themselves")


def test_a_proposal_is_answered_under_its_own_ois_and_number_only(world: World) -> None:
    number = propose_termination(world.olena, CONNECTED, "порушення", lifespan=DAY).number
    world.refused(lambda: approve(world.andrii, SUSPENDED, number), "not about OIS")
    world.refused(lambda: approve(world.andrii, CONNECTED, number + 1), "no proposal")
    world.refused(lambda: refuse(world.andrii, number, "x", DeactivationProposed), "no proposal")
    world.refused(lambda: refuse_about(world.andrii, SUSPENDED, number, "x"), "not about OIS")
    refuse_about(world.andrii, CONNECTED, number, "x")
    world.refused(lambda: approve(world.andrii, CONNECTED, number), "refused already")


def test_what_is_not_possible_is_not_proposed(world: World) -> None:
    world.refused(lambda: propose_connection(world.olena, CONNECTED, lifespan=DAY), "connected already")
    world.refused(lambda: propose_termination(world.olena, APPLIED, "x", lifespan=DAY), "not connected")
    world.refused(lambda: propose_connection(world.olena, APPLIED, ["users.admin"], lifespan=DAY), "did not ask")
    world.refused(lambda: propose_connection(world.olena, APPLIED, [], lifespan=DAY), "no rights")


def test_what_is_no_longer_possible_is_not_approved(world: World) -> None:
    number = propose_connection(world.olena, APPLIED, lifespan=DAY * 900).number
    world.clock.advance(DAY * 800)
    world.refused(lambda: approve(world.andrii, APPLIED, number), "run out")


def test_a_second_proposal_about_the_same_ois_waits_for_the_first(world: World) -> None:
    number = propose_termination(world.olena, CONNECTED, "порушення", lifespan=DAY).number
    world.refused(lambda: propose_termination(world.andrii, CONNECTED, "інше", lifespan=DAY), f"proposal {number} ")
    refuse(world.olena, number, "передумала", OisProposed)
    assert propose_termination(world.andrii, CONNECTED, "інше", lifespan=DAY).number > number


def test_a_proposal_expires_and_cannot_be_approved_any_more(world: World) -> None:
    number = propose_termination(world.olena, CONNECTED, "порушення", lifespan=DAY).number
    world.clock.advance(DAY)
    assert expire_proposals(world.andrii) == 1
    world.refused(lambda: approve(world.andrii, CONNECTED, number), "expired already")
    with world.ledger.reader() as reader:
        assert open_proposals(reader, world.clock(), OisProposed) == ()
