"""Keys that stand in a text: whose they are, by fingerprint from the ledger alone, and their end when they leaked.

Source: order cl. 8, 10.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from provisioning.ledger import LedgerReader
from provisioning.model.api_key_secret import find_api_keys, fingerprint
from provisioning.model.cut_off import CutOffReason
from provisioning.model.events import EventKind
from provisioning.model.identifiers import ClientId
from provisioning.model.records import ApiKeyRecord

from .carrying_out import is_dead
from .cut_off import LEAK_MAIL, CutOff, Request, finish_cut_off, replace_keys
from .operator import Operator


class Standing(StrEnum):
    """What a secret that was found can do."""

    LIVE = "live"
    OVER = "over"
    REPLACED = "replaced"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A secret that stands in a text, by its fingerprint. `record` is None when the ledger knows no such secret."""

    fingerprint: str
    standing: Standing
    record: ApiKeyRecord | None


def check_text(reader: LedgerReader, text: str) -> tuple[FoundKey, ...]:
    """Every AIKOM key in a text, in order. Asks nobody but the ledger. The secrets themselves go nowhere."""
    marks = [fingerprint(secret) for secret in find_api_keys(text)]
    if not marks:
        return ()
    current = {key.fingerprint: key for key in reader.all_api_keys().values() if key.fingerprint is not None}
    earlier = _earlier(reader, [mark for mark in marks if mark not in current])
    return tuple(_judge(reader, mark, current, earlier) for mark in marks)


def kill_leaked(operator: Operator, text: str, found_where: str) -> tuple[tuple[FoundKey, ...], tuple[CutOff, ...]]:
    """Cut off every live key in a text and tell its owner. Keys that are over are left as they are.

    `found_where` is recorded. Returns what was found, as it stood before, and what was cut off. Raises CarriedOutLater.
    """
    request = Request(CutOffReason.LEAK, requested_by=operator.actor, note=found_where)
    done: list[CutOff] = []
    with operator.transaction() as transaction:
        found = check_text(transaction, text)
        for key in found:
            if key.record is not None and key.standing is Standing.LIVE:
                done.append(replace_keys(operator, transaction, [key.record], request, LEAK_MAIL))
    for cut in done:
        finish_cut_off(operator, cut)
    return found, tuple(done)


def _judge(
    reader: LedgerReader, mark: str, current: Mapping[str, ApiKeyRecord], earlier: Mapping[str, ClientId]
) -> FoundKey:
    record = current.get(mark)
    if record is not None:
        over = record.state.is_over or is_dead(reader, record.username)
        return FoundKey(mark, Standing.OVER if over else Standing.LIVE, record)
    if mark in earlier:
        return FoundKey(mark, Standing.REPLACED, reader.api_key(earlier[mark]))
    return FoundKey(mark, Standing.UNKNOWN, None)


def _earlier(reader: LedgerReader, marks: Iterable[str]) -> dict[str, ClientId]:
    """Secrets that a later reveal of the same key replaced; they open nothing."""
    wanted = set(marks)
    if not wanted:
        return {}
    revealed = (event for event in reader.events() if event.kind is EventKind.API_KEY_REVEALED)
    return {mark: ClientId(e.subject) for e in revealed if (mark := str(e.data.get("fingerprint"))) in wanted}
