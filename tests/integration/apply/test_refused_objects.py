"""One object that Keycloak refuses stops nobody: the rest is done; it is tried again, and a person's in the end."""

from __future__ import annotations

from datetime import date

import pytest

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import find_client, find_user, require_client, require_user
from provisioning.keycloak.realm.scopes import DIRECT_USE, INSTITUTION
from provisioning.lifecycle.accounts.deactivation import deactivate
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.applying import pipeline
from provisioning.lifecycle.applying.apply import Applied, apply
from provisioning.lifecycle.applying.planning import survey
from provisioning.lifecycle.comparison.convergence import converge
from provisioning.lifecycle.errors import CarriedOutLater
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.errors import ExitCode
from provisioning.model.institution import Deactivation, DeactivationReason
from provisioning.model.records import Task
from provisioning.planning.guards import Guard
from provisioning.settings import Settings
from tests.support.configuration import school
from tests.support.office import Office, office
from tests.support.shaky_keycloak import Fault, Spoils, shaky
from tests.support.watcher import provision

pytestmark = pytest.mark.assure

__all__ = ["office"]

OFTEN = [Fault.STUMBLE] * 50
FOREIGN = "api-46-0000002-k1"
WHY = Deactivation(DeactivationReason.LIQUIDATION, "№ 12-о", date(2026, 11, 20))


def name(number: int) -> str:
    return f"46-{number:07d}"


def actor_through(office: Office, url: str) -> Actor:
    settings = Settings({**office.realm.settings.values, "AIKOM_KEYCLOAK_URL": url})
    return Actor(KeycloakConnection.from_settings(settings), office.ledger, "staff:test")


def apply_over(office: Office, spoils: Spoils) -> Applied:
    """An apply through a network in which the calls that `spoils` picks fail as if Keycloak stumbled."""
    with shaky(office.realm.settings.keycloak_url, OFTEN, spoils) as network:
        actor = actor_through(office, network.url)
        allowed = {Guard.UPDATES: 5}
        found = survey(office.folder.load(), office.realm.settings, actor.connection, office.ledger, allowed=allowed)
        return apply(Workshop(actor, found.context), found)


def waiting(office: Office, account: str) -> list[Task]:
    with office.ledger.reader() as reader:
        return [task for task in reader.pending_tasks() if account in task.subject]


def test_a_birth_that_keycloak_refuses_holds_up_no_other(office: Office) -> None:
    office.folder.write()
    office.apply()
    office.realm.admin.post("/clients", {"clientId": FOREIGN})
    office.folder.write(*(school(number) for number in range(1, 6)))
    applied = office.apply()
    assert (applied.created, [one.subject for one in applied.refused]) == (4, [name(2)])
    assert "did not make" in applied.refused[0].why and "drift" in applied.refused[0].remedy
    assert find_user(office.realm.connection, name(2)) is None
    (task,) = waiting(office, name(2))
    assert (task.failures, task.next_try_at is not None) == (1, True)
    assert task.last_error == str(applied.refused[0])
    # A person who runs the command tries it again at once, and is told by words, number and exit code.
    told = provision(office, "apply", "--no-mail")
    assert told.returncode == ExitCode.DIFFERENCES
    assert name(2) in told.stdout and "drift" in told.stdout
    (task,) = waiting(office, name(2))
    assert task.failures == 2
    office.realm.admin.delete(f"/clients/{require_client(office.realm.admin, FOREIGN)['id']}")
    applied = office.apply()
    assert (applied.created, applied.refused, waiting(office, name(2))) == (1, (), [])
    assert find_client(office.realm.connection, FOREIGN) is not None


def test_a_change_that_keycloak_stumbles_over_holds_up_no_other(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "STUMBLES", 1)
    stubborn = require_user(office.realm.connection, name(3))["id"]
    office.folder.write(*(school(number, f"email: moved{number}@schools.example") for number in range(1, 6)))
    applied = apply_over(office, lambda method, path: method == "PUT" and path.endswith(f"/users/{stubborn}"))
    assert (applied.updated, [one.subject for one in applied.refused]) == (4, [name(3)])
    assert [task.failures for task in waiting(office, name(3))] == [1]
    assert require_user(office.realm.connection, name(4))["email"] == "moved4@schools.example"
    assert (office.apply().updated, waiting(office, name(3))) == (1, [])


def test_a_realm_object_that_keycloak_stumbles_over_holds_up_no_other(office: Office) -> None:
    scopes = {scope["name"]: scope["id"] for scope in office.realm.admin.get("/client-scopes")}
    for scope in (INSTITUTION, DIRECT_USE):
        body = {"name": scope, "protocol": "openid-connect", "description": "changed by hand"}
        office.realm.admin.put(f"/client-scopes/{scopes[scope]}", body)
    planned = len(office.survey().plan.objects)
    applied = apply_over(office, lambda method, path: method == "PUT" and path.endswith(scopes[INSTITUTION]))
    assert planned >= 2, "both are wrong"
    assert (applied.realm, [one.subject for one in applied.refused]) == (planned - 1, [f"client scope {INSTITUTION}"])
    assert (office.apply().realm, office.survey().plan.is_in_sync) == (1, True)


def test_an_end_that_keycloak_stumbles_over_is_in_force_and_waits_for_its_turn(office: Office) -> None:
    stubborn = require_client(office.realm.connection, "api-46-0000004-k1")["id"]
    spoils = lambda method, path: method == "PUT" and path.endswith(f"/clients/{stubborn}")  # noqa: E731
    with shaky(office.realm.settings.keycloak_url, OFTEN, spoils) as network:
        with pytest.raises(CarriedOutLater, match=name(4)) as told:
            deactivate(actor_through(office, network.url), [name(4)], WHY)
        assert "refuses 1 of 1 actions" in told.value.message
        deactivate(actor_through(office, network.url), [name(5)], WHY)
        spoiled = len(network.spoiled)
        done = converge(actor_through(office, network.url))
        assert [failure.subject for failure in done.refused] == [name(4)]
        assert len(network.spoiled) == spoiled, "its pause is not over"
    assert require_user(office.realm.connection, name(5))["enabled"] is False
    assert require_client(office.realm.connection, "api-46-0000004-k1")["enabled"] is True
    assert converge(office.actor, again=True).refused == ()
    assert require_client(office.realm.connection, "api-46-0000004-k1")["enabled"] is False
    assert waiting(office, name(4)) == []
