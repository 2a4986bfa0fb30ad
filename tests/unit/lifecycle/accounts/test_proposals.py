"""Four eyes on a bulk deactivation: who may approve what, for how long, and what is on record (order cl. 10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from provisioning.ledger import Ledger, open_ledger
from provisioning.lifecycle.accounts.choosing import Choice, choose, preview, select_accounts
from provisioning.lifecycle.accounts.deactivation import Bulk, record_deactivation
from provisioning.lifecycle.accounts.proposals import approve, propose
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import ActionRefused, UnknownAccount
from provisioning.lifecycle.proposals import (
    Proposal,
    ProposalState,
    expire_proposals,
    open_proposals,
    proposals,
    refuse,
)
from provisioning.model.configuration import Limit
from provisioning.model.events import EventKind
from provisioning.model.events.decisions import DeactivationProposed
from provisioning.model.institution import Deactivation, DeactivationReason
from provisioning.model.records import AccountState
from provisioning.model.upkeep import BulkApproval
from tests.support.ledger_events import data_of
from tests.support.office_without_keycloak import actor_without_keycloak
from tests.support.sidecar_ledger import record_accounts
from tests.support.sidecar_names import AUTHORITY, DEACTIVATED, SCHOOL, SECOND_GENERATION
from tests.support.sidecar_running import MovableClock

WHY = Deactivation(DeactivationReason.CYBER_INCIDENT, "№ 13-о", date(2026, 11, 21))
NAMES = (SCHOOL, SECOND_GENERATION)
DAY = timedelta(days=1)


@dataclass
class World:
    """A ledger with a few accounts, and two administrators."""

    ledger: Ledger
    clock: MovableClock

    @property
    def olena(self) -> Actor:
        return actor_without_keycloak(self.ledger, "staff:olena")

    @property
    def andrii(self) -> Actor:
        return replace(self.olena, name="staff:andrii")

    def propose(self) -> Proposal[DeactivationProposed]:
        return propose(self.olena, NAMES, WHY, Bulk("two schools", 2), lifespan=DAY)

    def states(self) -> list[AccountState | None]:
        with self.ledger.reader() as reader:
            records = [reader.account(name) for name in NAMES]
        return [None if record is None else record.state for record in records]

    def state(self, number: int) -> Proposal[DeactivationProposed]:
        with self.ledger.reader() as reader:
            return next(proposal for proposal in proposals(reader, DeactivationProposed) if proposal.number == number)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    clock = MovableClock()
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}", clock=clock)
    record_accounts(ledger)
    yield World(ledger, clock)
    ledger.close()


def test_a_proposal_ends_nothing_and_another_administrator_approves_it(world: World) -> None:
    number = world.propose().number
    assert AccountState.DEACTIVATED not in world.states()
    decided = approve(world.andrii, number, 2)
    assert world.states() == [AccountState.DEACTIVATED] * 2
    settled = world.state(number)
    assert settled.state is ProposalState.APPROVED
    assert settled.answer is not None
    assert (settled.answer.seq, settled.answer.actor) == (decided.number, "staff:andrii")
    assert data_of(settled.answer)["proposed_by"] == "staff:olena"
    assert data_of(settled.answer)["accounts"] == list(NAMES)
    with world.ledger.reader() as reader:
        assert {task.key for task in reader.pending_tasks()} == {f"close:{name}" for name in NAMES}


def test_nobody_approves_their_own_proposal(world: World) -> None:
    number = world.propose().number
    with pytest.raises(ActionRefused, match="themselves"):
        approve(world.olena, number, 2)
    assert AccountState.DEACTIVATED not in world.states()
    assert world.state(number).state is ProposalState.OPEN


@pytest.mark.parametrize("expect", [1, 3])
def test_an_approval_needs_the_exact_number_that_still_lives(world: World, expect: int) -> None:
    number = world.propose().number
    with pytest.raises(ActionRefused, match="expected"):
        approve(world.andrii, number, expect)
    record_deactivation(world.olena, [SCHOOL], WHY, Bulk(expect=1))
    with pytest.raises(ActionRefused):
        approve(world.andrii, number, 2)
    assert approve(world.andrii, number, 1).selection.usernames == (SECOND_GENERATION,)


def test_a_refusal_is_recorded_with_its_reason_and_settles_the_proposal(world: World) -> None:
    number = world.propose().number
    refuse(world.andrii, number, "  не той   перелік ", DeactivationProposed)
    settled = world.state(number)
    assert settled.state is ProposalState.REFUSED
    assert settled.answer is not None
    assert (settled.answer.actor, settled.answer.reason) == ("staff:andrii", "не той перелік")
    for act in (
        lambda: approve(world.andrii, number, 2),
        lambda: refuse(world.olena, number, "ще раз", DeactivationProposed),
    ):
        with pytest.raises(ActionRefused, match="refused already"):
            act()


def test_a_proposal_expires_on_record_and_cannot_be_approved_any_more(world: World) -> None:
    number = world.propose().number
    world.clock.advance(DAY)
    with pytest.raises(ActionRefused, match="expired already"):
        approve(world.andrii, number, 2)
    assert world.state(number).state is ProposalState.EXPIRED
    assert AccountState.DEACTIVATED not in world.states()
    assert expire_proposals(world.andrii) == 0


def test_what_waits_is_listed_once_and_until_its_end(world: World) -> None:
    assert world.propose().number == world.propose().number
    with world.ledger.reader() as reader:
        assert len(open_proposals(reader, world.clock(), DeactivationProposed)) == 1
        assert open_proposals(reader, world.clock() + DAY, DeactivationProposed) == ()
        assert [event.kind for event in reader.events(kinds=[EventKind.DECISION_PROPOSED])] == ["decision:proposed"]


def test_a_number_that_is_no_proposal_is_refused(world: World) -> None:
    with pytest.raises(ActionRefused, match="no proposal 1"):
        approve(world.andrii, 1, 2)


def test_under_four_eyes_several_are_refused_and_a_single_one_is_not(world: World) -> None:
    with pytest.raises(ActionRefused, match="second administrator"):
        record_deactivation(world.olena, NAMES, WHY, Bulk("two", 2))
    record_deactivation(world.olena, [SCHOOL], WHY, Bulk(expect=1))
    assert world.states()[0] is AccountState.DEACTIVATED


def test_other_accounts_than_those_looked_at_are_refused_although_the_number_fits(world: World) -> None:
    with world.ledger.reader() as reader:
        seen = select_accounts(reader, [SCHOOL, AUTHORITY]).digest
    with pytest.raises(ActionRefused, match="not the accounts"):
        record_deactivation(world.olena, NAMES, WHY, Bulk("two", 2, seen, BulkApproval.SINGLE))


def test_a_choice_by_authority_is_everything_below_it_and_what_ended_stays(world: World) -> None:
    with world.ledger.reader() as reader:
        chosen = choose(reader, Choice(authority=AUTHORITY))
        found = preview(reader, chosen.names, Limit(1, 0.5))
    assert found.selection.usernames == NAMES
    assert {record.username for record in found.selection.ended} == {DEACTIVATED}
    assert (found.keys, found.mandates, dict(found.kinds)) == (2, 0, {"school": 2})
    assert found.guard is not None
    assert (found.guard.count, found.guard.existing) == (2, 3)


def test_every_unknown_name_is_named(world: World) -> None:
    with world.ledger.reader() as reader, pytest.raises(UnknownAccount, match=r"'46-0000777', 'nobody'"):
        select_accounts(reader, [SCHOOL, "46-0000777", "nobody"])
    with world.ledger.reader() as reader, pytest.raises(UnknownAccount, match="not an authority"):
        choose(reader, Choice(authority=SCHOOL))
