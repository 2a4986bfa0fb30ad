"""`kill -9` in the middle of an apply: the next one finishes it; nothing is lost, nothing is there twice. Half of the
kills fall on a second apply, which changes every account.

A few kills in every run; AIKOM_SOAK=1 makes it hundreds. Source: docs/security.md row 34.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from provisioning.keycloak.accounts.reading import read_accounts
from provisioning.ledger import open_ledger
from provisioning.ledger.proof.verification import verify
from provisioning.model.events import EventKind
from provisioning.model.records import MailState
from tests.support.apply_process import let_any_number_pass, start_apply
from tests.support.configuration import Folder, school
from tests.support.keycloak_server import KeycloakServer
from tests.support.mailcatcher import MailCatcher, running_mail_catcher
from tests.support.realm import Realm, new_realm

pytestmark = pytest.mark.assure

SOAK = bool(os.environ.get("AIKOM_SOAK"))
KILLS = int(os.environ.get("AIKOM_SOAK_KILLS", "300")) if SOAK else 6
SCHOOLS = 2_000 if SOAK else 80
SLOWEST_S = 5.0 if SOAK else 3.0
"""The latest kill after a start: a round of `SCHOOLS` takes several starts then."""


def test_an_apply_killed_again_and_again_ends_with_everything_once(
    keycloak_server: KeycloakServer, tmp_path: Path
) -> None:
    seed = int(os.environ.get("AIKOM_SEED", time.time_ns() % 10**9))
    print(f"seed {seed}: repeat with AIKOM_SEED={seed}")  # noqa: T201 - pytest shows it with a failure
    chance, killed, rounds = random.Random(seed), 0, 0  # noqa: S311 - a repeatable test
    while killed < KILLS:
        rounds += 1
        place = tmp_path / str(rounds)
        folder = Folder(place / "realm-config")
        let_any_number_pass(folder)
        with running_mail_catcher(place / "mail") as catcher:
            realm = new_realm(keycloak_server, place, catcher.url)
            half = (KILLS - killed + 1) // 2
            killed += _kill_until_done(realm, folder, chance, half)
            _everything_is_there_once(realm, catcher)
            killed += _kill_until_done(realm, folder, chance, KILLS - killed, "office{}@schools.example")
            _every_change_is_told_once(realm, catcher)
        print(f"{killed} of {KILLS} kills in {rounds} rounds of {SCHOOLS}")  # noqa: T201 - the long form is long


def _kill_until_done(
    realm: Realm, folder: Folder, chance: random.Random, most: int, email: str = "school{}@schools.example"
) -> int:
    """Apply until an apply got through, killing it at random moments at most `most` times; how many times it was."""
    killed = 0
    folder.write(*(school(number, f"email: {email.format(number)}") for number in range(1, SCHOOLS + 1)))
    while True:
        process = start_apply(realm, folder.path)
        try:
            output, _ = process.communicate(timeout=0.5 + chance.random() * SLOWEST_S if killed < most else 900)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            killed += 1
        else:
            assert process.returncode == 0, output.decode()
            return killed


def _everything_is_there_once(realm: Realm, catcher: MailCatcher) -> None:
    images = read_accounts(realm.connection, ["kind-school", "kind-authority"], [])
    assert len(images) == SCHOOLS + 1
    assert all(len(image.keys) == 1 and image.enabled for image in images.values())
    assert all(key.roles for image in images.values() for key in image.keys)
    ledger = open_ledger(realm.settings.database_url)
    with ledger.reader() as reader:
        born = Counter(e.subject for e in reader.events() if e.kind is EventKind.ACCOUNT_CREATED)
        sent = [mail for mail in reader.mails() if mail.state is MailState.SENT]
        waiting = [mail for mail in reader.mails() if mail.state is not MailState.SENT]
        left = reader.pending_tasks()
        finding = verify(reader).defect
    ledger.close()
    assert set(born.values()) == {1}
    assert len(born) == SCHOOLS + 1
    assert left == ()
    assert finding is None
    # A mail that was being sent when the process died waits for its lease to run out.
    caught = Counter(mail.message_id for mail in catcher.messages())
    assert len({mail.key for mail in sent}) == len(sent)
    assert len(caught) >= len(sent)
    # Sent again after a kill is the same mail, and everybody has one: nobody gets two different links.
    ids = Counter(
        recipient for mail in {m.message_id: m for m in catcher.messages()}.values() for recipient in mail.recipients
    )
    assert set(ids.values()) == {1}
    staff = 4
    assert len(sent) + len(waiting) == SCHOOLS + 1 + staff
    assert len(waiting) <= 10 * KILLS


def _every_change_is_told_once(realm: Realm, catcher: MailCatcher) -> None:
    """A new address before activation: a new base key, mailed there once."""
    images = read_accounts(realm.connection, ["kind-school", "kind-authority"], [])
    assert sum(image.email.startswith("office") for image in images.values()) == SCHOOLS
    ledger = open_ledger(realm.settings.database_url)
    with ledger.reader() as reader:
        events = list(reader.events(kinds=[EventKind.ACCOUNT_UPDATED, EventKind.BASE_KEY_ISSUED]))
        left = reader.pending_tasks()
        finding = verify(reader).defect
    ledger.close()
    told = Counter((event.subject, event.kind) for event in events)
    assert set(told.values()) == {1}
    assert len(told) == 2 * SCHOOLS
    assert left == ()
    assert finding is None
    mails = {mail.message_id: mail.recipients for mail in catcher.messages()}
    reached = Counter(recipient for recipients in mails.values() for recipient in recipients)
    assert set(reached.values()) == {1}
