"""The example database: the same routes as the configuration, and nothing for a caller whom no gate has let through."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from examples.central_database.app import create_app
from examples.central_database.register import Entry
from examples.central_database.routes import ROUTES, Route
from provisioning.registry import load_configuration

ROOT = Path(__file__).resolve().parents[3]
SCHOOL, SIBLING, AUTHORITY = "46-0001234", "46-0001235", "46-0000012"
REGISTER = {
    entry.id: entry
    for entry in (
        Entry("00-0000001", "Міністерство", "/00-0000001", True),
        Entry(AUTHORITY, "Відділ освіти", f"/00-0000001/{AUTHORITY}", True),
        Entry(SCHOOL, "Ліцей № 1", f"/00-0000001/{AUTHORITY}/{SCHOOL}", False),
        Entry(SIBLING, "Ліцей № 2", f"/00-0000001/{AUTHORITY}/{SIBLING}", False),
        Entry("46-0000013", "Інший відділ", "/00-0000001/46-0000013", True),
    )
}
EVERY_RIGHT = " ".join(sorted({route.right for route in ROUTES}))


@pytest.fixture
def database() -> FlaskClient:
    return create_app(REGISTER).test_client()


def as_caller(institution: str, rights: str = EVERY_RIGHT, **changed: str) -> Mapping[str, str]:
    return {
        "X-Aikom-Institution": institution,
        "X-Aikom-Sphere": REGISTER[institution].sphere,
        "X-Aikom-Rights": rights,
        "X-Aikom-Decision": "a-decision",
        **changed,
    }


def filled_in(path: str, institution: str) -> str:
    words = {"institution": institution, "student": "s001", "class": "7-А", "employee": "e001", "week": "2026-W36"}
    return path.format(**words, date="2026-09-01", application="q001", report="2026-09")


def test_the_routes_are_those_of_the_configuration() -> None:
    configuration = load_configuration(ROOT / "realm-config").configuration
    assert configuration is not None
    wanted = {(route.method, route.path, route.right) for route in configuration.protocol.routes}
    assert {(route.method, route.path, route.right) for route in ROUTES} == wanted


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_serves_its_institution_and_nobody_else(database: FlaskClient, route: Route) -> None:
    method, path = route.method, route.path
    own = database.open(filled_in(path, SCHOOL), method=method, headers=as_caller(SCHOOL), json={"note": "x"})
    assert own.status_code in (200, 201, 204) or (own.status_code == 404 and method == "DELETE")
    if "{institution}" in path:
        other = database.open(filled_in(path, SIBLING), method=method, headers=as_caller(SCHOOL), json={"note": "x"})
        assert other.status_code == 403
    without = database.open(filled_in(path, SCHOOL), method=method, headers=as_caller(SCHOOL, "nothing"), json={})
    assert without.status_code == 403


@pytest.mark.parametrize("missing", ["X-Aikom-Institution", "X-Aikom-Sphere", "X-Aikom-Decision"])
def test_a_request_without_a_decision_is_refused(database: FlaskClient, missing: str) -> None:
    headers = {name: value for name, value in as_caller(SCHOOL).items() if name != missing}
    assert database.get("/v1/institutions", headers=headers).status_code == 403


def test_a_sphere_that_does_not_end_in_the_institution_is_refused(database: FlaskClient) -> None:
    headers = as_caller(SCHOOL, **{"X-Aikom-Sphere": f"/00-0000001/{AUTHORITY}"})
    assert database.get("/v1/institutions", headers=headers).status_code == 403


def test_the_list_of_institutions_is_filtered_by_sphere(database: FlaskClient) -> None:
    def listed(who: str) -> set[str]:
        return {entry["id"] for entry in database.get("/v1/institutions", headers=as_caller(who)).json or []}

    assert listed(SCHOOL) == {SCHOOL}
    assert listed(AUTHORITY) == {AUTHORITY, SCHOOL, SIBLING}
    assert listed("00-0000001") == set(REGISTER)


def test_pupils_are_the_same_every_time_and_others_elsewhere(database: FlaskClient) -> None:
    def pupils(institution: str) -> object:
        again = create_app(REGISTER).test_client()
        return again.get(f"/v1/institutions/{institution}/students", headers=as_caller(AUTHORITY)).json

    assert pupils(SCHOOL) == pupils(SCHOOL)
    assert pupils(SCHOOL) != pupils(SIBLING)


def test_what_is_written_can_be_read(database: FlaskClient) -> None:
    base, who = f"/v1/institutions/{SCHOOL}/students", as_caller(SCHOOL)
    added = database.post(base, headers=who, json={"name": "Мрійна Гадка"})
    assert added.json == {"id": "n001", "name": "Мрійна Гадка"}
    assert database.patch(f"{base}/n001", headers=who, json={"class": "8-А"}).status_code == 200
    wanted = {"id": "n001", "name": "Мрійна Гадка", "class": "8-А"}
    assert database.get(f"{base}/n001", headers=who).json == wanted
