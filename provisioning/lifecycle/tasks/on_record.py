"""Brings OIS and what API keys open to what the ledger says now, however late or often it is asked (order cl. 5, 6).

The ledger is read again after Keycloak was written: of two who are at it, the later reading wins.
"""

from __future__ import annotations

from provisioning.keycloak.key_scopes import bring_key_scopes
from provisioning.keycloak.ois.clients import bring_ois
from provisioning.ledger import LedgerReader
from provisioning.lifecycle.actor import Actor
from provisioning.model.identifiers import ClientId, parse_key_client_id
from provisioning.model.key_scopes import KeyScopes, key_scopes
from provisioning.model.ois import OisRecord, parse_ois_client_id


def key_scopes_on_record(actor: Actor, client_id: ClientId) -> KeyScopes:
    """Return what a key must open now."""
    with actor.ledger.reader() as reader:
        return scopes_of_key(reader, client_id)


def scopes_of_key(reader: LedgerReader, client_id: ClientId) -> KeyScopes:
    """Return what a key must open; nothing for a key that has ended, or of no account."""
    key, parsed = reader.api_key(client_id), parse_key_client_id(client_id)
    if parsed is None or key is None or key.state.is_over:
        return {}
    return key_scopes(reader.account(parsed[0]), reader.mandates(username=parsed[0]))


def bring_key(actor: Actor, client_id: ClientId) -> None:
    """Let a key open what the ledger says. Safe to repeat."""
    wanted: KeyScopes | None = None
    while (now := key_scopes_on_record(actor, client_id)) != wanted:
        wanted = now
        bring_key_scopes(actor.connection, client_id, wanted)


def bring_ois_on_record(actor: Actor, client_id: ClientId, *, opens: bool) -> None:
    """Bring an OIS's client to its record. One that was never connected has none; without `opens` one that was shut by
    hand stays so. Safe to repeat.
    """
    brought: OisRecord | None = None
    while (now := _record(actor, client_id)) != brought:
        brought = now
        if brought is not None and brought.connected_at is not None:
            bring_ois(actor.connection, brought, opens=opens)


def _record(actor: Actor, client_id: ClientId) -> OisRecord | None:
    with actor.ledger.reader() as reader:
        return reader.ois(parse_ois_client_id(client_id) or "")
