"""Gathers what a diagnosis looks at, and finds the ways in which an account's keys are used. Changes nothing.

Source: order cl. 9.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import requests

from provisioning.gate.claims import Claims
from provisioning.gate.diagnosis import Diagnosis, Known, diagnose_claims
from provisioning.gate.reasons import Reason
from provisioning.gate.requests import Asked
from provisioning.gate.rules import Rules
from provisioning.gate.tokens import SigningKey, signing_keys
from provisioning.gate.verdicts import Verdicts
from provisioning.ledger import LedgerReader
from provisioning.ledger.following import read_everything
from provisioning.model.configuration import Configuration
from provisioning.model.identifiers import ClientId, key_client_id
from provisioning.model.ois import Slug, ois_client_id
from provisioning.settings import Settings

from .finding import find_account, find_keys
from .realm_keys import fetch_key_set, issuer_of, key_set_url


def gather(
    reader: LedgerReader, configuration: Configuration, settings: Settings, now: datetime, *, with_keys: bool
) -> Known:
    """The ledger's verdicts, the routes and, if wanted and to be had, the realm's keys."""
    verdicts = Verdicts()
    read_everything(reader, verdicts)
    keys = _realm_keys(settings) if with_keys else None
    return Known(verdicts, Rules(configuration.protocol), keys, issuer_of(settings), now)


def diagnose_account(
    reader: LedgerReader, name: str, asked: Asked | Reason | None, known: Known, configuration: Configuration
) -> Iterator[Diagnosis]:
    """One diagnosis for each OIS that an account has or had a mandate for, and one for direct use.

    With the rights that the configuration gives the institution. `name` is an institution's id, a username or the
    client id of an API key; without a key's name it is the newest. Raises UnknownAccount.
    """
    account = find_account(reader, _username(reader, name))
    keys = find_keys(reader, name)
    key = keys[-1].client_id if keys else key_client_id(account.username, 1)
    record = next((each for each in configuration.institutions if each.id == account.institution_id), None)
    rights = frozenset() if record is None else configuration.rights_of(record)
    slugs = sorted({mandate.ois for mandate in reader.mandates(username=account.username)})
    users: list[tuple[str, ClientId, Slug | None]] = [(f"{key} by {slug}", ois_client_id(slug), slug) for slug in slugs]
    for about, client, slug in (*users, (f"{key} by the institution itself", key, None)):
        claims = Claims("", "", client, slug, key, account.username, account.institution_id, rights, _never())
        yield Diagnosis(about, tuple(diagnose_claims(claims, asked, known)))


def _username(reader: LedgerReader, name: str) -> str:
    record = reader.api_key(name)
    return name if record is None else record.username


def _realm_keys(settings: Settings) -> dict[str, SigningKey] | None:
    try:
        return signing_keys(fetch_key_set(key_set_url(settings)))
    except (requests.RequestException, OSError, ValueError):
        return None


def _never() -> int:
    return int(datetime.max.replace(tzinfo=UTC).timestamp())
