"""Tells what Keycloak has otherwise than the ledger records, by object and field, and changes nothing.

OIS and what keys open under mandates are decisions of the ledger: `converge` brings them back, no apply does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from provisioning.keycloak.realm.handler import RealmReading
from provisioning.ledger import LedgerReader
from provisioning.lifecycle.comparison.convergence import found_otherwise, operators_otherwise
from provisioning.lifecycle.comparison.findings import judge_key_scopes
from provisioning.model.identifiers import Username
from provisioning.model.ois import operator_username
from provisioning.planning.changes import AccountImage

REMEDY: Final = "`provision accounts converge` brings it to what the ledger says, as `provision watch` does by itself"


@dataclass(frozen=True, slots=True)
class Otherwise:
    """One object by its client id or username, and the names of what Keycloak has otherwise of it."""

    subject: str
    fields: tuple[str, ...]


def find_otherwise(
    reading: RealmReading, reader: LedgerReader, images: Mapping[Username, AccountImage]
) -> tuple[Otherwise, ...]:
    """Compare every OIS, its operator, and what every key opens in `images`, with the ledger; OIS first, by name.

    Raises KeycloakError or LedgerError.
    """
    ois = reader.all_ois()
    found = [
        Otherwise(client_id, ("client",) if differences is None else differences)
        for client_id, differences in sorted(found_otherwise(reading, ois).items())
        if differences != ()
    ]
    found += [
        Otherwise(operator_username(slug), fields)
        for slug, fields in sorted(operators_otherwise(reading.connection, ois).items())
    ]
    keys = judge_key_scopes(reader.accounts(), reader.all_api_keys(), reader.all_mandates().values(), images)
    return (*found, *(Otherwise(finding.subject, ("scopes and mandates",)) for finding in keys))
