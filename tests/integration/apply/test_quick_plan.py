"""The quick plan on a real Keycloak: what it asks, what it sees, what only a full one sees, and that a stale journal
does no harm. The tests of this file tell one story, in order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import pytest

from provisioning.keycloak.lookups import find_user, require_client, require_user
from provisioning.ledger.operational.journal import forget
from provisioning.lifecycle import journal as settling
from provisioning.lifecycle.applying.apply import Applied, apply
from provisioning.lifecycle.applying.planning import Survey, survey
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.events import EventKind
from provisioning.planning.changes import CreateAccount, UpdateAccount
from tests.support.apply_process import let_any_number_pass
from tests.support.configuration import school
from tests.support.ledger_events import data_of
from tests.support.office import Office

pytestmark = pytest.mark.assure

ASKED = "asking about accounts that may differ"
ALL = "reading all accounts"
SCHOOLS = 4


class Stages:
    """Notes what a plan did."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, int | None]] = []

    def stage(self, label: str, total: int | None = None) -> None:
        self.seen.append((label, total))

    def advance(self, count: int = 1) -> None:
        """Not of interest."""

    @property
    def asked(self) -> int | str:
        """How many accounts Keycloak was asked about: a number, or everything."""
        labels = dict(self.seen)
        return ALL if ALL in labels else labels.get(ASKED) or 0


def plan(office: Office, *, full: bool = False) -> tuple[Survey, int | str]:
    stages = Stages()
    realm = office.realm
    found = survey(office.folder.load(), realm.settings, realm.connection, office.ledger, progress=stages, full=full)
    return found, stages.asked


def carry_out(office: Office, found: Survey) -> Applied:
    return apply(Workshop(office.actor, found.context), found)


def write(office: Office, *lines_of_second: str, count: int = SCHOOLS) -> None:
    others = [school(number) for number in range(1, count + 1) if number != 2]
    office.folder.write(school(2, *lines_of_second), *others)


_ALL_TYPES: Final[dict[str, list[str]]] = {"enabledEventTypes": []}
"""As the realm has it; Keycloak answers all names instead, and would keep those."""


@contextmanager
def without_a_trace(office: Office) -> Iterator[None]:
    """Admin events are off meanwhile, as if they had been lost."""
    admin = office.realm.admin
    admin.put("/events/config", {**admin.get("/events/config"), **_ALL_TYPES, "adminEventsEnabled": False})
    try:
        yield
    finally:
        admin.put("/events/config", {**admin.get("/events/config"), **_ALL_TYPES, "adminEventsEnabled": True})


def set_email(office: Office, username: str, email: str) -> None:
    """By hand, in the console."""
    user = require_user(office.realm.admin, username)
    office.realm.admin.put(f"/users/{user['id']}", {**user, "email": email})


def test_the_first_plan_reads_everything_and_the_one_after_the_apply_nothing(office: Office) -> None:
    write(office)
    found, asked = plan(office)
    assert asked == ALL
    assert carry_out(office, found).created == SCHOOLS + 1
    found, asked = plan(office)
    assert (asked, found.plan.is_in_sync, found.plan.existing) == (0, True, SCHOOLS + 1)
    found, asked = plan(office, full=True)
    assert (asked, found.plan.is_in_sync, found.plan.existing) == (ALL, True, SCHOOLS + 1)


def test_a_change_in_yaml_asks_about_that_account_only(office: Office) -> None:
    write(office, "email: second@schools.example")
    found, asked = plan(office)
    (change,) = found.plan.accounts.changes
    assert isinstance(change, UpdateAccount)
    assert [(f.field, f.before) for f in change.changes] == [("email", "school2@schools.example")]
    assert asked == 1
    assert carry_out(office, found).updated == 1
    assert plan(office)[0].plan.is_in_sync
    assert plan(office, full=True)[0].plan.is_in_sync
    assert plan(office)[1] == 0


def test_quick_and_full_say_the_same(office: Office) -> None:
    write(office, "email: other@schools.example", "rights: {remove: [grades.write]}")
    assert plan(office)[0].plan.checksum == plan(office, full=True)[0].plan.checksum
    write(office, "email: second@schools.example")
    assert plan(office)[0].plan.is_in_sync


def test_a_change_by_hand_is_seen_through_its_admin_event(office: Office) -> None:
    set_email(office, "46-0000003", "stranger@example.com")
    found, asked = plan(office)
    (change,) = found.plan.accounts.changes
    assert change.desired.image.username == "46-0000003"
    # The newest event that was known is asked about again: others may be of the same millisecond.
    assert asked in (1, 2)
    # It stays in the plan until it is put right, also when nothing new happens.
    assert len(plan(office)[0].plan.accounts.changes) == 1
    assert carry_out(office, found).updated == 1
    assert plan(office, full=True)[0].plan.is_in_sync


def test_a_role_given_to_a_key_by_hand_is_seen(office: Office) -> None:
    admin = office.realm.admin
    service = require_user(admin, "service-account-api-46-0000001-k1")
    admin.post(f"/users/{service['id']}/role-mappings/realm", [admin.get("/roles/kind-authority")])
    (change,) = plan(office)[0].plan.accounts.changes
    assert isinstance(change, UpdateAccount)
    assert [field.field for field in change.changes] == ["api-46-0000001-k1.roles"]
    office.apply()
    assert plan(office, full=True)[0].plan.is_in_sync


def test_a_change_without_a_trace_is_seen_by_a_full_plan_only(office: Office) -> None:
    plan(office)
    with without_a_trace(office):
        set_email(office, "46-0000003", "unseen@example.com")
    assert plan(office)[0].plan.is_in_sync
    found, _ = plan(office, full=True)
    assert [change.desired.image.username for change in found.plan.accounts.changes] == ["46-0000003"]
    # What a full plan has found is not forgotten by the next quick one.
    found, _ = plan(office)
    assert carry_out(office, found).updated == 1
    assert plan(office, full=True)[0].plan.is_in_sync


def test_a_stale_journal_overwrites_nothing_unseen(office: Office) -> None:
    with without_a_trace(office):
        set_email(office, "46-0000002", "unseen@example.com")
    write(office, "email: second@schools.example", "rights: {remove: [grades.write]}")
    (change,) = plan(office)[0].plan.accounts.changes
    assert isinstance(change, UpdateAccount)
    # The plan shows the value that is really there, and that it will be replaced.
    assert ("email", "unseen@example.com") in [(field.field, field.before) for field in change.changes]
    office.apply()
    assert plan(office, full=True)[0].plan.is_in_sync


def test_an_account_changed_between_plan_and_apply_is_left_alone(office: Office) -> None:
    write(office, "email: third@schools.example", "rights: {remove: [grades.write]}")
    found, _ = plan(office)
    set_email(office, "46-0000002", "meanwhile@example.com")
    applied = carry_out(office, found)
    assert (applied.updated, applied.left) == (0, 1)
    assert require_user(office.realm.admin, "46-0000002")["email"] == "meanwhile@example.com"
    assert office.apply().updated == 1
    assert plan(office, full=True)[0].plan.is_in_sync


def test_a_name_that_somebody_takes_between_plan_and_apply_is_not_taken_for_ours(office: Office) -> None:
    write(office, "email: third@schools.example", "rights: {remove: [grades.write]}", count=SCHOOLS + 1)
    found, _ = plan(office)
    assert [type(change) for change in found.plan.accounts.changes] == [CreateAccount]
    identifier = office.realm.admin.post("/users", {"username": "46-0000005", "enabled": True})
    applied = carry_out(office, found)
    assert applied.created == 0
    assert ["did not make" in failure.why for failure in applied.refused] == [True]
    found, _ = plan(office)
    assert [refusal.code for refusal in found.plan.accounts.refusals] == ["name-taken"]
    office.realm.admin.delete(f"/users/{identifier}")
    assert office.apply().created == 1
    assert plan(office, full=True)[0].plan.is_in_sync


def test_something_deleted_by_hand_makes_the_plan_read_everything(office: Office) -> None:
    admin = office.realm.admin
    plan(office)
    admin.delete(f"/users/{require_user(admin, '46-0000004')['id']}")
    admin.delete(f"/clients/{require_client(admin, 'api-46-0000004-k1')['id']}")
    found, asked = plan(office)
    assert asked == ALL
    assert [type(change) for change in found.plan.accounts.changes] == [CreateAccount]
    office.apply()
    assert find_user(admin, "46-0000004") is not None
    assert plan(office, full=True)[0].plan.is_in_sync


def test_a_deleted_key_that_left_no_trace_is_a_matter_for_the_full_plan(office: Office) -> None:
    admin = office.realm.admin
    plan(office)
    with without_a_trace(office):
        admin.delete(f"/clients/{require_client(admin, 'api-46-0000004-k1')['id']}")
    assert plan(office)[0].plan.is_in_sync
    (change,) = plan(office, full=True)[0].plan.accounts.changes
    assert isinstance(change, UpdateAccount)
    office.apply()
    assert plan(office, full=True)[0].plan.is_in_sync


def test_a_user_more_than_expected_makes_the_plan_read_everything_once(office: Office) -> None:
    with without_a_trace(office):
        office.realm.admin.post("/users", {"username": "somebody", "enabled": True})
    assert plan(office)[1] == ALL
    assert plan(office)[1] == 0


def test_events_that_went_backwards_make_the_plan_read_everything(office: Office) -> None:
    office.realm.admin.delete("/admin-events")
    assert plan(office)[1] == ALL


def test_without_its_journal_a_plan_reads_everything_once(office: Office) -> None:
    with office.ledger.transaction() as transaction:
        forget(transaction)
    found, asked = plan(office)
    assert (asked, found.plan.is_in_sync) == (ALL, True)
    assert plan(office)[1] == 0


def test_another_edition_of_the_program_asks_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(settling, "edition_of", lambda *parts: "another")
        found, asked = plan(office)
        assert (asked, found.plan.is_in_sync) == (SCHOOLS + 2, True)
        assert plan(office)[1] == 0


def test_an_empty_checkout_is_refused_by_a_quick_plan_too(office: Office) -> None:
    office.folder.write()
    found, _ = plan(office)
    assert [(stop.count, stop.existing) for stop in found.plan.stops] == [(SCHOOLS + 1, SCHOOLS + 2)]
    full, _ = plan(office, full=True)
    assert replace(full.plan, compared_at=found.plan.compared_at) == found.plan


def test_capitals_in_an_address_are_no_difference_for_ever(office: Office) -> None:
    """Keycloak keeps addresses in small letters; what the register has is written in many ways."""
    write(office, "email: Second.School@Schools.example", "rights: {remove: [grades.write]}")
    assert office.apply().updated == 1
    assert require_user(office.realm.admin, "46-0000002")["email"] == "second.school@schools.example"
    assert plan(office, full=True)[0].plan.is_in_sync
    assert plan(office)[0].plan.is_in_sync


def test_many_changes_at_once_are_made_each_once_and_told_with_what_was_before(office: Office) -> None:
    count = 90
    let_any_number_pass(office.folder)
    office.folder.write(*(school(number) for number in range(1, count + 1)))
    office.apply()
    office.folder.write(*(school(number, f"email: many{number}@schools.example") for number in range(1, count + 1)))
    found, _ = plan(office)
    assert len(found.plan.accounts.changes) == count
    set_email(office, "46-0000050", "meanwhile@example.com")
    applied = carry_out(office, found)
    assert (applied.updated, applied.left) == (count - 1, 1)
    told = [event for event in office.events("46-0000077") if event.kind is EventKind.ACCOUNT_UPDATED]
    assert data_of(told[-1])["changes"] == [
        {"field": "email", "before": "school77@schools.example", "after": "many77@schools.example"}
    ]
    assert office.unfinished() == []
    assert [change.desired.image.username for change in plan(office)[0].plan.accounts.changes] == ["46-0000050"]
