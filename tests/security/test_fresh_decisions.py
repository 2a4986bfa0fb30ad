"""Who decides has given password and second factor within the last minutes, on every route that changes something.

The routes are read from the application, so that a new one is walked too. Source: docs/security.md row 49.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Final

import pytest

from provisioning.settings import Settings
from sidecar.auth.identity import Identity
from sidecar.auth.session import FRESH_FOR
from sidecar.blueprints import guard_of
from tests.support import sidecar_people as people
from tests.support.ois_listed import record_ois, record_operated
from tests.support.sidecar_running import Sidecar, signed_in
from tests.unit.sidecar.test_access_table import ADDRESSES, PERSONAS, TABLE

pytest_plugins = ("tests.support.sidecar_fixtures",)

PAGE: Final = {"Accept": "text/html"}
READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

ASKING: Final = frozenset(
    {
        ("POST", "/account/requests"),
        ("POST", "/authority/institutions/<username>/base-key"),
        ("POST", "/authority/institutions/<username>/ending"),
    }
)
"""Support requests of system users: they ask the Administrator, who decides. Nothing changes by them but the queue."""

OUT: Final = frozenset(
    {people.NOBODY, people.DEACTIVATED, people.FIRST_GENERATION, people.UNKNOWN, people.OPERATOR_OF_ENDED}
)
"""Who gets no further than the verdict, however fresh their second factor is."""

Route = tuple[str, str]


@pytest.fixture(autouse=True)
def filled(sidecar: Sidecar) -> None:
    """Everything that the addresses name is there, and the form's own token is not what keeps a form out."""
    sidecar.app.config["WTF_CSRF_ENABLED"] = False
    record_ois(sidecar.ledger)
    record_operated(sidecar.ledger)


def guarded(sidecar: Sidecar) -> Iterator[Route]:
    """Every route behind a guard that admits people who are signed in."""
    for rule in sidecar.app.url_map.iter_rules():
        guard = guard_of(rule.endpoint)
        if guard is not None and guard.admits is not None:
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                yield method, rule.rule


def admitted(sidecar: Sidecar, route: Route) -> list[Identity]:
    """Everybody whom the guard of this route lets in."""
    method, path = route
    endpoint = next(
        rule.endpoint
        for rule in sidecar.app.url_map.iter_rules()
        if rule.rule == path and method in (rule.methods or set())
    )
    guard = guard_of(endpoint)
    assert guard is not None and guard.admits is not None
    return [who for who in PERSONAS.values() if who is not None and who not in OUT and guard.admits(who)]


def database(settings: Settings) -> list[str]:
    with closing(sqlite3.connect(settings.database_url.removeprefix("sqlite:///"))) as connection:
        return list(connection.iterdump())


def test_the_access_table_and_the_application_have_the_same_routes(sidecar: Sidecar) -> None:
    assert set(guarded(sidecar)) <= set(TABLE)


def test_with_an_old_second_factor_no_route_changes_anything(sidecar: Sidecar, sidecar_settings: Settings) -> None:
    now, before = sidecar.clock(), database(sidecar_settings)
    answers: dict[Route, set[int]] = {}
    for route in set(guarded(sidecar)) - ASKING:
        method, path = route
        for who in admitted(sidecar, route):
            client = signed_in(sidecar.app, who, now, now - FRESH_FOR)
            with client.open(ADDRESSES.get(path, path), method=method, headers=PAGE) as answer:
                answers.setdefault(route, set()).add(answer.status_code)
    assert database(sidecar_settings) == before
    writing = {route: statuses for route, statuses in answers.items() if route[0] not in READS}
    assert len(writing) > 20
    # An explanation of a refusal is asked for by POST because a token must not stand in an address; it writes nothing.
    assert {route: s for route, s in writing.items() if s != {403}} == {("POST", "/desk/diagnosis"): {422}}


def test_with_a_fresh_one_no_route_asks_for_it_again(sidecar: Sidecar) -> None:
    """So the refusals above are about the second factor, and about nothing else."""
    asked = set()
    for route in guarded(sidecar):
        method, path = route
        for who in admitted(sidecar, route):
            with sidecar.signed_in(who).open(ADDRESSES.get(path, path), method=method, headers=PAGE) as answer:
                if "Підтвердьте ще раз" in answer.text or "fresh=yes" in (answer.location or ""):
                    asked.add(route)
    assert asked == set()


def test_a_second_factor_holds_for_five_minutes_to_the_second(sidecar: Sidecar) -> None:
    now = sidecar.clock()
    assert timedelta(minutes=5) == FRESH_FOR
    ages = (timedelta(minutes=5), timedelta(minutes=5) - timedelta(seconds=1), timedelta(seconds=-1))
    clients = [signed_in(sidecar.app, people.ADMINISTRATOR, now, now - age) for age in ages]
    form = {"requirement": "key-storage", "passed": "yes", "reason": "Опис отримано"}
    answers = [client.post("/desk/ois/diary/decide/judge", data=form, headers=PAGE) for client in clients]
    assert [answer.status_code for answer in answers] == [403, 202, 403]  # Recorded; there is no Keycloak here.


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/desk/ois/diary/decide/suspend", "/desk/ois/diary"),
        ("/desk/ois/diary/check", "/desk/ois/diary"),
        ("/desk/institutions/46-0001234/base-key", "/desk/institutions/46-0001234"),
        ("/desk/bulk/decide", "/desk/bulk"),
        ("/account/keys/rotate", "/account/keys/rotate"),
        ("/operator/keys/", "/operator/keys/"),
    ],
)
def test_who_comes_too_late_is_led_to_the_login_and_back_to_the_forms_page(
    sidecar: Sidecar, address: str, page: str
) -> None:
    who = next(
        who
        for who in (people.ADMINISTRATOR, people.SCHOOL, people.OPERATOR)
        if address.startswith({people.ADMINISTRATOR: "/desk", people.SCHOOL: "/account"}.get(who, "/operator"))
    )
    now = sidecar.clock()
    refused = signed_in(sidecar.app, who, now, now - FRESH_FOR).post(address, headers=PAGE)
    assert refused.status_code == 403
    assert f'href="/auth/login?next={page}&amp;fresh=yes"' in refused.text
