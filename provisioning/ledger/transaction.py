"""Writing the ledger: events, what follows from them, and the work and mail they oblige us to. All or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Table, and_, select, text, update

from provisioning.ledger.announcing import announce
from provisioning.ledger.errors import EventRefused, LedgerCorrupt
from provisioning.ledger.notices import notices
from provisioning.ledger.projection import Projection, Touched, fold, objection, project, touched
from provisioning.ledger.projection.projected import (
    PROJECTED,
    differing,
    in_parts,
    load_named,
    stored_projection,
)
from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.store import schema
from provisioning.ledger.store.bulk import OnConflict, insert_rows
from provisioning.ledger.store.engine import owns_stored_state
from provisioning.model.events import Event, NewEvent, OddShape, chain, first_break
from provisioning.model.records import Mail, MailState, NewMail, NewTask

Trust: TypeAlias = Callable[[LedgerReader], None]
"""Raises LedgerRolledBack when the ledger is older than its newest checkpoint (`proof.rollback`)."""

_SEARCH: Final = text(
    "UPDATE ledger_account SET search = found.value FROM json_each_text(CAST(:found AS json)) AS found"
    " WHERE username = found.key"
)


class LedgerTransaction(LedgerReader):
    """One writer's transaction. Made by `Ledger.transaction()`; do nothing slow in it, others wait for its end."""

    def __init__(self, connection: Connection, clock: Callable[[], datetime], trust: Trust | None = None) -> None:
        super().__init__(connection)
        self._clock = clock
        self._trust = trust
        self._last_seq: int | None = None

    def append(self, events: Sequence[NewEvent]) -> tuple[Event, ...]:
        """Record events and bring the projection up to date from them, which is the only way it changes.

        Whom they concern gets a mail where `model.notices` says so.

        Raises EventRefused when one of them contradicts what is recorded, or is not of its kind's shape, and
        LedgerRolledBack when one opens access and this ledger is older than its newest checkpoint; then none is.
        """
        if not events:
            return ()
        if self._trust is not None and any(event.content.opens for event in events):
            self._trust(self)
        try:
            recorded = chain(self.chain_head(), events, self._clock())
        except OddShape as error:
            raise EventRefused(
                f"an event has an odd shape: {error}",
                remedy="nothing was recorded; this is a fault of the program, report it with this message",
            ) from error
        self._record(recorded)
        self.enqueue_mails(notices(self, recorded))
        return recorded

    def take_over(self, events: Sequence[Event]) -> None:
        """Record events as they were recorded before, after the last one. Raises LedgerCorrupt, EventRefused.

        An event that could not have been recorded here is refused, however well its hash fits: a hash has no secret.
        """
        broken = first_break(self.chain_head(), events)
        if broken is not None:
            raise LedgerCorrupt(
                f"event {broken} of the export does not go on from this ledger's event {self.head()[0]}",
                remedy="name an export of this very ledger that begins no later than the backup ends",
            )
        self._record(events)

    def add_tasks(self, tasks: Sequence[NewTask]) -> None:
        """Note work to be done. A key that is still to be done stays as it is; one that was done before starts anew."""
        now = self._clock()
        fresh = {"event_seq": self._last_seq, "created_at": now, "attempts": 0, "done_at": None}
        fresh |= {"failures": 0, "next_try_at": None, "last_error": None}
        rows = [{**row, **fresh} for row in _fields(tasks, schema.task)]
        insert_rows(self.connection, schema.task, rows, OnConflict.UPDATE, only_if=schema.task.c.done_at.is_not(None))

    def tasks_attempted(self, keys: Collection[str]) -> None:
        """Count one more attempt at each of these tasks."""
        self._update_tasks(keys, {"attempts": schema.task.c.attempts + 1})

    def task_failed(self, key: str, error: str, retry_at: datetime | None) -> None:
        """Note that Keycloak refused a task, until `retry_at`, or for good when that is None. No secret in `error`."""
        failed = {"failures": schema.task.c.failures + 1, "last_error": error, "next_try_at": retry_at}
        self._update_tasks([key], failed)

    def finish_tasks(self, keys: Collection[str]) -> None:
        """Note that the work is done. Repeating it changes nothing."""
        self._update_tasks(keys, {"done_at": self._clock()})

    def enqueue_mails(self, mails: Sequence[NewMail]) -> None:
        """Put mail in the queue. A key that was ever there is left as it is: nothing is sent twice."""
        now = self._clock()
        fresh = {"state": MailState.QUEUED, "attempts": 0, "next_try_at": now, "created_at": now}
        rows = [{**row, **fresh} for row in _fields(mails, schema.mail)]
        insert_rows(self.connection, schema.mail, rows, OnConflict.SKIP)

    def claim_mails(self, limit: int, lease_s: float) -> tuple[Mail, ...]:
        """Take up to `limit` mails that are due, for `lease_s` seconds; after that another sender may take them."""
        now = self._clock()
        table = schema.mail
        due = and_(table.c.state.in_((MailState.QUEUED, MailState.SENDING)), table.c.next_try_at <= now)
        query = select(table).where(due).order_by(table.c.next_try_at, table.c.key).limit(limit)
        keys = [row["key"] for row in self._rows(query)]
        until = now + timedelta(seconds=lease_s)
        taken = {"state": MailState.SENDING, "attempts": table.c.attempts + 1, "next_try_at": until}
        self.connection.execute(update(table).where(table.c.key.in_(keys)).values(taken))
        claimed = {row["key"]: Mail(**row) for row in self._rows(select(table).where(table.c.key.in_(keys)))}
        return tuple(claimed[key] for key in keys)

    def mail_sent(self, key: str) -> None:
        """Note that the mail server has taken the mail."""
        self._update_mail(key, {"state": MailState.SENT, "sent_at": self._clock(), "last_error": None})

    def mail_failed(self, key: str, error: str, retry_at: datetime | None) -> None:
        """Note a failure: back to the queue until `retry_at`, or given up when that is None. No secret in `error`."""
        later = {"state": MailState.QUEUED, "next_try_at": retry_at} if retry_at else {"state": MailState.FAILED}
        self._update_mail(key, {**later, "last_error": error})

    def mail_bounced(self, key: str, error: str) -> bool:
        """Note that a mail that was sent came back; False for one that was not sent, or is known to have."""
        sent = and_(schema.mail.c.key == key, schema.mail.c.state == MailState.SENT)
        failed = {"state": MailState.FAILED, "last_error": error}
        return self.connection.execute(update(schema.mail).where(sent).values(failed)).rowcount == 1

    def rebuild(self) -> int:
        """Replace the stored projection by what all events add up to; return how many records differed."""
        fresh = fold(self.events())
        wrong = differing(stored_projection(self), fresh)
        if wrong:
            for kept in PROJECTED:
                self.connection.execute(kept.table.delete())
            self._store(Projection(), fresh)
        return len(wrong)

    def _record(self, events: Sequence[Event]) -> None:
        before = self._load(touched(events))
        after = before.copy()
        for event in events:
            if (refusal := objection(after, event)) is not None:
                raise EventRefused(refusal, remedy="nothing was recorded; read the state again and decide anew")
            project(after, event)
        insert_rows(self.connection, schema.event, _fields(events, schema.event))
        if owns_stored_state(self.connection):
            self._store(before, after)
        else:
            self._follow(touched(events), before, after)
        self._last_seq = events[-1].seq
        announce(self.connection)

    def _load(self, names: Touched) -> Projection:
        loaded = Projection()
        for kept in PROJECTED:
            records = load_named(self, kept, getattr(names, kept.name))
            kept.of(loaded).update((getattr(record, kept.key), record) for record in records)
        return loaded

    def _store(self, before: Projection, after: Projection) -> None:
        for kept in PROJECTED:
            old = kept.of(before)
            changed = [new for name, new in kept.of(after).items() if old.get(name) != new]
            insert_rows(self.connection, kept.table, _fields(changed, kept.table), OnConflict.UPDATE)

    def _follow(self, names: Touched, before: Projection, after: Projection) -> None:
        """Add what the database does not take from the events itself, and see that it took the rest as we do."""
        old, new = before.accounts, after.accounts
        found = {name: one.search for name, one in new.items() if name not in old or old[name].search != one.search}
        if found:
            self.connection.execute(_SEARCH, {"found": json.dumps(found)})
        if wrong := differing(self._load(names), after):
            raise LedgerCorrupt(
                f"the database made something else of these events about {min(wrong)} than this program",
                remedy="nothing was recorded; run `provision ledger verify`, and report it with this message",
            )

    def _update_tasks(self, keys: Collection[str], values: Mapping[str, Any]) -> None:
        pending = schema.task.c.done_at.is_(None)
        for part in in_parts(keys):
            self.connection.execute(update(schema.task).where(schema.task.c.key.in_(part), pending).values(values))

    def _update_mail(self, key: str, values: Mapping[str, Any]) -> None:
        unsent = schema.mail.c.state != MailState.SENT
        self.connection.execute(update(schema.mail).where(schema.mail.c.key == key, unsent).values(values))


def _fields(values: Sequence[object], table: Table) -> list[dict[str, Any]]:
    """The fields of values of one kind that the table has columns for."""
    names = [column.name for column in table.c if values and hasattr(values[0], column.name)]
    return [{name: getattr(value, name) for name in names} for value in values]
