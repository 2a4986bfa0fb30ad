"""API keys grow old on a real Keycloak: told ahead, ended by Keycloak itself, replaced. Source: order cl. 4."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from provisioning.keycloak.accounts.api_keys import KEY_EXPIRES
from provisioning.keycloak.lookups import require_client
from provisioning.ledger import open_ledger
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import CarriedOutLater
from provisioning.lifecycle.keys.ageing import EXPIRING_MAIL, Aged, age_keys
from provisioning.lifecycle.keys.rotation import EXPIRED_MAIL, retire_due, rotate
from provisioning.model.events import EventKind
from provisioning.model.records import ApiKeyRecord, ApiKeyState
from provisioning.model.upkeep import ApiKeyPolicy
from tests.support.configuration import school
from tests.support.office import Office

DAY = timedelta(days=1)
POLICY = ApiKeyPolicy(max_age=365 * DAY)


@pytest.fixture(scope="module", autouse=True)
def schools(office: Office) -> None:
    """Keys 1 and 3 were seen; nobody has seen key 2."""
    office.folder.write(school(1), school(2), school(3))
    office.apply()
    office.reveal("46-0000001")


@contextmanager
def later(office: Office, days: float, name: str = "api-46-0000001-k1") -> Iterator[Actor]:
    """The same office, so many days after a key was seen. The ledger's time never goes back, so each test moves on."""
    seen = key(office, name).revealed_at
    assert seen is not None
    now = seen + days * DAY
    ledger = open_ledger(office.realm.settings.database_url, clock=lambda: now)
    yield replace(office.actor, ledger=ledger)
    ledger.close()


def key(office: Office, name: str) -> ApiKeyRecord:
    with office.ledger.reader() as reader:
        found = reader.api_key(name)
    assert found is not None
    return found


def mails(office: Office, template: str) -> list[str]:
    with office.ledger.reader() as reader:
        return [mail.subject_account for mail in reader.mails() if mail.template == template]


def test_a_key_nobody_has_seen_does_not_age_and_a_young_one_is_left_alone(office: Office) -> None:
    with later(office, 300) as actor:
        assert age_keys(actor, POLICY) == Aged(0, 0)
    assert age_keys(office.actor, ApiKeyPolicy()) == Aged(0, 0)


def test_the_end_is_planned_in_ledger_and_keycloak_and_each_warning_is_given_once(office: Office) -> None:
    for days, done in ((340, Aged(1, 1)), (341, Aged(0, 0)), (357, Aged(0, 1)), (358, Aged(0, 0)), (368, Aged(0, 1))):
        with later(office, days) as actor:
            assert age_keys(actor, POLICY) == done
            assert age_keys(actor, POLICY) == Aged(0, 0)
    assert mails(office, EXPIRING_MAIL) == ["46-0000001"] * 3
    planned = key(office, "api-46-0000001-k1")
    assert planned.ends_at is not None
    assert planned.revealed_at is not None
    # Found at 340 days, 25 before the age is reached, it still gets the thirty days of the first warning.
    assert timedelta(days=369) < planned.ends_at - planned.revealed_at < timedelta(days=371)
    client = require_client(office.realm.admin, "api-46-0000001-k1")
    assert client["attributes"][KEY_EXPIRES] == str(int(planned.ends_at.timestamp()))


def test_at_its_end_the_last_key_gets_a_successor_and_the_owner_is_told(office: Office) -> None:
    with later(office, 375) as actor:
        assert retire_due(actor) == ("api-46-0000001-k1",)
        assert retire_due(actor) == ()
    assert key(office, "api-46-0000001-k1").state is ApiKeyState.RETIRED
    assert key(office, "api-46-0000001-k2").state is ApiKeyState.BORN
    assert mails(office, EXPIRED_MAIL) == ["46-0000001"]
    assert office.access_token("api-46-0000001-k2", office.reveal("46-0000001"))
    assert office.survey().plan.is_in_sync


def test_a_rotation_does_not_let_an_ageing_key_live_longer(office: Office) -> None:
    office.reveal("46-0000003")
    with later(office, 360, "api-46-0000003-k1") as actor:
        age_keys(actor, POLICY)
        planned = key(office, "api-46-0000003-k1").ends_at
        assert planned is not None
    with later(office, 385, "api-46-0000003-k1") as actor:
        rotated = rotate(actor, "46-0000003", 30 * DAY, POLICY)
    assert rotated.ends_at == planned
    with later(office, 386, "api-46-0000003-k1") as actor:
        age_keys(actor, POLICY)
    # It has a successor: its owner knows, and gets no second warning.
    assert mails(office, EXPIRING_MAIL).count("46-0000003") == 1
    assert "46-0000003" not in mails(office, EXPIRED_MAIL)


def test_with_keycloak_down_the_end_is_recorded_and_carried_out_later(office: Office) -> None:
    office.reveal("46-0000002")
    with later(office, 350, "api-46-0000002-k1") as actor:
        down = replace(actor, connection=office.actor_without_keycloak.connection)
        with pytest.raises(CarriedOutLater):
            age_keys(down, POLICY)
    assert key(office, "api-46-0000002-k1").ends_at is not None
    assert office.kinds("api-46-0000002-k1").count(EventKind.API_KEY_ENDING) == 1
    assert "expire-key:api-46-0000002-k1" in office.unfinished()
