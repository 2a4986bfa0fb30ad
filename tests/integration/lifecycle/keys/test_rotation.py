"""Planned rotation on a real Keycloak: two keys side by side, then one. Source: order cl. 4."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from provisioning.keycloak.lookups import require_user
from provisioning.ledger import open_ledger
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.comparison.convergence import converge
from provisioning.lifecycle.errors import ActionRefused, CarriedOutLater
from provisioning.lifecycle.keys.rotation import USUAL, retire, retire_due, rotate
from provisioning.model.events import EventKind
from tests.support.configuration import school
from tests.support.office import Office

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module", autouse=True)
def schools(office: Office) -> None:
    exception = "rights: {remove: [grades.write]}"
    office.folder.write(school(1), school(2, exception), school(3), school(4), school(5))
    office.apply()


def later(office: Office, wait: timedelta) -> Actor:
    """The same office, so much later."""
    now = office.ledger.clock() + wait
    return replace(office.actor, ledger=open_ledger(office.realm.settings.database_url, clock=lambda: now))


def test_both_keys_work_during_the_overlap_and_the_old_one_does_not_after_it(office: Office) -> None:
    old = office.reveal("46-0000001")
    rotated = rotate(office.actor, "46-0000001", HOUR)
    assert (rotated.old, rotated.new) == ("api-46-0000001-k1", "api-46-0000001-k2")
    assert rotated.ends_at is not None
    new = office.reveal("46-0000001")
    assert office.access_token("api-46-0000001-k1", old)
    assert office.access_token("api-46-0000001-k2", new)
    assert retire_due(later(office, HOUR / 2)) == ()
    evening = later(office, 2 * HOUR)
    assert retire_due(evening) == ("api-46-0000001-k1",)
    assert retire_due(evening) == ()
    evening.ledger.close()
    assert office.token("api-46-0000001-k1", old).status_code == 401
    assert office.access_token("api-46-0000001-k2", new)
    assert office.kinds("api-46-0000001-k1")[-2:] == [EventKind.API_KEY_ENDING, EventKind.API_KEY_RETIRED]
    assert office.survey().plan.is_in_sync


def test_the_new_key_has_the_same_claims_roles_and_rights(office: Office) -> None:
    rotate(office.actor, "46-0000002", HOUR)
    connection = office.realm.connection
    old = require_user(connection, "service-account-api-46-0000002-k1")
    new = require_user(connection, "service-account-api-46-0000002-k2")
    assert new["attributes"] == old["attributes"]
    mappings = [connection.get(f"/users/{user['id']}/role-mappings") for user in (old, new)]
    assert mappings[0] == mappings[1]
    assert office.survey().plan.is_in_sync


def test_an_overlap_of_nothing_ends_the_old_key_at_once(office: Office) -> None:
    old = office.reveal("46-0000003")
    assert rotate(office.actor, "46-0000003", timedelta(0)).ends_at is None
    assert office.token("api-46-0000003-k1", old).status_code == 401


def test_the_overlap_can_be_ended_early_but_the_last_key_cannot(office: Office) -> None:
    old = office.reveal("46-0000004")
    rotate(office.actor, "46-0000004", HOUR)
    assert retire(office.actor, "api-46-0000004-k1").client_id == "api-46-0000004-k1"
    assert office.token("api-46-0000004-k1", old).status_code == 401
    with pytest.raises(ActionRefused, match="only live API key"):
        retire(office.actor, "api-46-0000004-k2")


def test_a_third_live_key_and_an_endless_overlap_are_refused(office: Office) -> None:
    with pytest.raises(ActionRefused, match="under way"):
        rotate(office.actor, "46-0000002", HOUR)
    with pytest.raises(ActionRefused, match="under way"):
        rotate(office.actor, "api-46-0000002-k1", HOUR)
    with pytest.raises(ActionRefused, match="overlap lasts"):
        rotate(office.actor, "46-0000002", USUAL.max_overlap + HOUR)


def test_keycloak_refuses_the_old_key_after_the_overlap_even_when_nothing_of_ours_runs(office: Office) -> None:
    old = office.reveal("46-0000005")
    rotate(office.actor, "46-0000005", timedelta(milliseconds=1))
    assert office.token("api-46-0000005-k1", old).status_code == 401


def test_with_keycloak_down_it_is_finished_later_exactly_once(office: Office) -> None:
    for _ in range(2):
        with pytest.raises(CarriedOutLater):
            rotate(office.actor_without_keycloak, "46-0000003", HOUR)
    converge(office.actor)
    with office.ledger.reader() as reader:
        assert [key.client_id for key in reader.api_keys("46-0000003")][-1] == "api-46-0000003-k3"
    assert office.unfinished() == []
    assert office.access_token("api-46-0000003-k3", office.reveal("46-0000003"))
