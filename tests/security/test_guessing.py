"""How often a school gets in while strangers guess its password from 1, 10 and 100 addresses. docs/security.md row 53.

Prints a table. The first minutes are measured, every address spending at once what it has; the day is computed from
what an address may spend, each guess then costing the school one wait (`test_guess_limits.py`, `test_login_limits.py`).
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest
import requests

from provisioning.keycloak.events import read_wrong_passwords
from provisioning.keycloak.lookups import require_user
from provisioning.lifecycle.accounts.guessing import FROM_ONE_ADDRESS, WINDOW, summed_up
from tests.support.addresses import address_of, new_address
from tests.support.login_forms import begun, enters
from tests.support.sidecar_with_keycloak import Person, SidecarWithKeycloak, make_person

pytest_plugins = ("tests.support.sidecar_keycloak_fixtures",)
pytestmark = [pytest.mark.keycloak, pytest.mark.assure]

SCHOOLS: Final = {1: "46-0008001", 10: "46-0008010", 100: "46-0008100"}
OWN_NETWORK: Final = 90
MEASURED_S: Final = {1: 110.0, 10: 25.0, 100: 25.0}
LOGINS: Final = 110
"""No more are tried from either. One from elsewhere may meet a guess that is looked at: Keycloak then refuses it."""

WAIT_S: Final = 2
"""`brute_force.max_wait_seconds` of the example configuration."""

IN_A_DAY: Final = 363
"""Guesses of one address at one name, as `test_guess_limits.py` counts them."""

AT_ONCE: Final = 4
"""Strangers that guess at the same time: more only wait for a processor."""


@pytest.fixture(scope="module")
def schools(portal: SidecarWithKeycloak) -> dict[int, Person]:
    return {addresses: make_person(portal.realm, name) for addresses, name in SCHOOLS.items()}


@contextmanager
def strangers(portal: SidecarWithKeycloak, name: str, network: int, addresses: int) -> Iterator[list[int]]:
    """So many addresses guess in turn as fast as they are answered; the list grows by one for each guess."""
    sent: list[int] = []
    over = threading.Event()

    def guess(first: int) -> None:
        number = first
        while not over.is_set():
            login = begun(portal, address_of(network, number % addresses))
            try:
                login.fill(login.open(), username=name, password=f"a guess {number}")
            except requests.RequestException:
                continue
            finally:
                login.jar.close()
            sent.append(number)
            number += AT_ONCE

    threads = [threading.Thread(target=guess, args=(first,), daemon=True) for first in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    try:
        yield sent
    finally:
        over.set()
        for thread in threads:
            thread.join()


def test_strangers_from_one_address_do_not_keep_a_school_out(
    portal: SidecarWithKeycloak, schools: dict[int, Person], capsys: pytest.CaptureFixture[str]
) -> None:
    """From an address where it has signed in before, and from one where it has not."""
    lines, measured = ["addresses  guesses  logins  where it was before  elsewhere  elsewhere over a day"], {}
    for number, (addresses, person) in enumerate(schools.items()):
        home = address_of(OWN_NETWORK, number)
        assert enters(portal, person, home)
        tries, elsewhere = list[bool](), list[bool]()
        with strangers(portal, person.username, number + 1, addresses) as sent:
            end = time.monotonic() + MEASURED_S[addresses]
            while time.monotonic() < end and len(elsewhere) < LOGINS:
                tries.append(enters(portal, person, home))
                elsewhere.append(enters(portal, person, new_address()))
        measured[addresses] = tries, elsewhere
        lines.append(
            f"{addresses:9}  {len(sent):7}  {len(tries) * 2:6}  {share(tries):19.1%}  {share(elsewhere):9.1%}"
            f"  {_over_a_day(addresses):20.1%}"
        )
        assert len(tries) > 10 and len(sent) > 10
        assert require_user(portal.realm.admin, person.username)["enabled"] is True
    with capsys.disabled():
        sys.stdout.write("\n".join(["", *lines, ""]))
    assert min(share(home) for home, _ in measured.values()) >= 0.99
    assert measured[1][1].count(False) <= 1
    assert _over_a_day(1) >= 0.99


def share(tries: list[bool]) -> float:
    return sum(tries) / len(tries)


def _over_a_day(addresses: int) -> float:
    """At least: guesses that fall into one another's wait cost less."""
    return max(0.0, 1 - addresses * IN_A_DAY * WAIT_S / 86_400)


def test_many_names_from_one_address_are_seen(portal: SidecarWithKeycloak) -> None:
    stranger = address_of(OWN_NETWORK, 200)
    for number in range(FROM_ONE_ADDRESS):
        login = begun(portal, stranger)
        login.fill(login.open(), username=f"46-{9_000_000 + number}", password="a guess")
    tried = list(read_wrong_passwords(portal.realm.admin, portal.ledger.clock() - WINDOW, 20_000))
    found = summed_up(pair for pair in tried if pair[1] == stranger)
    assert found.is_alarming
    assert (found.names_of_address, found.address) == (FROM_ONE_ADDRESS, stranger)
    assert stranger in found.sentence
