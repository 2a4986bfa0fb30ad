"""Keycloak is restarted in the middle of an apply: the same apply goes on and finishes; nothing is there twice."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from provisioning.keycloak.accounts.reading import read_accounts
from provisioning.ledger import open_ledger
from provisioning.model.events import EventKind
from provisioning.stack.keycloak_process import start_keycloak, wait_for_keycloak
from provisioning.stack.process import stop
from provisioning.stack.progress import Silence
from tests.support.apply_process import let_any_number_pass, start_apply
from tests.support.configuration import Folder, school
from tests.support.keycloak_server import start_server
from tests.support.realm import Realm, new_realm

pytestmark = pytest.mark.assure

SCHOOLS = 1_500
BORN_BEFORE = 50
LONGEST_S = 120.0


def test_an_apply_outlives_a_restart_of_keycloak(tmp_path: Path) -> None:
    place = tmp_path / "keycloak"
    place.mkdir()
    server = start_server(place)
    running = server.process
    try:
        realm = new_realm(server, tmp_path, "smtp://127.0.0.1:9")
        folder = Folder(tmp_path / "realm-config")
        let_any_number_pass(folder)
        folder.write(*(school(number) for number in range(1, SCHOOLS + 1)))
        process = start_apply(realm, folder.path, "--no-mail")
        _wait_for_births(realm)
        stop(running)
        assert process.poll() is None, "the apply was quicker than the restart: it proves nothing"
        (home,) = place.glob("keycloak-*")
        running = start_keycloak(home, server.ports, log=server.log, bootstrap=None)
        wait_for_keycloak(running, server.ports, log=server.log, progress=Silence())
        output, _ = process.communicate(timeout=300)
        assert process.returncode == 0, output.decode()
        _everything_once(realm)
    finally:
        stop(running)


def _wait_for_births(realm: Realm) -> None:
    deadline = time.monotonic() + LONGEST_S
    while len(read_accounts(realm.connection, (), ())) < BORN_BEFORE:
        assert time.monotonic() < deadline, "no apply seems to be at work"
        time.sleep(0.1)


def _everything_once(realm: Realm) -> None:
    images = read_accounts(realm.connection, (), ())
    assert len(images) == SCHOOLS + 1
    assert all(len(image.keys) == 1 and image.enabled for image in images.values())
    ledger = open_ledger(realm.settings.database_url)
    with ledger.reader() as reader:
        born = Counter(event.subject for event in reader.events(kinds=[EventKind.ACCOUNT_CREATED]))
        assert reader.pending_tasks() == ()
    ledger.close()
    assert set(born.values()) == {1}
    assert len(born) == SCHOOLS + 1
