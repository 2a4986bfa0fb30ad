"""The ledger's tables as SQLAlchemy sees them. Must stay equal to what `migrations` builds (a test compares).

Times are text of fixed width in UTC and data is canonical JSON text, on both databases alike: the bytes that are
stored are the bytes that are hashed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from sqlalchemy import BigInteger, Boolean, Column, Dialect, Index, Integer, MetaData, String, Table, Text, false
from sqlalchemy.types import TypeDecorator

from ..model.events import EventKind, JsonValue, canonical_json, format_time, parse_time
from ..model.ois import ConclusionOutcome, MandateState, OisState
from ..model.records import AccountState, ApiKeyState, MailState
from .errors import LedgerCorrupt

TIME_WIDTH: Final = 27
DAY_WIDTH: Final = 10
HASH_WIDTH: Final = 64
VERSION_TABLE: Final = "ledger_version"


Parsed = TypeVar("Parsed")


def _readable(parse: Callable[[Any], Parsed], value: Any) -> Parsed:
    try:
        return parse(value)
    except ValueError as error:
        raise LedgerCorrupt(
            "the ledger holds a value that nothing of ours has written", remedy="run `provision ledger verify`"
        ) from error


class UtcTime(TypeDecorator[datetime]):
    """A time as text, `2026-11-20T08:30:00.000000Z`."""

    impl = String(TIME_WIDTH)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else format_time(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _readable(parse_time, value)


class CanonicalJson(TypeDecorator[Any]):
    """Canonical JSON as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: JsonValue, dialect: Dialect) -> str:
        return canonical_json(value).decode()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any:
        return None if value is None else _readable(json.loads, value)


class Day(TypeDecorator[date]):
    """A day as text, `2026-11-20`."""

    impl = String(DAY_WIDTH)
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        return None if value is None else value.isoformat()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> date | None:
        return None if value is None else _readable(date.fromisoformat, value)


class Texts(TypeDecorator[tuple[str, ...]]):
    """Several texts, in their order, as canonical JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str:
        return canonical_json(value or ()).decode()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else _readable(lambda text: tuple(json.loads(text)), value)


class EnumText(TypeDecorator[StrEnum]):
    """A member of an enum, stored as its value."""

    impl = String(40)
    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else _readable(self.members, value)


metadata = MetaData()

event = Table(
    "ledger_event",
    metadata,
    # SQLite gives a rowid table only to INTEGER PRIMARY KEY, and that is the fast one.
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("kind", EnumText(EventKind), nullable=False),
    Column("subject", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("clause", Text, nullable=False),
    Column("reason", Text),
    Column("data", CanonicalJson, nullable=False),
    Column("prev_hash", String(HASH_WIDTH), nullable=False),
    Column("hash", String(HASH_WIDTH), nullable=False),
    Index("ledger_event_by_subject", "subject", "seq"),
)

account = Table(
    "ledger_account",
    metadata,
    Column("username", String(64), primary_key=True),
    Column("institution_id", String(64), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("is_authority", Boolean, nullable=False),
    Column("state", EnumText(AccountState), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("base_key_id", Text),
    Column("invited_at", UtcTime),
    Column("activated_at", UtcTime),
    Column("deactivated_at", UtcTime),
    Column("deactivation_reason", Text),
    Column("deactivation_document", Text),
    Column("kind", String(40), nullable=False, server_default=""),
    Column("sphere", Text, nullable=False, server_default=""),
    Column("name", Text, nullable=False, server_default=""),
    Column("direct_use", Boolean, nullable=False, server_default=false()),
    Column("edrpou", Text, nullable=False, server_default=""),
    Column("edebo_id", Text, nullable=False, server_default=""),
    Column("katottg", Text, nullable=False, server_default=""),
    Column("email", Text, nullable=False, server_default=""),
    Column("search", Text, nullable=False, server_default=""),
)

api_key = Table(
    "ledger_api_key",
    metadata,
    Column("client_id", String(100), primary_key=True),
    Column("username", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", EnumText(ApiKeyState), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("revealed_at", UtcTime),
    Column("fingerprint", Text),
    Column("ended_at", UtcTime),
    Column("ends_at", UtcTime),
    Index("ledger_api_key_by_username", "username", "number"),
)

ois = Table(
    "ledger_ois",
    metadata,
    Column("slug", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("operator", Text, nullable=False),
    Column("edrpou", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("state", EnumText(OisState), nullable=False),
    Column("rights", Texts, nullable=False),
    Column("applied_at", UtcTime, nullable=False),
    Column("purposes", Texts, nullable=False),
    Column("connected_at", UtcTime),
    Column("suspended_at", UtcTime),
    Column("suspension_reason", Text),
    Column("agreement_version", Text),
    Column("conclusion_number", Text),
    Column("conclusion_until", Day),
    Column("conclusion_outcome", EnumText(ConclusionOutcome)),
    Column("agreement_submitted", Text),
    Column("requested_rights", Texts, nullable=False),
    Column("email", Text, nullable=False),
    Column("jwks", Text),
    Column("redirect_uris", Texts, nullable=False),
    Column("networks", Texts, nullable=False),
    Column("data_location", Text, nullable=False),
    Column("ended_at", UtcTime),
    Column("changed_seq", BigInteger, nullable=False),
)

mandate = Table(
    "ledger_mandate",
    metadata,
    Column("id", String(120), primary_key=True),
    Column("username", String(64), nullable=False),
    Column("ois", String(40), nullable=False),
    Column("rights", Texts, nullable=False),
    Column("contract_number", Text, nullable=False),
    Column("contract_date", Day, nullable=False),
    Column("state", EnumText(MandateState), nullable=False),
    Column("granted_at", UtcTime, nullable=False),
    Column("until", Day),
    Column("withdrawn_at", UtcTime),
    Column("withdrawal_reason", Text),
    Column("changed_seq", BigInteger, nullable=False),
    Index("ledger_mandate_by_username", "username"),
    Index("ledger_mandate_by_ois", "ois", "changed_seq"),
)

task = Table(
    "ledger_task",
    metadata,
    Column("key", Text, primary_key=True),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("data", CanonicalJson, nullable=False),
    Column("event_seq", BigInteger),
    Column("created_at", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("done_at", UtcTime),
    Index("ledger_task_by_done", "done_at", "created_at"),
)

mail = Table(
    "ledger_mail",
    metadata,
    Column("key", Text, primary_key=True),
    Column("template", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("subject_account", Text, nullable=False),
    Column("data", CanonicalJson, nullable=False),
    Column("state", EnumText(MailState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", UtcTime, nullable=False),
    Column("last_error", Text),
    Column("created_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime),
    Index("ledger_mail_by_state", "state", "next_try_at"),
)

lease = Table(
    "ledger_lease",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("token", BigInteger, nullable=False),
    Column("holder", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("acquired_at", UtcTime, nullable=False),
    Column("renewed_at", UtcTime, nullable=False),
    Column("renewals", BigInteger, nullable=False),
    Column("ttl_ms", BigInteger, nullable=False),
    Column("released_at", UtcTime),
)

duty = Table(
    "ledger_duty",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("holder", Text, nullable=False),
    Column("ran_at", UtcTime, nullable=False),
    Column("succeeded_at", UtcTime),
    Column("failures", Integer, nullable=False),
    Column("error", Text),
    Column("attention", Text),
    Column("facts", CanonicalJson, nullable=False),
)

key_use = Table(
    "ledger_key_use",
    metadata,
    Column("client_id", String(100), primary_key=True),
    Column("used_at", UtcTime, nullable=False),
)
