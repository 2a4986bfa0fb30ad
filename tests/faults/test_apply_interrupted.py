"""Ctrl-C stops an apply cleanly: what is under way is finished, the rest is named, and the next apply does it."""

from __future__ import annotations

import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.queries.summary import account_states
from provisioning.model.events import EventKind
from tests.support.apply_process import let_any_number_pass, start_apply
from tests.support.configuration import Folder, school
from tests.support.realm import Realm

pytestmark = pytest.mark.assure

SCHOOLS = 600
BEGUN = 40
"""Accounts that are recorded when the interruption comes."""

DEADLINE_S = 240


def wait_until_begun(ledger: Ledger) -> None:
    until = time.monotonic() + DEADLINE_S
    while time.monotonic() < until:
        with ledger.reader() as reader:
            if len(account_states(reader)) >= BEGUN:
                return
        time.sleep(0.02)
    raise AssertionError("the apply did not begin")


def test_ctrl_c_finishes_what_is_under_way_and_says_what_is_left(realm: Realm, tmp_path: Path) -> None:
    folder, ledger = Folder(tmp_path / "realm-config"), open_ledger(realm.settings.database_url)
    let_any_number_pass(folder)
    folder.write(*(school(number) for number in range(1, SCHOOLS + 1)))
    running = start_apply(realm, folder.path, "--no-mail")
    wait_until_begun(ledger)
    running.send_signal(signal.SIGINT)
    output, _ = running.communicate(timeout=DEADLINE_S)
    assert running.returncode == 130, output.decode()
    assert f"of {SCHOOLS + 1} done" in output.decode()
    assert "Traceback" not in output.decode()
    last = start_apply(realm, folder.path, "--no-mail")
    output, _ = last.communicate(timeout=DEADLINE_S)
    assert last.returncode == 0, output.decode()
    with ledger.reader() as reader:
        born = Counter(event.subject for event in reader.events(kinds=[EventKind.ACCOUNT_CREATED]))
        assert reader.pending_tasks() == ()
    ledger.close()
    assert set(born.values()) == {1}
    assert len(born) == SCHOOLS + 1
