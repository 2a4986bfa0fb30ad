"""Who of `staff.yaml` is an administrator: on record, or approved; the last one stays (order cl. 2, decision 32)."""

from __future__ import annotations

from itertools import chain, combinations

import pytest

from provisioning.model.configuration import StaffMember, StaffRole
from provisioning.planning.administrators import Administrators, admit, without_users_that_wait
from provisioning.planning.objects import CreateObject, ObjectType, RealmObject

NAMES = ("olena", "andrii", "ivan")


def member(name: str, *roles: StaffRole, active: bool = True, email: str | None = None) -> StaffMember:
    of = frozenset(roles or (StaffRole.ADMINISTRATOR,))
    return StaffMember(name, email or f"{name}@iea.example", "Ім’я", "Прізвище", of, active)


def known(*names: str, approved: tuple[str, ...] = (), proposed: tuple[str, ...] = ()) -> Administrators:
    return Administrators(
        frozenset(names),
        frozenset((name, f"{name}@iea.example") for name in approved),
        frozenset((name, f"{name}@iea.example") for name in proposed),
    )


def test_where_there_is_no_administrator_the_first_are_taken_as_the_file_names_them() -> None:
    found = admit([member("olena"), member("andrii"), member("ivan", StaffRole.SUPPORT)], known())
    assert (found.administrators, found.is_changed, found.is_first) == ({"olena", "andrii"}, True, True)
    assert found.waiting == () and found.attentions == ()


def test_a_new_one_waits_without_the_role_and_keeps_the_others() -> None:
    both = member("ivan", StaffRole.ADMINISTRATOR, StaffRole.SUPPORT)
    found = admit([member("olena"), member("andrii"), both], known("olena", "andrii"))
    assert (found.waiting, found.needed, found.is_changed) == (("ivan",), 2, False)
    assert found.staff[2].roles == {StaffRole.SUPPORT} and found.staff[2].active
    assert [one.username for one in found.to_propose] == ["ivan"]
    assert "2 administrators have approved" in found.attentions[0].message


def test_without_another_role_there_is_no_user_until_then() -> None:
    found = admit([member("olena"), member("ivan")], known("olena", proposed=("ivan",)))
    assert (found.staff[1].roles, found.staff[1].active, found.to_propose) == (frozenset(), False, ())
    fields = {("enabled",): False, ("roles",): ()}
    made = CreateObject(RealmObject(ObjectType.STAFF, "ivan", fields))
    assert without_users_that_wait([made], found.waiting) == ()
    assert without_users_that_wait([made], ()) == (made,)


def test_who_was_approved_is_one_from_the_next_apply_on() -> None:
    found = admit([member("olena"), member("ivan")], known("olena", approved=("ivan",)))
    assert (found.administrators, found.is_changed, found.is_first) == ({"olena", "ivan"}, True, False)


def test_an_approval_is_of_a_person_at_an_address() -> None:
    found = admit([member("olena"), member("ivan", email="evil@example.org")], known("olena", approved=("ivan",)))
    assert found.waiting == ("ivan",) and found.administrators == {"olena"}


@pytest.mark.parametrize("left", [[], [member("olena", active=False)], [member("olena", StaffRole.AUDITOR)]])
def test_the_last_administrator_stays_whatever_the_file_says(left: list[StaffMember]) -> None:
    found = admit([*left, member("ivan")], known("olena"))
    assert (found.administrators, found.held, found.is_changed) == ({"olena"}, {"olena"}, False)
    assert "olena" not in {one.username for one in found.staff}, "the user is left as it is"
    assert found.attentions[-1].code == "last-administrator"


def test_all_are_not_replaced_by_new_ones_in_one_step() -> None:
    found = admit([member("ivan"), member("petro")], known("olena", "andrii"))
    assert found.administrators == found.held == {"olena", "andrii"}
    assert found.waiting == ("ivan", "petro")


SUBSETS = list(chain.from_iterable(combinations(NAMES, size) for size in range(len(NAMES) + 1)))


@pytest.mark.parametrize("current", SUBSETS)
@pytest.mark.parametrize("approved", SUBSETS)
@pytest.mark.parametrize("wanted", SUBSETS)
def test_nobody_becomes_one_unasked_and_there_is_always_one(
    current: tuple[str, ...], approved: tuple[str, ...], wanted: tuple[str, ...]
) -> None:
    """The whole table: who is on record, who was approved, whom the file names."""
    found = admit([member(name) for name in wanted], known(*current, approved=approved))
    if current:
        assert found.administrators <= {*current, *approved}
        assert found.administrators
    given = {one.username for one in found.staff if StaffRole.ADMINISTRATOR in one.roles}
    assert given <= found.administrators
