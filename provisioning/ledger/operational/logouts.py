"""Logins that Keycloak has ended, and sessions that were left here, until no session of theirs can be left.

One row for each logout token, by its id: so a token works once, in whichever process it arrives.
Source: OpenID Connect Back-Channel Logout 1.0.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, and_, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.store import schema

_LEFT: Final = "left:"


def note_logout(connection: Connection, token_id: str, sid: str | None, subject: str | None, at: datetime) -> bool:
    """Keep that a login ended, or without `sid` all of a subject; False when this token was noted before."""
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(schema.logout)
    row = {"token_id": token_id, "sid": sid, "subject": subject, "at": at}
    once = insert.values(row).on_conflict_do_nothing(index_elements=[schema.logout.c.token_id])
    return connection.execute(once.returning(schema.logout.c.token_id)).first() is not None


def has_ended(reader: LedgerReader, sid: str | None, subject: str, began: datetime) -> bool:
    """Return whether the login with this `sid` ended, or every one that the subject had at a time when it was there."""
    table = schema.logout.c
    of_subject = and_(table.sid.is_(None), table.subject == subject, table.at >= began)
    ended = of_subject if sid is None else or_(table.sid == sid, of_subject)
    return reader.connection.execute(select(table.token_id).where(ended).limit(1)).first() is not None


def note_left(connection: Connection, session: str, at: datetime) -> None:
    """Keep that a person left: sessions of this name that had begun are over, a later one of the same name is not."""
    table, name = schema.logout, _LEFT + session
    connection.execute(table.delete().where(table.c.token_id == name))
    connection.execute(table.insert().values(token_id=name, sid=name, subject=None, at=at))


def has_left(reader: LedgerReader, session: str, began: datetime) -> bool:
    """Return whether a session of this name that had begun at a moment was left since."""
    table = schema.logout.c
    left = and_(table.sid == _LEFT + session, table.at >= began)
    return reader.connection.execute(select(table.token_id).where(left).limit(1)).first() is not None


def forget_logouts(connection: Connection, before: datetime) -> int:
    """Delete what was noted before a moment; how many rows."""
    return connection.execute(schema.logout.delete().where(schema.logout.c.at < before)).rowcount
