"""Questions about mail that need a few rows, or none: the table grows by every mail there ever was."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import func, select

from provisioning.ledger.projection.projected import in_parts
from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.store import schema
from provisioning.model.records import Mail, MailState


def mails_named(reader: LedgerReader, keys: Collection[str]) -> Mapping[str, Mail]:
    """Return these mails by key; those that are not there are left out."""
    found: dict[str, Mail] = {}
    for part in in_parts(keys):
        rows = reader.connection.execute(select(schema.mail).where(schema.mail.c.key.in_(part))).mappings()
        found.update((row["key"], Mail(**row)) for row in rows)
    return found


def mail_keys(reader: LedgerReader) -> Iterator[str]:
    """Yield the keys of all mails, and nothing else of them. Streams: read it inside the reader."""
    query = select(schema.mail.c.key)
    with reader.connection.execute(query, execution_options={"yield_per": 5_000}) as result:
        yield from result.scalars()


def waiting_mails(reader: LedgerReader) -> int:
    """Return how many are to be sent."""
    waits = schema.mail.c.state.in_((MailState.QUEUED, MailState.SENDING))
    return int(reader.connection.execute(select(func.count()).select_from(schema.mail).where(waits)).scalar_one())


def base_key_mails(reader: LedgerReader) -> Mapping[str, Mail]:
    """Return the mail of every base key that an account waits for, by key."""
    outstanding = select(schema.account.c.base_key_id).where(schema.account.c.base_key_id.is_not(None))
    rows = reader.connection.execute(select(schema.mail).where(schema.mail.c.key.in_(outstanding))).mappings()
    return {row["key"]: Mail(**row) for row in rows}
