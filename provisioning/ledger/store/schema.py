"""The ledger's tables as SQLAlchemy sees them. Must stay equal to what `migrations` builds (a test compares)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text, false

from provisioning.ledger.store.columns import HASH_WIDTH, CanonicalJson, Day, EnumText, KindText, Texts, UtcTime
from provisioning.model.application import PaperKind
from provisioning.model.ois import ConclusionOutcome, MandateState, OisState
from provisioning.model.records import AccountState, ApiKeyState, MailState
from provisioning.model.support_requests import SupportRequestKind, SupportRequestState

VERSION_TABLE: Final = "ledger_version"

metadata = MetaData()

event = Table(
    "ledger_event",
    metadata,
    # SQLite gives a rowid table only to INTEGER PRIMARY KEY, and that is the fast one.
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("kind", KindText, nullable=False),
    Column("subject", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("clause", Text, nullable=False),
    Column("reason", Text),
    Column("data", Text, nullable=False),
    Column("prev_hash", String(HASH_WIDTH), nullable=False),
    Column("hash", String(HASH_WIDTH), nullable=False),
    Index("ledger_event_by_subject", "subject", "seq"),
    Index("ledger_event_by_kind", "kind", "seq"),
    Index("ledger_event_by_actor", "actor", "seq"),
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
    Column("authority_grants", Boolean, nullable=False, server_default=false()),
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
    Column("proof_required", Boolean, nullable=False, server_default=false()),
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
    Column("authority", Text),
    Column("changed_seq", BigInteger, nullable=False),
    Index("ledger_mandate_by_username", "username"),
    Index("ledger_mandate_by_ois", "ois", "changed_seq"),
    Index("ledger_mandate_by_state", "ois", "state", "username"),
    Index("ledger_mandate_by_end", "state", "until"),
)

request = Table(
    "ledger_request",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", EnumText(SupportRequestKind), nullable=False),
    Column("username", String(64), nullable=False),
    Column("state", EnumText(SupportRequestState), nullable=False),
    Column("filed_by", Text, nullable=False),
    Column("filed_at", UtcTime, nullable=False),
    Column("text", Text, nullable=False),
    Column("document", Text),
    Column("answered_by", Text),
    Column("answered_at", UtcTime),
    Column("answer", Text),
    Index("ledger_request_by_state", "state", "filed_at"),
    Index("ledger_request_by_username", "username", "filed_at"),
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
    *(Column("failures", Integer, nullable=False), Column("next_try_at", UtcTime), Column("last_error", Text)),
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

application = Table(
    "ledger_application",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("slug", String(40), nullable=False),
    Column("email", Text, nullable=False),
    Column("data", CanonicalJson, nullable=False),
    Column("idempotency", String(HASH_WIDTH)),
    Column("created_at", UtcTime, nullable=False),
    Column("confirmed_at", UtcTime),
    Index("ledger_application_by_slug", "slug"),
    Index("ledger_application_by_idempotency", "idempotency", unique=True),
)

application_link = Table(
    "ledger_application_link",
    metadata,
    Column("digest", String(HASH_WIDTH), primary_key=True),
    Column("application_id", String(32), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("used_at", UtcTime),
    Index("ledger_application_link_by_application", "application_id"),
)

paper = Table(
    "ledger_paper",
    metadata,
    Column("slug", String(40), primary_key=True),
    Column("sha256", String(HASH_WIDTH), primary_key=True),
    Column("kind", EnumText(PaperKind), primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("uploaded_at", UtcTime, nullable=False),
    Column("content", LargeBinary, nullable=False),
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

logout = Table(
    "ledger_logout",
    metadata,
    Column("token_id", String(255), primary_key=True),
    Column("sid", String(255)),
    Column("subject", String(255)),
    Column("at", UtcTime, nullable=False),
    Index("ledger_logout_by_sid", "sid"),
    Index("ledger_logout_by_subject", "subject"),
)

access = Table(
    "ledger_access",
    metadata,
    # Hours since 1970: narrower than a time of full width, of which there would be one in every row and index.
    Column("hour", Integer, primary_key=True, autoincrement=False),
    Column("reached", String(16), primary_key=True),
    Column("by_institution", String(16), primary_key=True),
    Column("ois", String(40), primary_key=True),
    Column("used_right", String(100), primary_key=True),
    Column("allowed", BigInteger, nullable=False),
    Column("refused", BigInteger, nullable=False),
    Column("first_refusal", String(40)),
    Column("last_at", UtcTime, nullable=False),
    Index("ledger_access_by_reached", "reached", "hour"),
    Index("ledger_access_by_ois", "ois", "hour"),
    # A partition a month; who makes and drops them is `access_keeping`. SQLite has none.
    postgresql_partition_by="RANGE (hour)",
)

journal = Table(
    "ledger_journal",
    metadata,
    Column("username", String(64), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("settled_at", UtcTime, nullable=False),
    Column("edition", String(64), nullable=False),
)

change_mark = Table(
    "ledger_sign",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
    Column("noted_at", UtcTime, nullable=False),
)
