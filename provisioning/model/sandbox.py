"""The sandbox's institutions: invented, always the same, with the real rights, protocol and policies. Pure.

The sandbox is a realm and a ledger of its own (decision 22). Each OIS that tests itself gets one of the schools to
itself, so that one's cut-off does not disturb another.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Final

from provisioning.model.configuration import Configuration, Guards, Limit
from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import Institution, Kind

AUTHORITY: Final = InstitutionId("98-0000000")
SCHOOLS: Final = 100
"""How many OIS can test themselves. Some 15 are connected today."""

_MAIL: Final = "sandbox@sandbox.invalid"
"""Leads nowhere (RFC 2606), and nobody sends the sandbox's mail."""

_UNLIMITED: Final = Limit(10**6, 1.0)


def invented(configuration: Configuration) -> Configuration:
    """Return the configuration of the sandbox: none of the real institutions and staff are in it."""
    realm = replace(configuration.realm, guards=Guards(*[_UNLIMITED] * len(fields(Guards))))
    return replace(configuration, realm=realm, staff=(), institutions=tuple(_institutions()))


def school(number: int) -> InstitutionId:
    """Return the id of an invented school, from 1."""
    return InstitutionId(f"98-{number:07d}")


def _institutions() -> list[Institution]:
    authority = Institution(AUTHORITY, Kind.AUTHORITY, "Вигадане управління освіти", _MAIL)
    schools = [
        Institution(school(number), Kind.SCHOOL, f"Вигаданий ліцей № {number}", _MAIL, AUTHORITY)
        for number in range(1, SCHOOLS + 1)
    ]
    return [authority, *schools]
