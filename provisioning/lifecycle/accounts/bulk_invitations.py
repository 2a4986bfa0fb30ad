"""Base keys for many accounts, at a rate that mail servers bear (order cl. 4).

Resumable by asking again: an account that just got a base key is not selected a second time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from provisioning.ledger import LedgerReader
from provisioning.ledger.queries.mails import base_key_mails
from provisioning.lifecycle.accounts.invitations import invite
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.lookups import find_account
from provisioning.model.base_key_state import BaseKeyState, base_key_status, needs_base_key
from provisioning.model.identifiers import Username


@dataclass(frozen=True, slots=True)
class Selection:
    """Which accounts: all that wait for a base key, or only those whose base key expired; below an authority if named.

    An authority's own account is not below it.
    """

    only_expired: bool = False
    below: str | None = None


def select_accounts(
    reader: LedgerReader, selection: Selection, lifespan: timedelta, now: datetime
) -> tuple[Username, ...]:
    """Return accounts to invite, by name. Raises UnknownAccount for an authority that is not there."""
    mails = base_key_mails(reader)
    above = None if selection.below is None else f"{find_account(reader, selection.below).sphere}/"
    found: list[Username] = []
    for username, record in sorted(reader.accounts().items()):
        status = base_key_status(record, mails.get(record.base_key_id or ""), lifespan, now)
        wanted = needs_base_key(record, status)
        if selection.only_expired:
            wanted = wanted and status.state is BaseKeyState.EXPIRED
        if wanted and (above is None or record.sphere.startswith(above)):
            found.append(username)
    return tuple(found)


def invite_many(
    actor: Actor,
    names: Sequence[Username],
    per_minute: float,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Username]:
    """Issue base keys one after the other, at most so many a minute; each account when it is done.

    Raises CarriedOutLater or ActionRefused as `invite` does; asking again goes on from there.
    """
    began = clock()
    for number, name in enumerate(names):
        wait = began + number * 60 / per_minute - clock()
        if wait > 0:
            sleep(wait)
        invite(actor, name)
        yield name
