"""An apply over a network that fails, with a Keycloak that is busy: everything is made, and nothing twice.

Source: docs/security.md rows 33, 35.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from sqlalchemy import update

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import KeycloakUnreachable
from provisioning.ledger.errors import LeaseHeld, LeaseLost
from provisioning.ledger.leases.lease import hold_lease
from provisioning.ledger.store import schema
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.applying import pipeline
from provisioning.lifecycle.applying.apply import Applied, apply
from provisioning.lifecycle.applying.planning import survey
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.events import EventKind
from provisioning.settings import Settings
from tests.support.configuration import school
from tests.support.office import Office, office
from tests.support.shaky_keycloak import Fault, shaky

__all__ = ["office"]
pytestmark = pytest.mark.assure

ROUND = 60
"""Schools of one test: four batches."""


def through(office: Office, url: str) -> KeycloakConnection:
    return KeycloakConnection.from_settings(Settings({**office.realm.settings.values, "AIKOM_KEYCLOAK_URL": url}))


def apply_through(office: Office, faults: Sequence[Fault]) -> Applied:
    with shaky(office.realm.settings.keycloak_url, faults) as network:
        connection = through(office, network.url)
        found = survey(office.folder.load(), office.realm.settings, connection, office.ledger)
        applied = apply(Workshop(Actor(connection, office.ledger, "staff:test"), found.context), found)
        assert network.spoiled == list(faults)
        return applied


def write(office: Office, rounds: int) -> None:
    office.folder.write(*(school(number) for number in range(1, rounds * ROUND + 1)))


def everything_once(office: Office, expected: int) -> None:
    found = survey(office.folder.load(), office.realm.settings, office.realm.connection, office.ledger, full=True)
    assert found.plan.is_in_sync
    assert found.plan.existing == expected
    with office.ledger.reader() as reader:
        born = Counter(event.subject for event in reader.events(kinds=[EventKind.ACCOUNT_CREATED]))
        mails = Counter(mail.subject_account for mail in reader.mails())
        assert reader.pending_tasks() == ()
    assert set(born.values()) == {1}
    assert len(born) == expected
    assert {count for account, count in mails.items() if account in born} == {1}


def test_busy_stumbling_lost_and_cut_off_answers(office: Office) -> None:
    write(office, 1)
    faults = [Fault.BUSY, Fault.LOST, Fault.STUMBLE, Fault.CUT, Fault.UNAUTHORISED, Fault.REFUSED]
    assert apply_through(office, faults).created == ROUND + 1
    everything_once(office, ROUND + 1)


def test_patience_ends_and_the_next_apply_finishes(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    write(office, 2)
    with monkeypatch.context() as patched:
        patched.setattr(pipeline, "PATIENCE_S", 0.1)
        with pytest.raises(KeycloakUnreachable):
            apply_through(office, [Fault.LOST] * 40)
    with office.ledger.reader() as reader:
        assert reader.pending_tasks() != ()
    office.apply()
    everything_once(office, 2 * ROUND + 1)


def test_a_keycloak_that_goes_away_in_the_middle_and_comes_back(office: Office) -> None:
    write(office, 3)
    assert apply_through(office, [Fault.REFUSED] * 12).created == ROUND
    everything_once(office, 3 * ROUND + 1)


def test_of_two_applies_one_runs_and_the_other_hears_who_and_since_when(office: Office) -> None:
    with (
        hold_lease(office.ledger, name="apply", holder="staff:olena"),
        pytest.raises(LeaseHeld, match="staff:olena") as told,
        hold_lease(office.ledger, name="apply", holder="staff:ivan"),
    ):
        pass
    assert told.value.since is not None


def test_a_stalled_apply_that_wakes_up_records_nothing_and_changes_nothing(office: Office) -> None:
    write(office, 4)
    found = office.survey()
    with hold_lease(office.ledger, name="apply", holder="staff:stalled") as stalled:
        actor = Actor(office.realm.connection, office.ledger, "staff:stalled", fence=stalled.fence)
        workshop = Workshop(actor, found.context)
        _take_over(office, stalled.token + 1)
        with pytest.raises(LeaseLost):
            apply(workshop, found)
    assert not [name for name in office.survey().actual if name > "46-0000180"]
    assert office.apply().created == ROUND
    everything_once(office, 4 * ROUND + 1)


def _take_over(office: Office, token: int) -> None:
    """As another process does when the holder seems dead."""
    with office.ledger.transaction() as transaction:
        transaction.connection.execute(update(schema.lease).where(schema.lease.c.name == "apply").values(token=token))
