"""Reading the ledger: accounts, keys, events, tasks and mail, all of one moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, select

from ..model.events import Event, Head
from ..model.identifiers import ClientId, Username
from ..model.records import AccountRecord, ApiKeyRecord, Mail, MailState, Task
from . import schema

FETCH_ROWS: Final = 2000
"""Rows that a long listing holds in memory at a time."""


class LedgerReader:
    """A view of the ledger that does not move while it is open. Made by `Ledger.reader()`."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        """For the modules of this package that keep tables of their own."""

    def account(self, username: str) -> AccountRecord | None:
        """One account generation by its username."""
        found = self._rows(select(schema.account).where(schema.account.c.username == username))
        return AccountRecord(**found[0]) if found else None

    def accounts(self) -> dict[Username, AccountRecord]:
        """Every account generation there ever was."""
        return {row["username"]: AccountRecord(**row) for row in self._stream(select(schema.account))}

    def api_key(self, client_id: str) -> ApiKeyRecord | None:
        """One API key by its client id."""
        found = self._rows(select(schema.api_key).where(schema.api_key.c.client_id == client_id))
        return ApiKeyRecord(**found[0]) if found else None

    def api_keys(self, username: str) -> tuple[ApiKeyRecord, ...]:
        """All API keys of an account generation, by number."""
        keys = select(schema.api_key).where(schema.api_key.c.username == username).order_by(schema.api_key.c.number)
        return tuple(ApiKeyRecord(**row) for row in self._rows(keys))

    def all_api_keys(self) -> dict[ClientId, ApiKeyRecord]:
        """Every API key there ever was."""
        return {row["client_id"]: ApiKeyRecord(**row) for row in self._stream(select(schema.api_key))}

    def events(self, after_seq: int = 0, subject: str | None = None, limit: int | None = None) -> Iterator[Event]:
        """Events after number `after_seq`, in order, of one subject if given. Streams: read it inside the reader."""
        query = select(schema.event).where(schema.event.c.seq > after_seq).order_by(schema.event.c.seq).limit(limit)
        if subject is not None:
            query = query.where(schema.event.c.subject == subject)
        return (Event(**row) for row in self._stream(query))

    def pending_tasks(self, action: str | None = None) -> tuple[Task, ...]:
        """Work still to be done, oldest first, of one action if given."""
        columns = [column for column in schema.task.c if column.name != "done_at"]
        query = select(*columns).where(schema.task.c.done_at.is_(None))
        if action is not None:
            query = query.where(schema.task.c.action == action)
        order = (schema.task.c.created_at, schema.task.c.event_seq, schema.task.c.key)
        return tuple(Task(**row) for row in self._stream(query.order_by(*order)))

    def mails(self, state: MailState | None = None) -> tuple[Mail, ...]:
        """Mail, oldest first, of one state if given."""
        query = select(schema.mail).order_by(schema.mail.c.created_at, schema.mail.c.key)
        if state is not None:
            query = query.where(schema.mail.c.state == state)
        return tuple(Mail(**row) for row in self._stream(query))

    def head(self) -> tuple[int, str]:
        """Number and hash of the last event; (0, 64 zeros) for an empty ledger."""
        head = self.chain_head()
        return head.seq, head.hash

    def chain_head(self) -> Head:
        """The same with the time of the last event."""
        columns = (schema.event.c.seq, schema.event.c.hash, schema.event.c.at)
        found = self._rows(select(*columns).order_by(schema.event.c.seq.desc()).limit(1))
        return Head(**found[0]) if found else Head()

    def _rows(self, query: Select[*tuple[Any, ...]]) -> Sequence[RowMapping]:
        return self.connection.execute(query).mappings().all()

    def _stream(self, query: Select[*tuple[Any, ...]]) -> Iterator[RowMapping]:
        with self.connection.execute(query, execution_options={"yield_per": FETCH_ROWS}) as result:
            yield from result.mappings()
