"""Keys in a text: whose they are, by fingerprint from the ledger alone, and their end when they leaked.

Source: order cl. 8, 10.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from provisioning.keycloak.accounts.api_keys import read_key
from provisioning.keycloak.errors import KeycloakError
from provisioning.ledger import LedgerReader
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.keys.cut_off import LEAK_MAIL, CutOff, CutOffRequest, finish_cut_off, replace_keys
from provisioning.lifecycle.tasks.carrying_out import is_dead
from provisioning.model.api_key_secret import digest, find_api_keys, fingerprint, without_api_keys
from provisioning.model.cut_off import CutOffReason
from provisioning.model.events import EventKind
from provisioning.model.events.api_keys import ApiKeyRevealed
from provisioning.model.identifiers import ClientId
from provisioning.model.records import ApiKeyRecord

KEYS_AT_ONCE: Final = 100
"""Keys of one report that are looked at."""

WHERE_CHARACTERS: Final = 300


class Standing(StrEnum):
    """What a secret that was found can do."""

    LIVE = "live"
    OVER = "over"
    REPLACED = "replaced"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LeakedKey:
    """A secret found in a text, by its fingerprint. `record` is None when the ledger knows no such secret."""

    fingerprint: str
    standing: Standing
    record: ApiKeyRecord | None


def check_text(reader: LedgerReader, text: str) -> tuple[LeakedKey, ...]:
    """Find every AIKOM key in a text, in order. Asks the ledger alone. The secrets themselves go nowhere.

    Reads every event when a key is not known by its present secret: for people, not for the public.
    """
    marks = [fingerprint(secret) for secret in find_api_keys(text)]
    if not marks:
        return ()
    current = {key.fingerprint: key for key in reader.all_api_keys().values() if key.fingerprint is not None}
    earlier = _earlier(reader, [mark for mark in marks if mark not in current])
    return tuple(_judge(reader, mark, current, earlier) for mark in marks)


@dataclass(frozen=True, slots=True)
class Leaked:
    """A cut-off that is recorded because of a leak; `digest` of the secret proves at the door that it leaked."""

    cut: CutOff
    digest: str


def kill_leaked(actor: Actor, text: str, found_where: str) -> tuple[tuple[LeakedKey, ...], tuple[CutOff, ...]]:
    """Cut off every live key in a text and tell its owner. Keys that are over are left as they are.

    `found_where` is recorded. Returns what was found, as it stood before, and what was cut off. Raises CarriedOutLater.
    """
    with actor.ledger.reader() as reader:
        found = check_text(reader, text)
    done = tuple(leaked.cut for leaked in record_leaked(actor, text, found_where))
    for cut in done:
        finish_cut_off(actor, cut)
    return found, done


def end_at_door(actor: Actor, leaked: Leaked) -> None:
    """End a leaked key at once, where the actor has a door; all else of its cut-off is the watch's.

    Raises KeycloakError when that cannot be done now; the watch does it.
    """
    if actor.door is not None:
        for client_id in leaked.cut.ended:
            actor.door.end_leaked_key(client_id, leaked.digest)


def record_leaked(actor: Actor, text: str, found_where: str) -> tuple[Leaked, ...]:
    """Record the cut-off of every live key in a text, without Keycloak's part: `finish_cut_off` and `end_at_door` carry
    it out.

    Looks at the first `KEYS_AT_ONCE` keys of the text. A key in `found_where` itself is not recorded.
    """
    secrets = find_api_keys(text)[:KEYS_AT_ONCE]
    marks = {fingerprint(secret): secret for secret in secrets}
    if not marks:
        return ()
    with actor.ledger.reader() as reader:
        suspects = [key for key in reader.api_keys_with(marks) if _is_live(reader, key)]
    leaked = {key.client_id: digest(marks[str(key.fingerprint)]) for key in suspects}
    leaked = {client_id: mark for client_id, mark in leaked.items() if _is_its_secret(actor, client_id, mark)}
    if not leaked:
        return ()
    where = without_api_keys(found_where)[:WHERE_CHARACTERS]
    request = CutOffRequest(CutOffReason.LEAK, requested_by=actor.name, note=where or None)
    with actor.transaction() as transaction:
        keys = [key for name in leaked if (key := transaction.api_key(name)) is not None and _is_live(transaction, key)]
        return tuple(
            Leaked(replace_keys(actor, transaction, [key], request, LEAK_MAIL), leaked[key.client_id]) for key in keys
        )


def _is_live(reader: LedgerReader, key: ApiKeyRecord) -> bool:
    return not key.state.is_over and not is_dead(reader, key.username)


def _is_its_secret(actor: Actor, client_id: ClientId, mark: str) -> bool:
    """A fingerprint is short enough to be forged with much work by whoever knows it; Keycloak's digest is not.

    While Keycloak does not answer, the fingerprint is enough: a key too many is replaced rather than a leak left open.
    """
    try:
        if actor.door is not None:
            return actor.door.is_secret_of(client_id, mark)
        known = read_key(actor.connection, client_id)
    except KeycloakError:
        return True
    return known is None or known.digest is None or known.digest == mark


def _judge(
    reader: LedgerReader, mark: str, current: Mapping[str, ApiKeyRecord], earlier: Mapping[str, ClientId]
) -> LeakedKey:
    record = current.get(mark)
    if record is not None:
        return LeakedKey(mark, Standing.LIVE if _is_live(reader, record) else Standing.OVER, record)
    if mark in earlier:
        return LeakedKey(mark, Standing.REPLACED, reader.api_key(earlier[mark]))
    return LeakedKey(mark, Standing.UNKNOWN, None)


def _earlier(reader: LedgerReader, marks: Iterable[str]) -> dict[str, ClientId]:
    """Secrets that a later reveal of the same key replaced; they open nothing."""
    wanted = set(marks)
    if not wanted:
        return {}
    found: dict[str, ClientId] = {}
    for event in reader.events(kinds=[EventKind.API_KEY_REVEALED]):
        match event.content:
            case ApiKeyRevealed(fingerprint=mark) if mark in wanted:
                found[mark] = ClientId(event.subject)
    return found
