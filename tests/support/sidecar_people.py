"""The people of `sidecar_names` as the sidecar sees them after a login."""

from __future__ import annotations

from dataclasses import replace

from provisioning.model.configuration import StaffRole
from provisioning.model.identifiers import InstitutionId, Username
from provisioning.model.institution import Kind
from provisioning.model.ois import Slug, operator_username
from provisioning.model.sphere import SpherePath
from sidecar.auth.identity import Identity
from tests.support import sidecar_names as names


def account(username: str, institution: str, kind: Kind = Kind.SCHOOL) -> Identity:
    """An institution's or authority's identity."""
    return Identity(
        subject=f"sub-of-{username}",
        username=Username(username),
        name=names.SCHOOL_NAME,
        email=f"{institution}@school.example.ua",
        institution=InstitutionId(institution),
        kind=kind,
        sphere=SpherePath(f"/00-0000001/46-0000012/{institution}"),
        roles=frozenset(),
    )


def person(username: str, *roles: StaffRole) -> Identity:
    """One of the Administrator's people, or nobody in particular."""
    return Identity(
        subject=f"sub-of-{username}",
        username=Username(username),
        name="Олена Коваль",
        email=f"{username}@iea.example.ua",
        institution=None,
        kind=None,
        sphere=None,
        roles=frozenset(roles),
    )


def operator(slug: str) -> Identity:
    """Whoever runs an OIS."""
    username = operator_username(Slug(slug))
    return replace(person(username), name="Щоденник «Плюс»", email=f"it@{slug}.example.ua", ois=Slug(slug))


SCHOOL = account(names.SCHOOL, "46-0001234")
SECOND_GENERATION = account(names.SECOND_GENERATION, "46-0001235")
FIRST_GENERATION = account("46-0001235", "46-0001235")
AUTHORITY = account(names.AUTHORITY, "46-0000012", Kind.AUTHORITY)
DEACTIVATED = account(names.DEACTIVATED, "46-0009999", Kind.PRESCHOOL)
UNKNOWN = account(names.UNKNOWN, "46-0008888")
ADMINISTRATOR = person(names.ADMINISTRATOR, StaffRole.ADMINISTRATOR)
SUPPORT = person("s.lysenko", StaffRole.SUPPORT)
AUDITOR = person(names.AUDITOR, StaffRole.AUDITOR)
NOBODY = person(names.NOBODY)
OPERATOR = operator(names.OPERATED)
OPERATOR_OF_ENDED = operator(names.ENDED)
