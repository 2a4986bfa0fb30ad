"""Gathers what a diagnosis looks at, and finds the ways in which an account's keys are used. Changes nothing.

Reads of the ledger only what the question is about: a whole country takes seconds. Source: order cl. 9.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import requests

from provisioning.gate.claims import AS_REQUIRED, Claims
from provisioning.gate.diagnosis import Diagnosis, Known, diagnose_claims, diagnose_ois, diagnose_token
from provisioning.gate.reasons import Reason
from provisioning.gate.requests import ProtocolCall
from provisioning.gate.rules import Rules
from provisioning.gate.tokens import SigningKey, signing_keys, unverified_claims
from provisioning.gate.verdicts import Verdicts
from provisioning.ledger import LedgerReader
from provisioning.ledger.operational.differing import differing_known
from provisioning.ledger.queries.rights import recorded_rights
from provisioning.lifecycle.errors import UnknownAccount
from provisioning.lifecycle.lookups import find_account, find_keys
from provisioning.lifecycle.realm_keys import fetch_key_set, issuer_of, key_set_url
from provisioning.model.identifiers import ClientId, Username, key_client_id, parse_username
from provisioning.model.ois import Slug, ois_client_id
from provisioning.model.records import AccountRecord
from provisioning.model.text import Text
from provisioning.settings import Settings


@dataclass(frozen=True, slots=True)
class Examiner:
    """Explains at one moment, with the routes in force."""

    reader: LedgerReader
    rules: Rules
    settings: Settings
    now: datetime

    def token(self, token: str, asked: ProtocolCall | Reason | None) -> Diagnosis:
        """Return every check on an access token. Asks Keycloak for the realm's public keys."""
        claims = unverified_claims(token)
        known = self._known(None if claims is None else claims.username, asked, _realm_keys(self.settings))
        return diagnose_token(token, asked, known)

    def account(
        self,
        name: str,
        asked: ProtocolCall | Reason | None,
        rights_of: Callable[[AccountRecord, ClientId], frozenset[str]],
    ) -> Iterator[Diagnosis]:
        """Yield one diagnosis for each OIS that an account has or had a mandate for, and one for direct use.

        `name` is an institution's id, a username or the client id of an API key; without a key's name it is the newest.
        `rights_of` says what a token of that key would hold. Raises UnknownAccount.
        """
        account = find_account(self.reader, self._username(name))
        keys = find_keys(self.reader, name)
        key = keys[-1].client_id if keys else key_client_id(account.username, 1)
        rights, known = rights_of(account, key), self._known(account.username, asked, None)
        slugs = sorted({mandate.ois for mandate in self.reader.mandates(username=account.username)})
        users: list[tuple[Text, ClientId, Slug | None]] = [
            (_by(key, slug), ois_client_id(slug), slug) for slug in slugs
        ]
        itself = Text(uk=f"{key}, сам заклад", en=f"{key} by the institution itself")
        for about, client, slug in (*users, (itself, key, None)):
            who, institution = account.username, account.institution_id
            claims = Claims("", "", client, slug, key, who, institution, rights, _never(), AS_REQUIRED)
            yield Diagnosis(about, tuple(diagnose_claims(claims, asked, known)))

    def ois(self, name: str) -> Diagnosis | None:
        """Return the gate's check of an OIS by its short name or client id; None when no such OIS ever applied."""
        record = self.reader.ois(name.removeprefix("ois-")) or self.reader.ois(name)
        return None if record is None else diagnose_ois(record.slug, self._known(None, None, None))

    def _known(
        self, username: Username | None, asked: ProtocolCall | Reason | None, keys: Mapping[str, SigningKey] | None
    ) -> Known:
        verdicts = Verdicts()
        verdicts.take_ois(self.reader.all_ois().values())
        verdicts.take_unreadable(self.reader.all_unreadable().values())
        verdicts.differing = differing_known(self.reader)
        if (rights := recorded_rights(self.reader)) is not None:
            verdicts.take_rights(rights)
        account = self.reader.account(username) if username else None
        if account is not None:
            verdicts.take_accounts([account])
            verdicts.take_keys(self.reader.api_keys(account.username))
            verdicts.take_mandates(self.reader.mandates(username=account.username))
        target = self._target(asked)
        if target is not None and (account is None or target.username != account.username):
            verdicts.take_accounts([target])
        return Known(verdicts, self.rules, keys, issuer_of(self.settings), self.now)

    def _target(self, asked: ProtocolCall | Reason | None) -> AccountRecord | None:
        """The newest account of the institution that the path names."""
        rule = self.rules.find(asked.method, asked.segments) if isinstance(asked, ProtocolCall) else None
        if not isinstance(asked, ProtocolCall) or rule is None or rule.at is None:
            return None
        name = asked.segments[rule.at]
        try:
            return find_account(self.reader, name) if parse_username(name) else None
        except UnknownAccount:
            return None

    def _username(self, name: str) -> str:
        record = self.reader.api_key(name)
        return name if record is None else record.username


def _by(key: ClientId, slug: Slug) -> Text:
    return Text(uk=f"{key} через {slug}", en=f"{key} by {slug}")


def _realm_keys(settings: Settings) -> dict[str, SigningKey] | None:
    try:
        return signing_keys(fetch_key_set(key_set_url(settings)))
    except (requests.RequestException, OSError, ValueError):
        return None


def _never() -> int:
    return int(datetime.max.replace(tzinfo=UTC).timestamp())
