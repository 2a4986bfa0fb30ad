"""The content of a verified access token as a value: whose key, used by which client, for which rights.

Built from the claims that the realm puts into tokens for the central database; anything else in a token is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from provisioning.gate.reasons import Reason
from provisioning.model.identifiers import (
    INSTITUTION_ID_PATTERN,
    SERVICE_ACCOUNT_PREFIX,
    ClientId,
    InstitutionId,
    Username,
    parse_key_client_id,
    parse_username,
)
from provisioning.model.ois import Slug, parse_ois_client_id

_MAX_RIGHTS: Final = 500
_BOUND: Final = "DPoP"
_TYPES: Final = ("Bearer", _BOUND)
"""What Keycloak says in `typ` of a token that anybody may use who has it, and of one that is bound to a key."""

AS_REQUIRED: Final = ""
"""Binding of claims that belong to no token, for questions about an OIS as such: whatever its record wants."""

_CONFIRMED_BY: Final = frozenset(("jkt", "kc-jkt-type"))
"""Members of `cnf` that Keycloak writes for a DPoP-bound token. A token that is bound in another way opens nothing."""

_THUMBPRINT: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_INSTITUTION: Final = re.compile(INSTITUTION_ID_PATTERN)


@dataclass(frozen=True, slots=True)
class Claims:
    """Claims of a token for the central database. `client` is its holder (`azp`): an OIS, or the key's own client.

    `ois` is None when `client` is no OIS. `expires_at` is in seconds since the epoch. `bound_to` is the thumbprint of
    the key whose holder alone may use the token, None for a bearer token.
    Source: RFC 8693 4, RFC 9449 6.1, order cl. 5.
    """

    token_id: str
    subject: str
    client: ClientId
    ois: Slug | None
    key: ClientId
    username: Username
    institution: InstitutionId
    rights: frozenset[str]
    expires_at: int
    bound_to: str | None = None

    @property
    def is_direct(self) -> bool:
        """Whether the institution uses its key itself, without an OIS."""
        return self.client == self.key


def claims_of(values: Mapping[str, Any]) -> Claims | None:
    """Return the claims, when they name one account and one API key of it without contradiction; otherwise None.

    The account is read off the name of the service account, which Keycloak gives and a client cannot choose; a subject
    or a client id that merely looks like another's gains nothing.
    """
    key = _key(values.get("preferred_username"))
    subject, client, institution = (values.get(name) for name in ("sub", "azp", "institution"))
    if key is None or not (isinstance(subject, str) and subject and isinstance(client, str) and client):
        return None
    username = key[1]
    account = parse_username(username)
    if account is None or not isinstance(institution, str) or institution != account[0]:
        return None
    rights, bound_to = _rights(values.get("rights", [])), binding_of(values)
    if rights is None or not _INSTITUTION.fullmatch(institution) or isinstance(bound_to, Reason):
        return None
    return Claims(
        token_id=str(values.get("jti", "")),
        subject=subject,
        client=ClientId(client),
        ois=parse_ois_client_id(client),
        key=key[0],
        username=username,
        institution=InstitutionId(institution),
        rights=rights,
        expires_at=int(values["exp"]),
        bound_to=bound_to,
    )


def binding_of(values: Mapping[str, Any]) -> str | Reason | None:
    """Return the thumbprint of the key that a token is bound to, None for a bearer token, or why it is neither.

    Source: RFC 9449 6.1.
    """
    kind, confirmation = values.get("typ"), values.get("cnf")
    if kind not in _TYPES or (kind == _BOUND) != ("cnf" in values):
        return Reason.TOKEN_TYPE
    if kind != _BOUND:
        return None
    key = confirmation.get("jkt") if isinstance(confirmation, dict) and confirmation.keys() <= _CONFIRMED_BY else None
    return key if isinstance(key, str) and _THUMBPRINT.fullmatch(key) else Reason.TOKEN_CLAIMS


def _key(name: object) -> tuple[ClientId, Username] | None:
    if not isinstance(name, str) or not name.startswith(SERVICE_ACCOUNT_PREFIX):
        return None
    client = name.removeprefix(SERVICE_ACCOUNT_PREFIX)
    parsed = parse_key_client_id(client)
    return None if parsed is None else (ClientId(client), parsed[0])


def _rights(values: object) -> frozenset[str] | None:
    if not isinstance(values, list) or len(values) > _MAX_RIGHTS:
        return None
    return frozenset(values) if all(isinstance(value, str) for value in values) else None
