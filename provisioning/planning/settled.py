"""Accounts that a plan need not ask Keycloak about: they needed nothing last time, and the same is wanted now. Pure.

An account's digest covers all that is compared of it and the ledger's verdict, so that whatever changes in YAML, in
the rights of kinds or in the ledger makes it ask again. Truth table and limits: decision 13.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from provisioning.model.identifiers import Username, parse_key_client_id
from provisioning.planning.changes import AccountDiff, AccountImage, DesiredAccount, KeyImage, Verdict

_encode: Final = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def digest_of(wanted: DesiredAccount, verdict: Verdict) -> str:
    """Return the digest of what is wanted of an account and of the ledger's verdict, as 32 hexadecimal digits."""
    image = wanted.image
    keys = [_key(image, key) for key in image.keys]
    fields = [image.username, image.enabled, image.email, sorted(image.attributes.items()), keys, verdict.value]
    return hashlib.blake2b(_encode(fields).encode(), digest_size=16).hexdigest()


def unsettled(diff: AccountDiff) -> set[Username]:
    """Return the accounts that have a change, a refusal or an attention in the difference."""
    subjects = [refusal.subject for refusal in diff.refusals] + [attention.subject for attention in diff.attentions]
    return {change.desired.image.username for change in diff.changes} | set(map(account_of, subjects))


def account_of(subject: str) -> Username:
    """Return the account that a username, or the client id of an API key, belongs to."""
    parsed = parse_key_client_id(subject)
    return Username(subject) if parsed is None else parsed[0]


def _key(image: AccountImage, key: KeyImage) -> list[Any]:
    # A key's claims are nearly always its account's: then they need not be written twice.
    own = None if key.attributes == image.attributes else sorted(key.attributes.items())
    return [key.client_id, key.enabled, key.service_enabled, own, sorted(key.roles), sorted(key.rights)]
