"""An event that no type reads: the work on its subject stops, on a real Keycloak, and the work on everybody else does
not. Source: docs/events.md.
"""

from __future__ import annotations

import json
from datetime import date

import pytest

from provisioning.keycloak.lookups import require_user
from provisioning.ledger.operational.duties import duties
from provisioning.lifecycle.accounts.deactivation import deactivate
from provisioning.lifecycle.comparison.convergence import converge
from provisioning.lifecycle.comparison.recovery import recover
from provisioning.lifecycle.keys.rotation import rotate
from provisioning.model.events import EventKind
from provisioning.model.institution import Deactivation, DeactivationReason
from tests.support.apply_process import let_any_number_pass
from tests.support.configuration import school
from tests.support.mailcatcher import MailCatcher
from tests.support.office import Office
from tests.support.unreadable import ODD, record_raw
from tests.support.watcher import provision

pytestmark = pytest.mark.assure

REFUSED, OTHER = "46-0000001", "46-0000002"


@pytest.fixture(scope="module", autouse=True)
def one_of_two_cannot_be_read(office: Office) -> None:
    let_any_number_pass(office.folder)
    office.folder.write(school(1), school(2))
    office.apply()
    record_raw(office.ledger, EventKind.ACCOUNT_UPDATED, ODD, REFUSED)


def test_an_apply_changes_the_others_and_leaves_the_refused_one(office: Office) -> None:
    office.folder.write(school(1, "email: new1@schools.example"), school(2, "email: new2@schools.example"), school(3))
    applied = office.apply()
    assert (applied.updated, applied.created) == (1, 1)
    emails = [require_user(office.realm.connection, name)["email"] for name in (REFUSED, OTHER)]
    assert emails == ["school1@schools.example", "new2@schools.example"]
    assert EventKind.BASE_KEY_ISSUED in office.kinds(OTHER)


def test_the_watch_says_which_subject_and_does_every_duty(office: Office, mailcatcher: MailCatcher) -> None:
    done = provision(office, "watch", "--once")
    assert done.returncode == 2, done.stderr
    with office.ledger.reader() as reader:
        found = duties(reader)
    said = str(found["convergence"].attention)
    assert f"nothing opens for {REFUSED} (event " in said
    assert "provision ledger verify" in said
    assert mailcatcher.messages("new2@schools.example"), "the others have their mail"
    assert not mailcatcher.messages("school1@schools.example"), "no base key is sent to one that is refused"
    assert {name: duty.error for name, duty in found.items() if duty.error} == {}


def test_work_for_many_passes_the_refused_one_by(office: Office) -> None:
    rotate(office.actor, OTHER)
    assert EventKind.API_KEY_CREATED in office.kinds(f"api-{OTHER}-k2")
    converge(office.actor)
    recover(office.actor, ledger_is_older=False)


def test_one_named_command_about_it_is_refused_and_names_it(office: Office) -> None:
    told = provision(office, "accounts", "deactivate", REFUSED, "--reason", "liquidation", "--document", "№ 1")
    assert told.returncode == 4, told.stdout + told.stderr
    assert REFUSED in told.stderr
    assert "cannot be read" in told.stderr
    verified = provision(office, "ledger", "verify", "--json")
    assert [row["subject"] for row in json.loads(verified.stdout)["unreadable"]] == [REFUSED]


def test_others_still_end(office: Office) -> None:
    deactivate(office.actor, [OTHER], Deactivation(DeactivationReason.LIQUIDATION, "№ 12-о", date(2026, 11, 20)))
    assert not require_user(office.realm.connection, OTHER)["enabled"]
