"""Rules about the Administrator's people: each once, none named like an institution, one of them an administrator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provisioning.model.configuration import StaffRole
from provisioning.model.identifiers import API_KEY_CLIENT_PREFIX, SERVICE_ACCOUNT_PREFIX
from provisioning.model.institution import Source
from provisioning.model.ois import OIS_CLIENT_PREFIX, OPERATOR_PREFIX
from provisioning.registry.problems import Problem, error, warning
from provisioning.registry.rules.scene import Scene

TWO: Final = 2
"""Administrators where one proposes and another one approves."""

_RESERVED: Final = (API_KEY_CLIENT_PREFIX, SERVICE_ACCOUNT_PREFIX, OIS_CLIENT_PREFIX, OPERATOR_PREFIX)


def unique_usernames(scene: Scene) -> Iterator[Problem]:
    """Report a username that two records share: a record is never removed, so a name is never given to
    another person.
    """
    seen: dict[str, Source] = {}
    for item in scene.singles.staff_items:
        username, place = item.entry.username, item.at("username")
        if username in seen:
            message = f"the username {username} stands first at {seen[username]}"
            yield error("duplicate-username", place, message, "remove one of the two, or give it a name of its own")
        seen.setdefault(username, place)


def reserved_usernames(scene: Scene) -> Iterator[Problem]:
    """Report names that belong to accounts, keys and connected systems. Ids begin with a digit and cannot occur."""
    for item in scene.singles.staff_items:
        if item.entry.username.startswith(_RESERVED):
            message = f"the username {item.entry.username} looks like an account of the system"
            remedy = f"choose one that does not begin with {', '.join(_RESERVED)}"
            yield error("reserved-username", item.at("username"), message, remedy)


def roles_once(scene: Scene) -> Iterator[Problem]:
    """Report a role that is named twice for one person."""
    for item in scene.singles.staff_items:
        roles = item.entry.roles
        for index, role in enumerate(roles):
            if role in roles[:index]:
                yield error(
                    "duplicate-role", item.at("roles", index), f"the role {role} stands here twice", "remove one"
                )


def somebody_in_charge(scene: Scene) -> Iterator[Problem]:
    """Report that there is no administrator: deactivations could not be decided."""
    staff, document = scene.singles.staff, scene.singles.staff_document
    if staff is None or any(person.active and StaffRole.ADMINISTRATOR in person.roles for person in staff):
        return
    message = "nobody active has the role administrator"
    yield warning("no-administrator", Source(document.file), message, "give somebody the role administrator")


def one_person_each(scene: Scene) -> Iterator[Problem]:
    """Report two active administrators at one e-mail address: who reads it would approve their own proposals.

    Source: order cl. 6, 10, 12; decision 32.
    """
    seen: dict[str, str] = {}
    for item in scene.singles.staff_items:
        person = item.entry
        if not person.active or StaffRole.ADMINISTRATOR not in person.roles:
            continue
        first = seen.setdefault(person.email.lower(), person.username)
        if first != person.username:
            message = f"administrator {person.username} has the e-mail address of administrator {first}"
            remedy = "give each administrator an address of their own: two people decide together"
            yield error("shared-administrator-email", item.at("email"), message, remedy)


def two_for_four_eyes(scene: Scene) -> Iterator[Problem]:
    """Report that there is no second administrator where one must approve. Source: order cl. 6, 10."""
    realm, staff = scene.singles.realm, scene.singles.staff
    if realm is None or staff is None:
        return
    if sum(person.active and StaffRole.ADMINISTRATOR in person.roles for person in staff) >= TWO:
        return
    remedy = "name a second administrator in staff.yaml"
    if realm.deactivation.bulk_approval == "four-eyes":
        place = scene.singles.realm_document.place(("deactivation", "bulk_approval"))
        message = "bulk_approval is four-eyes, but fewer than two active people have the role administrator"
        yield error("no-second-administrator", place, message, remedy)
    else:
        message = (
            "fewer than two active people have the role administrator, and two of them connect or terminate an OIS"
        )
        yield warning("no-second-administrator", Source(scene.singles.staff_document.file), message, remedy)
