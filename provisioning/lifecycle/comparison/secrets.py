"""Holds the secrets in Keycloak to those that the ledger issued: API keys by fingerprint, base keys by their name.

A key in use whose secret is gone (its client was deleted, or made again) or is another one is cut off, as in an
incident: a new key takes its place, on record, and the owner gets a mail. Source: order cl. 4, 8; decision 31.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from provisioning.keycloak.accounts.api_keys import KeyInKeycloak, clear_digest, read_key
from provisioning.keycloak.base_keys import withdraw_base_key
from provisioning.keycloak.errors import KeycloakError
from provisioning.ledger import LedgerReader
from provisioning.ledger.errors import LeaseHeld
from provisioning.lifecycle.accounts.invitations import invite
from provisioning.lifecycle.actor import Actor, alone_with
from provisioning.lifecycle.comparison.findings import Finding, Wrong
from provisioning.lifecycle.errors import ActionRefused
from provisioning.lifecycle.failing import concerns_one_object
from provisioning.lifecycle.keys.cut_off import CUT_OFF_MAIL, CutOffRequest, finish_cut_off, replace_keys
from provisioning.lifecycle.tasks.revealing import void_reveal
from provisioning.model.cut_off import CutOffReason
from provisioning.model.events import EventKind, NewEvent
from provisioning.model.events.accounts import AccountCreated
from provisioning.model.events.alarms import AlarmRaised
from provisioning.model.events.base_keys import BaseKeyIssued
from provisioning.model.identifiers import ClientId, Username
from provisioning.model.records import AccountState, ApiKeyRecord, ApiKeyState
from provisioning.planning.changes import AccountImage

NOT_OURS: Final = "the secret of this key in Keycloak is not the one that was shown to its owner"
"""Why a key was cut off, for the record."""

MOST_AT_ONCE: Final = 50
"""So many wrong secrets at once come of an older Keycloak that was put back, which a person has to know of."""


def mend_secrets(actor: Actor, images: Mapping[Username, AccountImage]) -> tuple[Finding, ...]:
    """Look for secrets that the ledger did not issue in accounts as they were found, and end them with an alarm.

    Each is looked at again, alone with the account, before anything is done. Safe to repeat. Raises ActionRefused when
    there are too many, KeycloakError or LedgerError.
    """
    with actor.ledger.reader() as reader:
        suspects = reader.readable(_suspects(reader, images), lambda suspect: suspect[1] or suspect[0])
    if len(suspects) > MOST_AT_ONCE:
        raise ActionRefused(
            f"{len(suspects)} secrets in Keycloak are not those that the ledger issued; none was touched",
            remedy="was an older Keycloak put back? Cut the keys off: `provision keys cut-off ID --reason incident`",
        )
    done: list[Finding] = []
    for username, client_id in suspects:
        try:
            with alone_with(actor, username) as alone:
                found = _mend_base_key(alone, username) if client_id is None else _mend_key(alone, username, client_id)
        except LeaseHeld:
            continue
        except KeycloakError as error:
            if not concerns_one_object(error, actor.connection):
                raise
            continue
        done += [] if found is None else [found]
    return tuple(done)


def is_issued(record: ApiKeyRecord, fingerprint: str) -> bool:
    """Return whether the ledger issued the secret with this fingerprint, twelve hexadecimal digits; empty for none."""
    shown = record.state is ApiKeyState.REVEALED and record.fingerprint is not None
    return fingerprint == ((record.fingerprint or "").replace("-", "") if shown else "")


def _suspects(
    reader: LedgerReader, images: Mapping[Username, AccountImage]
) -> Iterator[tuple[Username, ClientId | None]]:
    """Accounts with a key to look at, or with their base key (None)."""
    for username, image in sorted(images.items()):
        account = reader.account(username)
        if account is None or account.state is AccountState.DEACTIVATED or not image.ours:
            continue
        found = {key.client_id: key.fingerprint for key in image.keys}
        for record in reader.api_keys(username):
            if not record.state.is_over and not is_issued(record, found.get(record.client_id, "")):
                yield username, record.client_id
        if image.base_key_id and image.base_key_id not in issued_base_keys(reader, username):
            yield username, None


def issued_base_keys(reader: LedgerReader, username: Username) -> frozenset[str]:
    """Return the names of all base keys that were ever issued to an account."""
    kinds = [EventKind.ACCOUNT_CREATED, EventKind.BASE_KEY_ISSUED]
    events = (event.content for event in reader.events(subject=username, kinds=kinds))
    return frozenset(
        said.base_key_id for said in events if isinstance(said, AccountCreated | BaseKeyIssued) and said.base_key_id
    )


def _mend_key(actor: Actor, username: Username, client_id: ClientId) -> Finding | None:
    void_reveal(actor, client_id)
    key = read_key(actor.connection, client_id)
    with actor.transaction() as transaction:
        record = transaction.api_key(client_id)
        if record is None or record.state.is_over or is_issued(record, _fingerprint(key)):
            return None
        wrong = Wrong.KEY_ALTERED if _fingerprint(key) else Wrong.KEY_LOST
        request = CutOffRequest(CutOffReason.INCIDENT, actor.name, note=NOT_OURS)
        is_shown = record.state is ApiKeyState.REVEALED
        transaction.append([NewEvent(AlarmRaised(what=wrong.value), client_id, actor.name, clause="cl. 11")])
        done = replace_keys(actor, transaction, [record], request, CUT_OFF_MAIL) if is_shown else None
    clear_digest(actor.connection, client_id)
    if done is not None:
        finish_cut_off(actor, done)
    return Finding(wrong, client_id)


def _mend_base_key(actor: Actor, username: Username) -> Finding:
    with actor.transaction() as transaction:
        account = transaction.account(username)
        wrong = Wrong.BASE_KEY_FOREIGN
        transaction.append([NewEvent(AlarmRaised(what=wrong.value), username, actor.name, clause="cl. 11")])
    withdraw_base_key(actor.connection, username)
    if account is not None and account.base_key_id is not None:
        # The link that was mailed died when the foreign base key was made.
        invite(actor, username, reset=account.state is AccountState.ACTIVE)
    return Finding(wrong, username)


def _fingerprint(key: KeyInKeycloak | None) -> str:
    return "" if key is None or key.digest is None else key.digest[:12]


def subjects(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Name what was found, with what was wrong."""
    return tuple(f"{finding.subject}: {finding.wrong.value}" for finding in findings)
