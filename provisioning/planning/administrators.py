"""Who of `staff.yaml` is an administrator now: those on record as one, and those whom the others have approved. Pure.

A file in git is written by all who may push there; who decides at the desk is decided at the desk. Where there is no
administrator on record who could be asked, the first ones are taken as the file names them. The last one stays.
Source: order cl. 2, 12; decision 32.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final

from provisioning.model.configuration import StaffMember, StaffRole
from provisioning.planning.changes import Attention
from provisioning.planning.objects import CreateObject, ObjectChange, ObjectType

APPROVERS: Final = 2
"""Administrators who approve another one; fewer where there are fewer."""

Candidate = tuple[str, str]
"""User name and e-mail of a new administrator: what is approved is a person at an address."""


@dataclass(frozen=True, slots=True)
class Administrators:
    """What the ledger says: `current` ones, those `approved` since, and those `proposed` (refused ones are, too)."""

    current: frozenset[str] = frozenset()
    approved: frozenset[Candidate] = frozenset()
    proposed: frozenset[Candidate] = frozenset()

    @property
    def needed(self) -> int:
        """Return how many of them approve a new one."""
        return min(APPROVERS, len(self.current))


@dataclass(frozen=True, slots=True)
class Admission:
    """What `staff.yaml` comes to. `staff` has it for the realm, without the role for those who wait.

    `administrators` are to be on record from then on, `waiting` those who are not yet, `to_propose` those of them that
    the others were not asked about. `held` are the last administrators where the file would leave none.
    """

    staff: tuple[StaffMember, ...]
    administrators: frozenset[str]
    is_changed: bool = False
    is_first: bool = False
    waiting: tuple[str, ...] = ()
    to_propose: tuple[StaffMember, ...] = ()
    held: frozenset[str] = frozenset()
    needed: int = 0

    @property
    def attentions(self) -> tuple[Attention, ...]:
        """Return what of the file is not carried out, in words."""
        waits = (_waits(name, self.needed) for name in self.waiting)
        return (*waits, *(_held(name) for name in sorted(self.held)))


NOBODY: Final = Admission((), frozenset())
"""Where there is no staff, as in the sandbox."""


def admit(staff: Iterable[StaffMember], known: Administrators) -> Admission:
    """Decide who is an administrator now."""
    members = tuple(staff)
    wanted = {m.username: m for m in members if m.active and StaffRole.ADMINISTRATOR in m.roles}
    if not known.current:
        return Admission(members, frozenset(wanted), is_changed=bool(wanted), is_first=bool(wanted))
    admitted = {name for name, m in wanted.items() if name in known.current or _candidate(m) in known.approved}
    held = known.current if not admitted else frozenset()
    new = {name: member for name, member in wanted.items() if name not in admitted}
    kept = tuple(_without_the_role(m) if m.username in new else m for m in members if m.username not in held)
    return Admission(
        kept,
        frozenset(admitted) or known.current,
        is_changed=bool(admitted) and admitted != known.current,
        waiting=tuple(sorted(new)),
        to_propose=tuple(m for m in new.values() if _candidate(m) not in known.proposed),
        held=held,
        needed=known.needed,
    )


def without_users_that_wait(objects: Iterable[ObjectChange], waiting: Collection[str]) -> tuple[ObjectChange, ...]:
    """Leave out new users that would have no role: their invitation is mailed once they are administrators."""
    return tuple(change for change in objects if not (_is_roleless(change) and change.object.name in waiting))


def _is_roleless(change: ObjectChange) -> bool:
    is_new = isinstance(change, CreateObject) and change.object.type is ObjectType.STAFF
    return is_new and not change.object.fields["roles",]


def _candidate(member: StaffMember) -> Candidate:
    return member.username, member.email.lower()


def _without_the_role(member: StaffMember) -> StaffMember:
    """What the person may be meanwhile; without another role the user stays closed."""
    rest = member.roles - {StaffRole.ADMINISTRATOR}
    return replace(member, roles=rest, active=bool(rest))


def _waits(name: str, needed: int) -> Attention:
    who = "one administrator has" if needed == 1 else f"{needed} administrators have"
    return Attention(
        "administrator-waits",
        name,
        f"{name} becomes an administrator when {who} approved it",
        "approve or refuse it at the desk, page Administrators; the next apply, or the watch by itself, carries it out",
    )


def _held(name: str) -> Attention:
    return Attention(
        "last-administrator",
        name,
        f"{name} stays an administrator: without them there would be none",
        "have another one approved first, then remove this one",
    )
