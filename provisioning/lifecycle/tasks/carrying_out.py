"""Carries recorded tasks out in Keycloak.

Every task looks at the verdict again before it acts, so a task that is late does what is right now, not what was right
then. All of them may be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from provisioning.keycloak.accounts.api_keys import create_next_key, end_key, reopen_key, set_expiry
from provisioning.keycloak.base_keys import withdraw_base_key
from provisioning.keycloak.errors import KeycloakError, KeycloakRefused
from provisioning.keycloak.logins import end_login, forget_failures, read_login, reopen_login
from provisioning.keycloak.ois.operators import bring_operator
from provisioning.ledger import LedgerReader
from provisioning.ledger.leases.lease import hold_lease
from provisioning.lifecycle.actor import Actor, alone_with
from provisioning.lifecycle.errors import CarriedOutLater
from provisioning.lifecycle.failing import named
from provisioning.lifecycle.journal import note_made
from provisioning.lifecycle.tasks.attempting import Attempted, attempt, is_due
from provisioning.lifecycle.tasks.catalogue import (
    BRING_KEY_SCOPES,
    BRING_OIS,
    BRING_OPERATOR,
    CLOSE,
    CLOSE_KEY,
    CREATE_KEY,
    EXPIRE_KEY,
    NOTIFY,
    REOPEN,
    REPLACE_BASE_KEY,
    REVEAL_KEY,
    UNLOCK,
)
from provisioning.lifecycle.tasks.handing_over import hand_over
from provisioning.lifecycle.tasks.on_record import bring_key, bring_ois_on_record, key_scopes_on_record
from provisioning.lifecycle.tasks.revealing import void_reveal
from provisioning.lifecycle.workshop import BASE_KEY_MAIL, OPERATOR_MAIL
from provisioning.model.events import JsonValue, NewEvent
from provisioning.model.events.alarms import AlarmRaised
from provisioning.model.identifiers import ClientId, Username, parse_key_client_id
from provisioning.model.ois import operator_username, parse_ois_client_id
from provisioning.model.records import AccountState, ApiKeyRecord, NewMail, Task

Mails = tuple[NewMail, ...]

_BAD_REQUEST: Final = 400
_NO_OPERATOR: Final = "Keycloak refuses the account of this OIS's operator; correct its e-mail, and invite it again"


def carry_out(actor: Actor, keys: Collection[str], recorded: str) -> None:
    """Carry out these tasks now, for a person who waits for them.

    Raises CarriedOutLater when Keycloak is away or refuses one of them, after the others: `recorded` says what is in
    force already. Births and updates are left to `apply`, and a secret that is just being revealed to the process that
    reveals it: neither may hold up an end. At a page, the watch does it.
    """
    if actor.is_at_page:
        hand_over(actor, keys, recorded)
        return
    done = carry_out_unasked(actor, keys, recorded, again=True)
    if done.failures:
        raise CarriedOutLater(
            f"{recorded}. That is recorded and stands. Keycloak refuses {len(done.failures)} of"
            f" {done.done + len(done.failures)} actions: {named(done.failures)}",
            remedy="put right what Keycloak refuses; `provision watch` and `provision accounts converge` try it again",
        )


def carry_out_unasked(actor: Actor, keys: Collection[str], recorded: str, *, again: bool = False) -> Attempted:
    """Carry out these tasks when no person waits: one that Keycloak refuses is noted and holds up no other.

    A refused task waits for its time, unless `again`. Raises CarriedOutLater when Keycloak is away.
    """
    wanted = set(keys)
    tasks = [task for task in _pending(actor, again) if task.key in wanted]
    try:
        return attempt(actor, tasks, _run)
    except KeycloakError as error:
        with actor.ledger.reader() as reader:
            left = len({task.key for task in reader.pending_tasks()} & {task.key for task in tasks})
        raise CarriedOutLater(
            f"{recorded}. That is recorded and stands. Keycloak is not brought to it yet, {left} of"
            f" {len(tasks)} actions are left: {error.message}",
            remedy="run `provision accounts converge` when Keycloak answers",
        ) from error


def resume(actor: Actor, *, leave: Collection[str] = (), again: bool = False) -> Attempted:
    """Carry out everything that earlier runs recorded and did not finish, but for accounts in `leave`.

    What Keycloak refuses is noted on its task and holds nothing up; it waits for its time, unless `again`. Raises
    KeycloakError when Keycloak is away; what is done by then stays done.
    """
    tasks = [task for task in _pending(actor, again) if task.subject not in leave]
    if tasks:
        actor.progress.stage("finishing what was recorded", len(tasks))
    return attempt(actor, tasks, _run)


def is_over(reader: LedgerReader, client_id: ClientId) -> bool:
    """Return the verdict on a key, known or not: its own end, or its account's. Source: order cl. 7, 8."""
    record, parsed = reader.api_key(client_id), parse_key_client_id(client_id)
    return (record is not None and record.state.is_over) or (parsed is not None and is_dead(reader, parsed[0]))


def is_dead(reader: LedgerReader, username: Username) -> bool:
    """Return the verdict on an account. Source: order cl. 7."""
    record = reader.account(username)
    return record is not None and record.state is AccountState.DEACTIVATED


def _pending(actor: Actor, again: bool) -> list[Task]:
    """Tasks that are carried out here; those that Keycloak refused when their pause is over, or `again`."""
    with actor.ledger.reader() as reader:
        tasks = [task for task in reader.pending_tasks() if task.action in _HANDLERS]
    return tasks if again else [task for task in tasks if is_due(actor, task)]


def _run(actor: Actor, task: Task) -> None:
    # 1. Count the attempt first, so that a task that kills its process shows in the counts.
    with actor.transaction() as transaction:
        transaction.tasks_attempted([task.key])
    # 2. Keycloak. The handler reads the verdict anew and may be repeated: a crash from here on does it once more.
    mails = _HANDLERS[task.action](actor, task)
    # 3. Done and mail in one transaction: no mail of a task that is to be repeated, and none lost.
    with actor.transaction() as transaction:
        transaction.finish_tasks([task.key])
        transaction.enqueue_mails(mails)
    actor.progress.advance()


def _close_account(actor: Actor, task: Task) -> Mails:
    username = Username(task.subject)
    keys, dead = _keys_and_verdict(actor, username)
    # A late "close" after a reinstatement does nothing. Keys first: they are what reads data.
    if dead:
        for key in keys:
            end_key(actor.connection, key.client_id)
        end_login(actor.connection, username)
    return ()


def _reopen_account(actor: Actor, task: Task) -> Mails:
    username = Username(task.subject)
    keys, dead = _keys_and_verdict(actor, username)
    if not dead:
        for key in keys:
            if not key.state.is_over:
                bring_key(actor, key.client_id)
                reopen_key(actor.connection, key.client_id)
        reopen_login(actor.connection, username)
        # A deactivation that was recorded meanwhile must win, whoever asked Keycloak last.
        _close_account(actor, task)
    return ()


def _unlock_login(actor: Actor, task: Task) -> Mails:
    forget_failures(actor.connection, Username(task.subject))
    return ()


def _keys_and_verdict(actor: Actor, username: Username) -> tuple[Sequence[ApiKeyRecord], bool]:
    with actor.ledger.reader() as reader:
        return reader.api_keys(username), is_dead(reader, username)


def _close_key(actor: Actor, task: Task) -> Mails:
    _end_key_if_over(actor, ClientId(task.subject))
    return ()


def _create_key(actor: Actor, task: Task) -> Mails:
    """A part that may queue tasks must not have keys made that are not on record, or like a key of somebody else."""
    client_id, like = ClientId(task.subject), ClientId(str(task.data["like"]))
    own, other = parse_key_client_id(client_id), parse_key_client_id(like)
    if own is None or other is None or own[0] != other[0] or _key_on_record(actor, client_id) is None:
        return ()
    create_next_key(actor.connection, client_id, like, key_scopes_on_record(actor, client_id))
    bring_key(actor, client_id)
    # Born enabled; if it or its account ended meanwhile it must not stay so.
    _end_key_if_over(actor, client_id)
    return ()


def _bring_key_scopes(actor: Actor, task: Task) -> Mails:
    bring_key(actor, ClientId(task.subject))
    return ()


def _bring_ois(actor: Actor, task: Task) -> Mails:
    bring_ois_on_record(actor, ClientId(task.subject), opens=task.data.get("opens") is not False)
    return ()


def _bring_operator(actor: Actor, task: Task) -> Mails:
    """What a stranger wrote into a form must not hold up all other work: an address that Keycloak refuses is told."""
    with actor.ledger.reader() as reader:
        record = reader.ois(parse_ois_client_id(task.subject) or "")
    if record is None:
        return ()
    try:
        made = bring_operator(actor.connection, record)
    except KeycloakRefused as error:
        if error.status != _BAD_REQUEST:
            raise
        alarm = NewEvent(AlarmRaised(what=_NO_OPERATOR), record.client_id, actor.name)
        with actor.transaction() as transaction:
            transaction.append([alarm])
        return ()
    with actor.transaction() as transaction:
        note_made(transaction, (), actor.now(), born=int(made))
    base_key_id = task.data.get("base_key_id")
    if record.state.is_over or not isinstance(base_key_id, str):
        return ()
    data: dict[str, JsonValue] = {"base_key_id": base_key_id, "reset": task.data.get("reset") is True}
    return (NewMail(base_key_id, OPERATOR_MAIL, record.email, operator_username(record.slug), data),)


def _expire_key(actor: Actor, task: Task) -> Mails:
    key = _key_on_record(actor, ClientId(task.subject))
    if key is not None and key.ends_at is not None:
        set_expiry(actor.connection, key.client_id, key.ends_at)
    return ()


def _key_on_record(actor: Actor, client_id: ClientId) -> ApiKeyRecord | None:
    with actor.ledger.reader() as reader:
        return reader.api_key(client_id)


def _void_reveal(actor: Actor, task: Task) -> Mails:
    """The run that was to show the secret is gone, and it finishes this task before it shows anything."""
    parsed = parse_key_client_id(task.subject)
    if parsed is not None:
        with alone_with(actor, parsed[0]) as alone:
            void_reveal(alone, ClientId(task.subject))
    return ()


def _replace_base_key(actor: Actor, task: Task) -> Mails:
    """Kill what is outstanding; mail the base key that the ledger has now, which may be newer than the task.

    By one process, and only while the task waits: done once more, it would kill the link that was just mailed. A lease
    of its own, since who mends an account may hold that of the account.
    """
    with hold_lease(actor.ledger, name=f"base-key:{task.subject}", holder=actor.name):
        with actor.ledger.reader() as reader:
            waits = any(waiting.key == task.key for waiting in reader.pending_tasks(REPLACE_BASE_KEY))
        return _mail_base_key(actor, task) if waits else ()


def _mail_base_key(actor: Actor, task: Task) -> Mails:
    username = Username(task.subject)
    withdraw_base_key(actor.connection, username)
    with actor.ledger.reader() as reader:
        record = reader.account(username)
    login = read_login(actor.connection, username)
    if record is None or record.base_key_id is None or login is None or not login.email:
        return ()
    data: dict[str, JsonValue] = {"base_key_id": record.base_key_id, "reset": task.data.get("reset") is True}
    return (NewMail(record.base_key_id, BASE_KEY_MAIL, login.email, username, data),)


def _notify(actor: Actor, task: Task) -> Mails:
    login, data = read_login(actor.connection, Username(task.subject)), task.data["facts"]
    if login is None or not login.email or not isinstance(data, Mapping):
        return ()
    facts: dict[str, JsonValue] = {**data}
    return (NewMail(str(task.data["key"]), str(task.data["template"]), login.email, login.username, facts),)


def _end_key_if_over(actor: Actor, client_id: ClientId) -> None:
    with actor.ledger.reader() as reader:
        over = is_over(reader, client_id)
    if over:
        end_key(actor.connection, client_id)


_HANDLERS: Final[Mapping[str, Callable[[Actor, Task], Mails]]] = {
    CLOSE: _close_account,
    REOPEN: _reopen_account,
    UNLOCK: _unlock_login,
    CLOSE_KEY: _close_key,
    CREATE_KEY: _create_key,
    EXPIRE_KEY: _expire_key,
    REVEAL_KEY: _void_reveal,
    REPLACE_BASE_KEY: _replace_base_key,
    NOTIFY: _notify,
    BRING_KEY_SCOPES: _bring_key_scopes,
    BRING_OIS: _bring_ois,
    BRING_OPERATOR: _bring_operator,
}
