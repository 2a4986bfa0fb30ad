"""The order's two annexes as the Administrator keeps them: the accession agreement and the technical requirements.

Both are versioned texts of `realm-config/`; what an OIS signed or was judged by is named by its version. Pure.
Source: order cl. 6.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from provisioning.model.text import Text

PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")

PLACEHOLDERS: Final = frozenset(
    {
        *("version", "date", "operator", "edrpou", "system", "site", "purposes", "rights", "data_location"),
        *("contact", "email", "phone"),
    }
)
"""Words in braces of the agreement that stand for the applicant's data."""


PROOF_OF_POSSESSION: Final = "dpop"
"""Id of the item that wants tokens bound to a key of the OIS (DPoP, RFC 9449)."""


class Check(StrEnum):
    """What a program can find out about an OIS; everything else is a person's to judge."""

    TLS = "tls"
    JWKS = "jwks"
    KEY_STRENGTH = "key-strength"
    PRIVATE_KEY_JWT = "private-key-jwt"
    EXCHANGE = "exchange"
    TOKEN_REUSE = "token-reuse"  # noqa: S105 - the name of a check
    RETRY_AFTER = "retry-after"
    CUT_OFF = "cut-off"
    TOKEN_IN_URL = "token-in-url"  # noqa: S105 - the name of a check


@dataclass(frozen=True, slots=True)
class Requirement:
    """One item of the checklist. `check` is None when a person judges the evidence.

    No positive conclusion is issued before every item that is `mandatory` is met.
    """

    id: str
    text: Text
    evidence: Text
    check: Check | None
    mandatory: bool = True


@dataclass(frozen=True, slots=True)
class TechnicalRequirements:
    """`requirements.yaml` (annex 2). A conclusion by them is valid for `valid_months`."""

    version: str
    since: date
    valid_months: int
    items: tuple[Requirement, ...]

    def item(self, identifier: str) -> Requirement | None:
        """Return the item of this id."""
        return next((item for item in self.items if item.id == identifier), None)


@dataclass(frozen=True, slots=True)
class AgreementSection:
    """A heading and its paragraphs; placeholders are not filled yet."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgreementText:
    """One file of `agreement/` (annex 1), in Ukrainian. `accede_by` is the day until which connected OIS accede to this
    version; None for the first one, to which all OIS accede when they are connected.
    """

    version: str
    since: date
    accede_by: date | None
    title: str
    sections: tuple[AgreementSection, ...]

    def filled(self, values: Mapping[str, str]) -> AgreementText:
        """Return the same with every placeholder replaced. Raises KeyError when a value is missing."""

        def fill(text: str) -> str:
            return PLACEHOLDER.sub(lambda match: values[match[1]], text)

        sections = tuple(AgreementSection(fill(s.title), tuple(map(fill, s.paragraphs))) for s in self.sections)
        return AgreementText(self.version, self.since, self.accede_by, fill(self.title), sections)


def in_force(agreements: Sequence[AgreementText], today: date) -> AgreementText | None:
    """Return the newest version whose day has come; None when there is none."""
    begun = [agreement for agreement in agreements if agreement.since <= today]
    return max(begun, key=lambda agreement: agreement.since, default=None)
