"""What must hold after any kill, once what was recorded is finished: nothing lost, nothing twice.

Source: docs/security.md row 34.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from provisioning.keycloak.accounts.reading import read_accounts
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.names import KEY_DIGEST
from provisioning.ledger import Ledger
from provisioning.ledger.proof.verification import verify
from provisioning.lifecycle.administrators import FIRST
from provisioning.mail.message import message_id
from provisioning.model.events import Event, EventKind
from provisioning.model.identifiers import API_KEY_CLIENT_PREFIX, ClientId, Username
from provisioning.model.records import AccountRecord, AccountState, ApiKeyRecord, ApiKeyState, Mail, MailState
from provisioning.planning.changes import AccountImage
from tests.support.ledger_events import data_of
from tests.support.mailcatcher import MailCatcher


@dataclass(frozen=True)
class World:
    """Everything there is, read at one moment at which nobody works."""

    events: tuple[Event, ...]
    accounts: Mapping[Username, AccountRecord]
    keys: Mapping[ClientId, ApiKeyRecord]
    mails: Mapping[str, Mail]
    unfinished: tuple[str, ...]
    chain: str | None
    images: Mapping[Username, AccountImage]
    digests: Mapping[str, str | None]
    caught: Counter[str]
    shown: Mapping[str, tuple[str, str]]


def read_world(ledger: Ledger, connection: KeycloakConnection, catcher: MailCatcher, log: Path) -> World:
    """Ledger, Keycloak, the mail catcher, and what workers said they had shown."""
    with ledger.reader() as reader:
        finding = verify(reader).defect
        events, accounts, keys = tuple(reader.events()), reader.accounts(), reader.all_api_keys()
        mails = {mail.key: mail for mail in reader.mails()}
        unfinished = tuple(task.key for task in reader.pending_tasks())
    clients = connection.pages("/clients", clientId=API_KEY_CLIENT_PREFIX, search=True)
    rows = [row for page in clients for row in page]
    digests = {row["clientId"]: row.get("attributes", {}).get(KEY_DIGEST) or None for row in rows}
    images = read_accounts(connection, (), ())
    caught = Counter(mail.message_id for mail in catcher.messages())
    chain = None if finding is None else finding.explanation
    return World(events, accounts, keys, mails, unfinished, chain, images, digests, caught, _shown(log))


def wrongs(world: World) -> list[str]:
    """Everything that does not hold, in words; empty when all is well."""
    found = [] if world.chain is None else [f"ledger: {world.chain}"]
    found += [f"unfinished: {key}" for key in world.unfinished]
    found += [*_events(world), *_accounts(world), *_keys(world), *_secrets(world), *_mails(world)]
    return found


def _events(world: World) -> Iterator[str]:
    """Nobody touched Keycloak by hand, so nothing may look as if somebody had; births happen once."""
    births = (EventKind.ACCOUNT_CREATED, EventKind.API_KEY_CREATED)
    counted = Counter((event.kind, event.subject) for event in world.events if event.kind in births)
    yield from (f"{kind} twice: {subject}" for (kind, subject), count in counted.items() if count > 1)
    once = (EventKind.API_KEY_CUT_OFF, EventKind.API_KEY_RETIRED)
    ends = Counter(event.subject for event in world.events if event.kind in once)
    yield from (f"ended twice: {subject}" for subject, count in ends.items() if count > 1)
    yield from (
        f"false alarm: {e.subject} {e.data}"
        for e in world.events
        if e.kind is EventKind.ALARM_RAISED
        and data_of(e)["what"] != FIRST  # The first apply says it of its own people.
    )


def _accounts(world: World) -> Iterator[str]:
    yield from (f"{name} is in one of the two only" for name in world.accounts.keys() ^ world.images.keys())
    for name, record in world.accounts.items():
        alive, image = record.state is not AccountState.DEACTIVATED, world.images.get(name)
        if image is not None and image.enabled is not alive:
            yield f"{name} is {record.state} and Keycloak has enabled={image.enabled}"


def _keys(world: World) -> Iterator[str]:
    seen = {key.client_id: key for image in world.images.values() for key in image.keys}
    yield from (f"{client_id} is in one of the two only" for client_id in world.keys.keys() ^ seen.keys())
    for client_id, record in world.keys.items():
        dead = record.state.is_over or world.accounts[record.username].state is AccountState.DEACTIVATED
        key = seen.get(client_id)
        if key is not None and {key.enabled, key.service_enabled} != {not dead}:
            yield f"{client_id} is {record.state} and Keycloak has {key.enabled}/{key.service_enabled}"
    live = Counter(key.username for key in world.keys.values() if not key.state.is_over)
    yield from (f"{name} has {count} live keys" for name, count in live.items() if count > 2)
    yield from (f"{name} has no live key" for name in world.accounts if not live[name])


def _secrets(world: World) -> Iterator[str]:
    """Shown or voided: a key counts as revealed exactly when Keycloak has the digest of that secret."""
    revealed: dict[str, str] = {}
    for event in world.events:
        if event.kind in (EventKind.API_KEY_REVEALED, EventKind.API_KEY_REVEAL_VOIDED):
            revealed[event.subject] = f"{event.kind} {data_of(event)['fingerprint']}"
    for client_id, record in world.keys.items():
        stored = world.digests.get(client_id)
        if record.state is ApiKeyState.BORN and stored is not None:
            yield f"{client_id} was shown to nobody and Keycloak has a secret"
        if record.state is ApiKeyState.REVEALED and (record.fingerprint or "").replace("-", "") != (stored or "")[:12]:
            yield f"{client_id} is revealed and Keycloak has another secret"
    for client_id, (mark, digest) in world.shown.items():
        last = revealed.get(client_id, "")
        if last == f"{EventKind.API_KEY_REVEALED} {mark}" and world.digests.get(client_id) != digest:
            yield f"{client_id}: the secret that was shown does not work"
        if not any(e.subject == client_id and data_of(e).get("fingerprint") == mark for e in world.events):
            yield f"{client_id}: a secret was shown that the ledger knows nothing of"


def _mails(world: World) -> Iterator[str]:
    """Each promise is one mail, each sent mail arrived, each arrival is a promise; a mail has one Message-ID."""
    ids = {key: message_id(key, "no-reply@aikom.example").partition("@")[0] for key in world.mails}
    caught = Counter(name.partition("@")[0] for name in world.caught.elements())
    yield from (f"an unpromised mail arrived: {name}" for name in caught.keys() - set(ids.values()))
    yield from (f"two mails of one promise: {name}" for name, count in caught.items() if count > 1)
    for key, mail in world.mails.items():
        if mail.state is MailState.SENT and ids[key] not in caught:
            yield f"mail {key} counts as sent and did not arrive"
    for name, record in world.accounts.items():
        waits = record.base_key_id is not None and record.state is not AccountState.DEACTIVATED
        if waits and record.base_key_id not in world.mails:
            yield f"{name} was promised a base key and no mail is there"
    for event in world.events:
        if event.kind is EventKind.CUT_OFF_DECIDED:
            ended = data_of(event)["ended"]
            key = f"key-cut-off:{ended[-1]}" if isinstance(ended, list) else ""
            if key not in world.mails:
                yield f"nobody told {event.subject} of its cut-off: {key}"


def _shown(log: Path) -> dict[str, tuple[str, str]]:
    """The last secret that was shown of each key: fingerprint and digest."""
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    words = [line.split() for line in lines]
    return {line[1]: (line[2], line[3]) for line in words if line[0] == "shown" and len(line) == 4}
