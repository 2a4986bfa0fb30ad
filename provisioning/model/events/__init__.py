"""Events of the legal record: a frozen type for each kind, and the hash chain that ties them together. Pure.

A module per noun has the types of its events; `codec` writes and reads them, `catalogue` knows them all. What is hashed
is `canonical`, how an event joins the chain is `chain`. Storing events is `ledger.transaction`; what they add up to is
`ledger.projection`.
"""

from __future__ import annotations

from provisioning.model.events.canonical import (
    LARGEST_INTEGER,
    JsonValue,
    canonical_json,
    encode_plain,
    format_time,
    parse_json,
    parse_time,
)
from provisioning.model.events.catalogue import Unreadable
from provisioning.model.events.chain import (
    GENESIS_HASH,
    Event,
    Head,
    NewEvent,
    chain,
    event_hash,
    first_break,
    hash_of_fields,
    ledger_id_of,
)
from provisioning.model.events.codec import Content
from provisioning.model.events.codec_atoms import OddShape
from provisioning.model.events.kinds import EventKind, kind_named

__all__ = [
    "GENESIS_HASH",
    "LARGEST_INTEGER",
    "Content",
    "Event",
    "EventKind",
    "Head",
    "JsonValue",
    "NewEvent",
    "OddShape",
    "Unreadable",
    "canonical_json",
    "chain",
    "encode_plain",
    "event_hash",
    "first_break",
    "format_time",
    "hash_of_fields",
    "kind_named",
    "ledger_id_of",
    "parse_json",
    "parse_time",
]
