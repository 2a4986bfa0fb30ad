"""Subjects whose stored state is not what the events say: noted with an alarm, refused by the gate, let go once right.

Source: docs/security.md row 48.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, select

from provisioning.ledger.projection.projected import in_parts
from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.store.bulk import OnConflict, insert_rows
from provisioning.ledger.store.schema_differing import differing
from provisioning.ledger.transaction import LedgerTransaction
from provisioning.model.events import NewEvent
from provisioning.model.events.alarms import AlarmRaised

SUBJECT: Final = "ledger"
"""Subject of the alarm. The subjects themselves may be such that nothing is recorded about them."""

_NAMED: Final = 20
"""So many subjects stand in the alarm's words."""


@dataclass(frozen=True, slots=True)
class Noted:
    """Subjects that differ since this look, and those that are right again."""

    fresh: tuple[str, ...]
    right_again: tuple[str, ...]


def differing_known(reader: LedgerReader) -> frozenset[str]:
    """Return the subjects that were noted and are not right again; none in a sound ledger."""
    return frozenset(reader.connection.execute(select(differing.c.subject)).scalars())


def note_differing(transaction: LedgerTransaction, found: Mapping[str, str], actor: str) -> Noted:
    """Note the subjects that differ, by noun, with one alarm for those that are new. Repeating it changes nothing."""
    known = differing_known(transaction)
    fresh, right_again = tuple(sorted(found.keys() - known)), tuple(sorted(known - found.keys()))
    for part in in_parts(right_again):
        transaction.connection.execute(delete(differing).where(differing.c.subject.in_(part)))
    if fresh:
        names = ", ".join(fresh[:_NAMED]) + (", …" if len(fresh) > _NAMED else "")
        what = f"the stored state of {len(fresh)} subjects is not what the events say: {names}"
        (alarm,) = transaction.append([NewEvent(AlarmRaised(what=what), SUBJECT, actor, clause="cl. 12")])
        rows = [{"subject": name, "noun": found[name], "found_at": alarm.at} for name in fresh]
        insert_rows(transaction.connection, differing, rows, OnConflict.SKIP)
    return Noted(fresh, right_again)
