"""Who is signed in: the claims of an ID token, parsed once into a typed value. Holds no token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from provisioning.model.configuration import StaffRole
from provisioning.model.identifiers import InstitutionId, Username, parse_username
from provisioning.model.institution import Kind
from provisioning.model.ois import OPERATOR_ROLE, Slug, parse_operator_username
from provisioning.model.sphere import SpherePath

_LONGEST_LOGIN: Final = 100
"""It travels in the cookie. Keycloak's have 36 characters at most."""


class ClaimsUnusable(Exception):
    """An ID token lacks a claim or holds one of the wrong type: the realm is set up wrongly."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A person or institution at the browser. `institution` is None for staff, `roles` is empty for institutions.

    `ois` is the one that an operator runs; None for all others.
    """

    subject: str
    username: Username
    name: str
    email: str | None
    institution: InstitutionId | None
    kind: Kind | None
    sphere: SpherePath | None
    roles: frozenset[StaffRole]
    ois: Slug | None = None

    @property
    def is_account(self) -> bool:
        """Return whether this is the account of an institution or authority, judged by the shape of its name."""
        return parse_username(self.username) is not None

    @property
    def actor(self) -> str:
        """Return the name that events record: `institution:46-0001234`, `operator:diary` or `staff:olena`.

        Authorities are institutions here.
        """
        if self.ois is not None:
            return f"operator:{self.ois}"
        return f"{'institution' if self.is_account else 'staff'}:{self.username}"

    @property
    def superior(self) -> InstitutionId | None:
        """Return the authority directly above the account: the last but one part of its sphere."""
        parts = [part for part in (self.sphere or "").split("/") if part]
        return InstitutionId(parts[-2]) if len(parts) > 1 else None

    @classmethod
    def from_claims(cls, claims: Mapping[str, Any]) -> Identity:
        """Parse the claims of a verified ID token. Raises ClaimsUnusable."""
        username = Username(_text(claims, "preferred_username"))
        # The name of an institution's or operator's account never carries staff rights, whatever roles Keycloak has on
        # it.
        is_account, operated = parse_username(username) is not None, parse_operator_username(username)
        return cls(
            subject=_text(claims, "sub"),
            username=username,
            name=_name(claims) or username,
            email=_optional_text(claims, "email"),
            institution=InstitutionId(_text(claims, "institution")) if is_account else None,
            kind=_kind(claims) if is_account else None,
            sphere=SpherePath(_text(claims, "sphere")) if is_account else None,
            roles=frozenset() if is_account or operated else _staff_roles(claims),
            ois=_ois(claims, operated),
        )

    def to_session(self) -> dict[str, Any]:
        """Return the identity as JSON for the session cookie."""
        return {
            "sub": self.subject,
            "preferred_username": self.username,
            "institution_name": self.name,
            "email": self.email,
            "institution": self.institution,
            "kind": self.kind,
            "sphere": self.sphere,
            "roles": sorted(self.roles) if self.ois is None else [OPERATOR_ROLE],
            "ois": self.ois,
        }


def login_of(claims: Mapping[str, Any]) -> str | None:
    """Return the id of the login at Keycloak (`sid`); None when the token has none."""
    sid = claims.get("sid")
    return sid if isinstance(sid, str) and 0 < len(sid) <= _LONGEST_LOGIN else None


def proved_at(claims: Mapping[str, Any]) -> datetime | None:
    """Return when password and second factor were given (`auth_time`); None when the token does not say."""
    seconds = claims.get("auth_time")
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = _optional_text(claims, name)
    if value is None:
        raise ClaimsUnusable(f"the ID token has no claim {name!r}")
    return value


def _optional_text(claims: Mapping[str, Any], name: str) -> str | None:
    value = claims.get(name)
    if value is not None and not isinstance(value, str):
        raise ClaimsUnusable(f"claim {name!r} of the ID token is not a string")
    return value or None


def _name(claims: Mapping[str, Any]) -> str:
    """An institution's name; of a person, first name and last name."""
    person = (_optional_text(claims, "given_name"), _optional_text(claims, "family_name"))
    return _optional_text(claims, "institution_name") or " ".join(part for part in person if part)


def _kind(claims: Mapping[str, Any]) -> Kind:
    text = _text(claims, "kind")
    try:
        return Kind(text)
    except ValueError as error:
        raise ClaimsUnusable("claim 'kind' of the ID token names no kind of institution") from error


def _roles(claims: Mapping[str, Any]) -> list[Any]:
    roles = claims.get("roles") or []
    if not isinstance(roles, list):
        raise ClaimsUnusable("claim 'roles' of the ID token is not a list")
    return roles


def _staff_roles(claims: Mapping[str, Any]) -> frozenset[StaffRole]:
    known = {role.value for role in StaffRole}
    return frozenset(StaffRole(role) for role in _roles(claims) if role in known)


def _ois(claims: Mapping[str, Any], operated: Slug | None) -> Slug | None:
    """The OIS of an operator: name of the account, attribute and role must all say so."""
    agreed = operated is not None and _optional_text(claims, "ois") == operated and OPERATOR_ROLE in _roles(claims)
    return operated if agreed else None
