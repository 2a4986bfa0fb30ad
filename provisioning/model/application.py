"""An OIS's application for connection, and the papers that go with it. Pure. Source: order cl. 6.

The ledger keeps what is public or decided. An application that is not confirmed yet, contacts and files are kept beside
it: they can be removed, which the ledger's chain does not allow.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from provisioning.model.events import JsonValue
from provisioning.model.events.codec_values import JsonObject
from provisioning.model.events.ois import OisApplied
from provisioning.model.ois import Slug


@dataclass(frozen=True, slots=True)
class Application:
    """What an operator tells about its OIS. `jwks` is a key set in canonical form, None when only `jwks_url` is given.

    `rights` are those it asks for; `networks` are ranges it calls from; `redirect_uris` are for people who log in.
    """

    slug: Slug
    name: str
    operator: str
    edrpou: str
    site: str
    contact: str
    email: str
    phone: str
    purposes: tuple[str, ...]
    rights: tuple[str, ...]
    data_location: str
    jwks_url: str | None = None
    jwks: str | None = None
    redirect_uris: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()

    def as_data(self) -> dict[str, JsonValue]:
        """Return all fields as plain values, to be stored."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Application:
        """Return the inverse of `as_data`."""
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
        }
        return cls(**fields)

    def as_applied(self) -> OisApplied:
        """Return what the ledger keeps: all but the contact person and the phone."""
        return OisApplied(
            name=self.name,
            operator=self.operator,
            edrpou=self.edrpou,
            site=self.site,
            email=self.email,
            purposes=self.purposes,
            rights=self.rights,
            redirect_uris=self.redirect_uris,
            networks=self.networks,
            data_location=self.data_location,
            jwks=None if self.jwks is None else JsonObject.of(json.loads(self.jwks)),
        )


@dataclass(frozen=True, slots=True)
class ApplicationRecord:
    """An application as stored. `confirmed_at` is when its e-mail was confirmed, and it reached the Administrator."""

    id: str
    slug: Slug
    email: str
    application: Application
    created_at: datetime
    confirmed_at: datetime | None = None


class PaperKind(StrEnum):
    """What a stored file is."""

    AGREEMENT = "agreement"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Paper:
    """An uploaded file without its content. `sha256` in hex names it in the ledger."""

    slug: Slug
    sha256: str
    kind: PaperKind
    media_type: str
    size: int
    uploaded_at: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """How much is kept of an application, or of all applications from one e-mail address. `size` is in bytes."""

    files: int
    size: int

    def has_room_for(self, size: int, quota: Stored) -> bool:
        """Return whether one more file of this size stays within the quota."""
        return self.files + 1 <= quota.files and self.size + size <= quota.size


_MB: Final = 1024 * 1024

QUOTA: Final = Stored(20, 60 * _MB)
"""Of one application. An agreement has at most 10 MB, and is returned and signed anew a few times at the most."""

QUOTA_OF_APPLICANT: Final = Stored(40, 120 * _MB)
"""Of all applications from one e-mail address."""
