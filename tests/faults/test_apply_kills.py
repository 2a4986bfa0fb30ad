"""`kill -9` in the middle of an apply: the next one finishes it; nothing is lost, nothing is there twice.

A few kills in every run of the tests; AIKOM_SOAK=1 makes it hundreds. Source: GOALS R1.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from provisioning.keycloak.accounts.reading import read_accounts
from provisioning.ledger import open_ledger
from provisioning.ledger.verification import verify
from provisioning.model.events import EventKind
from provisioning.model.records import MailState
from tests.support.apply_process import let_any_number_pass, start_apply
from tests.support.configuration import Folder, school
from tests.support.mailcatcher import MailCatcher
from tests.support.realm import Realm

SOAK = bool(os.environ.get("AIKOM_SOAK"))
KILLS = 300 if SOAK else 6
SCHOOLS = 2_000 if SOAK else 120
SLOWEST_S = 30.0 if SOAK else 4.0


@pytest.mark.parametrize("seed", [20261124])
def test_an_apply_killed_again_and_again_ends_with_everything_once(
    realm: Realm, mailcatcher: MailCatcher, tmp_path: Path, seed: int
) -> None:
    randomly = random.Random(seed)  # noqa: S311  # a repeatable test
    folder = Folder(tmp_path / "realm-config")
    let_any_number_pass(folder)
    killed, schools = 0, SCHOOLS
    while killed < KILLS:
        folder.write(*(school(number) for number in range(1, schools + 1)))
        process = start_apply(realm, folder.path)
        try:
            output, _ = process.communicate(timeout=0.5 + randomly.random() * SLOWEST_S)
            assert process.returncode == 0, output.decode()
            schools += SCHOOLS  # it was quicker than the kill: there is more to do for the next one
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            killed += 1
    last = start_apply(realm, folder.path)
    output, _ = last.communicate(timeout=900)
    assert last.returncode == 0, output.decode()
    _everything_is_there_once(realm, mailcatcher, schools)


def _everything_is_there_once(realm: Realm, mailcatcher: MailCatcher, schools: int) -> None:
    images = read_accounts(realm.connection, ["kind-school", "kind-authority"], [])
    assert len(images) == schools + 1
    assert all(len(image.keys) == 1 and image.enabled for image in images.values())
    assert all(key.roles for image in images.values() for key in image.keys)
    ledger = open_ledger(realm.settings.database_url)
    with ledger.reader() as reader:
        born = Counter(e.subject for e in reader.events() if e.kind is EventKind.ACCOUNT_CREATED)
        sent = [mail for mail in reader.mails() if mail.state is MailState.SENT]
        waiting = [mail for mail in reader.mails() if mail.state is not MailState.SENT]
        left = reader.pending_tasks()
        finding = verify(reader).finding
    ledger.close()
    assert set(born.values()) == {1}
    assert len(born) == schools + 1
    assert left == ()
    assert finding is None
    # A mail that was being sent when the process died waits for its lease to run out.
    caught = Counter(mail.message_id for mail in mailcatcher.messages())
    assert len({mail.key for mail in sent}) == len(sent)
    assert len(caught) >= len(sent)
    staff = 4
    assert len(sent) + len(waiting) == schools + 1 + staff
    assert len(waiting) <= 10 * KILLS
