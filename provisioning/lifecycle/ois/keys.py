"""How an OIS proves who it is: its key set, or a secret where it cannot sign. Source: order cl. 6; RFC 7523.

A key is replaced by a set that holds the old and the new one, and later by one without the old: no moment without a
key that works. A secret is shown once, and only its digest is kept (decision 5).
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from provisioning.keycloak.ois.clients import set_ois_digest
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import ActionRefused
from provisioning.lifecycle.lookups import find_ois
from provisioning.lifecycle.ois.steps import Step, take
from provisioning.model.api_key_secret import digest, fingerprint, new_api_key
from provisioning.model.events.codec_values import JsonObject
from provisioning.model.events.ois import OisKeyChanged
from provisioning.model.jwks import jwks_faults, public_jwks
from provisioning.model.ois import OisRecord
from provisioning.model.secret import Secret


@dataclass(frozen=True, slots=True)
class OisSecret:
    """A secret that was just given to an OIS. It exists nowhere else."""

    record: OisRecord
    secret: Secret
    fingerprint: str


def change_key(actor: Actor, name: str, jwks: str) -> OisRecord:
    """Take another key set (JSON, RFC 7517). The keys that are not in it open nothing from then on.

    A set that is already in force changes nothing. Raises UnknownOis, ActionRefused, CarriedOutLater.
    """
    findings = jwks_faults(jwks)
    if findings:
        words = "; ".join(f"{f.fault.value}{f' ({f.kid})' if f.kid else ''}" for f in findings)
        raise ActionRefused(f"the key set cannot be used: {words}", remedy="mend it and hand it in again")
    keys = json.loads(public_jwks(jwks))
    with actor.ledger.reader() as reader:
        record = find_ois(reader, name)
    if record.jwks is not None and json.loads(record.jwks) == keys:
        return record
    kids = tuple(str(key["kid"]) for key in keys["keys"])
    return take(actor, name, Step(OisKeyChanged(jwks=JsonObject.of(keys), kids=kids)))


def give_secret(actor: Actor, name: str, reason: str) -> OisSecret:
    """Let an OIS authenticate by a secret instead of its key set, and return it, once. Repeating it replaces it.

    The key set, and any secret before, open nothing from then on. Raises UnknownOis, ActionRefused, CarriedOutLater or
    KeycloakError; then nothing was shown, and it may be repeated.
    """
    secret = new_api_key()
    mark = fingerprint(secret)
    with actor.ledger.reader() as reader:
        if find_ois(reader, name).connected_at is None:
            raise ActionRefused(f"OIS {name} is not connected, so it has no client", remedy="connect it first")
    record = take(actor, name, Step(OisKeyChanged(jwks=None, fingerprint=mark), reason))
    set_ois_digest(actor.connection, record.client_id, digest(secret))
    return OisSecret(record, secret, mark)
