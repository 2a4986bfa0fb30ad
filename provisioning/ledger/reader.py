"""Reading the ledger: accounts, keys, OIS, mandates, events, tasks and mail, all of one moment."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, RowMapping, Select, select

from provisioning.ledger.store import schema
from provisioning.ledger.store.schema_unreadable import unreadable
from provisioning.model.events import Content, Event, EventKind, Head
from provisioning.model.identifiers import ClientId, Username
from provisioning.model.ois import MandateRecord, MandateState, OisRecord, Slug
from provisioning.model.records import AccountRecord, ApiKeyRecord, ApiKeyState, Mail, MailState, Task
from provisioning.model.support_requests import SupportRequest, SupportRequestState
from provisioning.model.unreadable import UnreadableRecord, resting_on

T = TypeVar("T")
Told = TypeVar("Told", bound=Content)

FETCH_ROWS: Final = 2000
"""Rows that a long listing holds in memory at a time."""


class LedgerReader:
    """A view of the ledger that does not move while it is open. Made by `Ledger.reader()`."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        """For the modules of this package that keep tables of their own."""

    def account(self, username: str) -> AccountRecord | None:
        """Return one account generation by its username."""
        found = self._rows(select(schema.account).where(schema.account.c.username == username))
        return AccountRecord(**found[0]) if found else None

    def accounts(self) -> dict[Username, AccountRecord]:
        """Return every account generation there ever was."""
        return {row["username"]: AccountRecord(**row) for row in self.stream(select(schema.account))}

    def api_key(self, client_id: str) -> ApiKeyRecord | None:
        """Return one API key by its client id."""
        found = self._rows(select(schema.api_key).where(schema.api_key.c.client_id == client_id))
        return ApiKeyRecord(**found[0]) if found else None

    def api_keys(self, username: str) -> tuple[ApiKeyRecord, ...]:
        """Return all API keys of an account generation, by number."""
        keys = select(schema.api_key).where(schema.api_key.c.username == username).order_by(schema.api_key.c.number)
        return tuple(ApiKeyRecord(**row) for row in self._rows(keys))

    def all_api_keys(self) -> dict[ClientId, ApiKeyRecord]:
        """Return every API key there ever was."""
        return {row["client_id"]: ApiKeyRecord(**row) for row in self.stream(select(schema.api_key))}

    def api_keys_with(self, fingerprints: Collection[str]) -> tuple[ApiKeyRecord, ...]:
        """Return keys whose secret has one of these fingerprints; give at most a few hundred."""
        wanted = select(schema.api_key).where(schema.api_key.c.fingerprint.in_(sorted(fingerprints)))
        return tuple(ApiKeyRecord(**row) for row in self._rows(wanted))

    def keys_ending_by(self, now: datetime) -> tuple[ApiKeyRecord, ...]:
        """Return keys that are not over and whose planned end has come, by name."""
        table = schema.api_key
        over = [state for state in ApiKeyState if state.is_over]
        due = select(table).where(table.c.ends_at <= now, table.c.state.not_in(over)).order_by(table.c.client_id)
        return tuple(ApiKeyRecord(**row) for row in self._rows(due))

    def ois(self, slug: str) -> OisRecord | None:
        """Return one OIS by its slug."""
        found = self._rows(select(schema.ois).where(schema.ois.c.slug == slug))
        return OisRecord(**found[0]) if found else None

    def all_ois(self) -> dict[Slug, OisRecord]:
        """Return every OIS that ever applied, by slug."""
        return {row["slug"]: OisRecord(**row) for row in self.stream(select(schema.ois).order_by(schema.ois.c.slug))}

    def mandate(self, mandate_id: str) -> MandateRecord | None:
        """Return one mandate by its id."""
        found = self._rows(select(schema.mandate).where(schema.mandate.c.id == mandate_id))
        return MandateRecord(**found[0]) if found else None

    def mandates(
        self, *, username: str | None = None, ois: str | None = None, standing: bool = False, after_seq: int = 0
    ) -> tuple[MandateRecord, ...]:
        """Return the mandates of one account, of one OIS, or both; in the order in which they last changed.

        `standing`: only those that were not withdrawn. `after_seq`: only those that an event after this number changed;
        a caller that asks again with the largest `changed_seq` it got misses none.
        """
        table = schema.mandate
        query = select(table).where(table.c.changed_seq > after_seq)
        if username is not None:
            query = query.where(table.c.username == username)
        if ois is not None:
            query = query.where(table.c.ois == ois)
        if standing:
            query = query.where(table.c.state == MandateState.GRANTED)
        return tuple(MandateRecord(**row) for row in self.stream(query.order_by(table.c.changed_seq, table.c.id)))

    def all_mandates(self) -> dict[str, MandateRecord]:
        """Return every mandate there ever was, by id."""
        return {row["id"]: MandateRecord(**row) for row in self.stream(select(schema.mandate))}

    def support_requests(
        self, *, state: SupportRequestState | None = None, username: str | None = None
    ) -> tuple[SupportRequest, ...]:
        """Return requests to the Administrator, oldest first, of one state and one account if given."""
        table = schema.request
        query = select(table).order_by(table.c.filed_at, table.c.id)
        if state is not None:
            query = query.where(table.c.state == state)
        if username is not None:
            query = query.where(table.c.username == username)
        return tuple(SupportRequest(**row) for row in self.stream(query))

    def support_request(self, request_id: str) -> SupportRequest | None:
        """Return one request by its id."""
        found = self._rows(select(schema.request).where(schema.request.c.id == request_id))
        return SupportRequest(**found[0]) if found else None

    def all_unreadable(self) -> dict[str, UnreadableRecord]:
        """Return every subject that is refused because an event about it cannot be read; empty in a sound ledger."""
        return {row["subject"]: UnreadableRecord(**row) for row in self._rows(select(unreadable))}

    def is_unreadable(self, subject: str) -> bool:
        """Return whether nothing opens for a subject because an event about it, or about a key's account, cannot be
        read.
        """
        named = select(unreadable.c.subject).where(unreadable.c.subject.in_(resting_on(subject))).limit(1)
        return self.connection.execute(named).first() is not None

    def readable(self, items: Iterable[T], subject_of: Callable[[T], str]) -> list[T]:
        """Return those whose subject is not refused: what is done for many must not stop at one of them."""
        refused = self.all_unreadable().keys()
        return [item for item in items if not refused or refused.isdisjoint(resting_on(subject_of(item)))]

    def events(
        self,
        after_seq: int = 0,
        subject: str | None = None,
        limit: int | None = None,
        kinds: Collection[EventKind] | None = None,
    ) -> Iterator[Event]:
        """Yield events after number `after_seq`, in order, of one subject and of these kinds if given.

        Streams: read it inside the reader.
        """
        query = select(schema.event).where(schema.event.c.seq > after_seq).order_by(schema.event.c.seq).limit(limit)
        if subject is not None:
            query = query.where(schema.event.c.subject == subject)
        if kinds is not None:
            query = query.where(schema.event.c.kind.in_(kinds))
        return (Event(**row) for row in self.stream(query))

    def last_told(self, subject: str, told: type[Told]) -> tuple[int, Told] | None:
        """Return number and content of a subject's last event of this type that can be read; None when there is none.

        Reads no further back than that, however long the record grows.
        """
        table = schema.event
        query = select(table).where(table.c.subject == subject, table.c.kind == told.KIND).order_by(table.c.seq.desc())
        with self.connection.execute(query, execution_options={"yield_per": 1}) as result:
            events = (Event(**row) for row in result.mappings())
            return next(((e.seq, e.content) for e in events if isinstance(e.content, told)), None)

    def pending_tasks(self, action: str | None = None) -> tuple[Task, ...]:
        """Work still to be done, oldest first, of one action if given."""
        columns = [column for column in schema.task.c if column.name != "done_at"]
        query = select(*columns).where(schema.task.c.done_at.is_(None))
        if action is not None:
            query = query.where(schema.task.c.action == action)
        order = (schema.task.c.created_at, schema.task.c.event_seq, schema.task.c.key)
        return tuple(Task(**row) for row in self.stream(query.order_by(*order)))

    def mails(self, state: MailState | None = None, *, account: str | None = None) -> tuple[Mail, ...]:
        """Mail, oldest first, of one state and one account if given."""
        query = select(schema.mail).order_by(schema.mail.c.created_at, schema.mail.c.key)
        if state is not None:
            query = query.where(schema.mail.c.state == state)
        if account is not None:
            query = query.where(schema.mail.c.subject_account == account)
        return tuple(Mail(**row) for row in self.stream(query))

    def head(self) -> tuple[int, str]:
        """Return number and hash of the last event; (0, 64 zeros) for an empty ledger."""
        head = self.chain_head()
        return head.seq, head.hash

    def hash_at(self, seq: int) -> str | None:
        """Return the hash of event number `seq`; None when there is no such event."""
        query = select(schema.event.c.hash).where(schema.event.c.seq == seq)
        found: str | None = self.connection.execute(query).scalar()
        return found

    def chain_head(self) -> Head:
        """Return number, hash and time of the last event."""
        columns = (schema.event.c.seq, schema.event.c.hash, schema.event.c.at)
        found = self._rows(select(*columns).order_by(schema.event.c.seq.desc()).limit(1))
        return Head(**found[0]) if found else Head()

    def stream(self, query: Select[*tuple[Any, ...]]) -> Iterator[RowMapping]:
        """Yield a query's rows as the database hands them over; read it inside the reader."""
        with self.connection.execute(query, execution_options={"yield_per": FETCH_ROWS}) as result:
            yield from result.mappings()

    def _rows(self, query: Select[*tuple[Any, ...]]) -> Sequence[RowMapping]:
        return self.connection.execute(query).mappings().all()
