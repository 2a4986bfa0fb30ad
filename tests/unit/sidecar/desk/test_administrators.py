"""New administrators at the desk: who sees them, who approves, and what is said (order cl. 2, decision 32)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from provisioning.lifecycle.administrators import read_administrators, record_administrators
from provisioning.lifecycle.proposals import open_proposals
from provisioning.model.events.decisions import AdministratorProposed
from provisioning.planning.administrators import Administrators, admit
from tests.support import sidecar_people as people
from tests.support.office_without_keycloak import actor_without_keycloak
from tests.support.ois_application import csrf_token
from tests.support.ois_desk import SECOND
from tests.support.sidecar_running import Sidecar
from tests.unit.planning.test_administrators import member

pytest_plugins = ("tests.support.sidecar_fixtures",)

PAGE = {"Accept": "text/html"}
FIRST = people.ADMINISTRATOR
STRANGER = people.person("p.bondar", *FIRST.roles)
"""Somebody with the role in Keycloak and without a record."""


def known(sidecar: Sidecar) -> Administrators:
    with sidecar.ledger.reader() as reader:
        return read_administrators(reader)


@pytest.fixture
def number(sidecar: Sidecar) -> int:
    """The proposal of a third administrator, beside two on record."""
    apply = replace(actor_without_keycloak(sidecar.ledger, "staff:test"), name="watch:node-1")
    for names in ((FIRST.username, SECOND.username), (FIRST.username, SECOND.username, "i.franko")):
        record_administrators(apply, admit([member(name) for name in names], known(sidecar)))
    with sidecar.ledger.reader() as reader:
        (waiting,) = open_proposals(reader, sidecar.clock(), AdministratorProposed)
    return waiting.number


def answer(client: FlaskClient, number: int, way: str, **form: str) -> int:
    address = f"/desk/administrators/{number}"
    data = {"csrf_token": csrf_token(client, address), **form}
    return client.post(f"{address}/{way}", data=data, headers=PAGE).status_code


def test_two_approve_with_the_name_typed_and_each_sees_how_far_it_is(sidecar: Sidecar, number: int) -> None:
    first, second = sidecar.signed_in(FIRST), sidecar.signed_in(SECOND)
    assert f"/desk/administrators/{number}" in first.get("/desk", headers=PAGE).text
    assert "i.franko@iea.example" in first.get(f"/desk/administrators/{number}", headers=PAGE).text
    assert answer(first, number, "approve", confirmation="i.frank") == 422
    assert known(sidecar).approved == frozenset()
    assert answer(first, number, "approve", confirmation="i.franko") == 303
    assert "1 з 2" in first.get(f"/desk/administrators/{number}", headers=PAGE).text
    assert known(sidecar).approved == frozenset()
    assert answer(second, number, "approve", confirmation="i.franko") == 303
    assert known(sidecar).approved == {("i.franko", "i.franko@iea.example")}
    page = second.get("/desk/administrators", headers=PAGE).text
    assert FIRST.username in page and "i.franko" not in page
    assert second.get(f"/desk/administrators/{number}", headers=PAGE).status_code == 404


def test_one_refuses_and_says_why(sidecar: Sidecar, number: int) -> None:
    client = sidecar.signed_in(FIRST)
    assert answer(client, number, "refuse", reason="") == 422
    assert answer(client, number, "refuse", reason="Такої особи немає") == 303
    assert known(sidecar).approved == frozenset()
    assert client.get(f"/desk/administrators/{number}", headers=PAGE).status_code == 404


def test_a_role_that_is_not_on_record_approves_nobody(sidecar: Sidecar, number: int) -> None:
    assert answer(sidecar.signed_in(STRANGER), number, "approve", confirmation="i.franko") == 401
    assert known(sidecar).approved == frozenset()
