"""Applications of OIS, the one-time links that their e-mails get, and uploaded files. Not the record: rows can go.

Links are stored as digests. A file is stored once under its hash, in the database, so that one backup holds record
and papers alike and every node of the sidecar finds them.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, delete, func, insert, select, update

from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.store import schema
from provisioning.ledger.transaction import LedgerTransaction
from provisioning.model.application import Application, ApplicationRecord, Paper, Stored
from provisioning.model.ois import Slug
from provisioning.model.secret import Secret

UNCONFIRMED_FOR: Final = timedelta(days=7)
"""An application whose e-mail nobody confirmed is removed after this."""

_application: Final = schema.application
_link: Final = schema.application_link
_paper: Final = schema.paper


def find_application(reader: LedgerReader, identifier: str) -> ApplicationRecord | None:
    """Return an application by its id."""
    return _one(reader, _application.c.id == identifier)


def application_of(reader: LedgerReader, slug: str) -> ApplicationRecord | None:
    """Return the confirmed application of an OIS."""
    return _one(reader, (_application.c.slug == slug) & _application.c.confirmed_at.is_not(None))


def applications_for(reader: LedgerReader, slug: str, email: str) -> tuple[ApplicationRecord, ...]:
    """Return the applications under a slug from an e-mail address, newest first."""
    same = (_application.c.slug == slug) & (func.lower(_application.c.email) == email.lower())
    rows = reader.connection.execute(select(_application).where(same).order_by(_application.c.created_at.desc()))
    return tuple(_record(row) for row in rows.mappings())


def repeated(reader: LedgerReader, idempotency_key: str) -> ApplicationRecord | None:
    """Return the application that was handed in under this key before."""
    return _one(reader, _application.c.idempotency == _digest(idempotency_key))


def add_application(
    transaction: LedgerTransaction, identifier: str, application: Application, now: datetime, idempotency: str | None
) -> None:
    """Store an application that waits for its confirmation, and remove those that waited longer than
    `UNCONFIRMED_FOR`.
    """
    stale = _application.c.confirmed_at.is_(None) & (_application.c.created_at < now - UNCONFIRMED_FOR)
    old = select(_application.c.id).where(stale)
    transaction.connection.execute(delete(_link).where(_link.c.application_id.in_(old)))
    transaction.connection.execute(delete(_application).where(stale))
    row = {
        "id": identifier,
        "slug": application.slug,
        "email": application.email,
        "data": application.as_data(),
        "idempotency": None if idempotency is None else _digest(idempotency),
        "created_at": now,
    }
    transaction.connection.execute(insert(_application).values(row))


def mark_confirmed(transaction: LedgerTransaction, identifier: str, now: datetime) -> None:
    """Note that the e-mail was confirmed."""
    transaction.connection.execute(update(_application).where(_application.c.id == identifier).values(confirmed_at=now))


def add_link(transaction: LedgerTransaction, identifier: str, code: Secret, now: datetime, until: datetime) -> None:
    """Store a one-time link of an application as a digest."""
    row = {"digest": _digest(code.reveal()), "application_id": identifier, "created_at": now, "expires_at": until}
    transaction.connection.execute(insert(_link).values(row))


def last_link_at(reader: LedgerReader, identifier: str) -> datetime | None:
    """Return when the newest link of an application was made."""
    found = select(_link.c.created_at).where(_link.c.application_id == identifier)
    newest: datetime | None = reader.connection.execute(found.order_by(_link.c.created_at.desc()).limit(1)).scalar()
    return newest


def use_link(transaction: LedgerTransaction, code: Secret, now: datetime) -> ApplicationRecord | None:
    """Return the application that a link is for, and the link is used; None when it is unknown, used,
    or has run out.
    """
    usable = (_link.c.digest == _digest(code.reveal())) & _link.c.used_at.is_(None) & (_link.c.expires_at > now)
    identifier = transaction.connection.execute(select(_link.c.application_id).where(usable)).scalar()
    if identifier is None:
        return None
    transaction.connection.execute(update(_link).where(usable).values(used_at=now))
    return find_application(transaction, identifier)


def add_paper(transaction: LedgerTransaction, paper: Paper, content: bytes) -> None:
    """Store a file that is not stored yet."""
    transaction.connection.execute(insert(_paper).values({**asdict(paper), "content": content}))


def has_paper(reader: LedgerReader, paper: Paper) -> bool:
    """Return whether the same file is stored for the same OIS and purpose."""
    same = (_paper.c.slug == paper.slug) & (_paper.c.sha256 == paper.sha256) & (_paper.c.kind == paper.kind)
    return reader.connection.execute(select(_paper.c.sha256).where(same)).first() is not None


def stored_of(reader: LedgerReader, slug: str) -> Stored:
    """Return how much is stored of one application."""
    return _stored(reader, _paper.c.slug == slug)


def stored_of_applicant(reader: LedgerReader, email: str) -> Stored:
    """Return how much is stored of all confirmed applications from this e-mail address, in either case of letters."""
    confirmed = (func.lower(_application.c.email) == email.lower()) & _application.c.confirmed_at.is_not(None)
    return _stored(reader, _paper.c.slug.in_(select(_application.c.slug).where(confirmed)))


def _stored(reader: LedgerReader, condition: ColumnElement[bool]) -> Stored:
    found = reader.connection.execute(select(func.count(), func.coalesce(func.sum(_paper.c.size), 0)).where(condition))
    files, size = found.one()
    return Stored(files, int(size))


def papers(reader: LedgerReader, slug: str) -> tuple[Paper, ...]:
    """Return the files of an OIS, newest first, without their content."""
    columns = [column for column in _paper.c if column.name != "content"]
    rows = reader.connection.execute(
        select(*columns).where(_paper.c.slug == slug).order_by(_paper.c.uploaded_at.desc(), _paper.c.sha256)
    )
    return tuple(Paper(**row) for row in rows.mappings())


def paper_content(reader: LedgerReader, slug: str, sha256: str) -> tuple[Paper, bytes] | None:
    """Return a file with its content."""
    found = reader.connection.execute(
        select(_paper).where(_paper.c.slug == slug, _paper.c.sha256 == sha256).limit(1)
    ).mappings()
    row = found.first()
    if row is None:
        return None
    fields = dict(row)
    content = bytes(fields.pop("content"))
    return Paper(**fields), content


def _one(reader: LedgerReader, condition: Any) -> ApplicationRecord | None:
    row = reader.connection.execute(select(_application).where(condition).limit(1)).mappings().first()
    return None if row is None else _record(row)


def _record(row: RowMapping) -> ApplicationRecord:
    application = Application.from_data(row["data"])
    return ApplicationRecord(
        row["id"], Slug(row["slug"]), row["email"], application, row["created_at"], row["confirmed_at"]
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
