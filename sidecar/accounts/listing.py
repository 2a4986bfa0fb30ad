"""Lists of accounts: what a page's address asks for, one page of it, and the whole as CSV.

Shared by the authority's pages and the Administrator's desk, which differ in what may be looked at.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import Response, request, stream_with_context

from provisioning.ledger import LedgerReader
from provisioning.ledger.queries.search import (
    AccountPage,
    Criteria,
    Flag,
    count_accounts,
    count_flags,
    flags_of,
    search_accounts,
)
from provisioning.ledger.queries.tree import Branch, branches
from provisioning.model.identifiers import Username
from provisioning.model.institution import Kind
from provisioning.model.records import AccountRecord, AccountState
from provisioning.model.sphere import SpherePath, reaches
from provisioning.model.spreadsheet import safe_cell
from sidecar.doors.records import records
from sidecar.doors.services import current_time

_WORDS_MAX: Final = 200
_CSV_PAGE: Final = 1_000
CSV_COLUMNS: Final = ("username", "name", "kind", "state", "edrpou", "edebo_id", "katottg", "email", "sphere")
CSV_FLAGS: Final = "signs"
"""Beside them: `not-activated`, `no-ois`, `key-ending`, with spaces between them."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list: criteria, accounts found, and how many there are of each state and flag.

    `flags` are those of the accounts on the page; `branches` the authorities below, when nothing narrows the list.
    """

    criteria: Criteria
    found: AccountPage
    counts: dict[AccountState, int]
    flag_counts: dict[Flag, int]
    flags: dict[Username, tuple[Flag, ...]]
    branches: tuple[Branch, ...] = ()
    authority: AccountRecord | None = None

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def query(self, **changes: str | None) -> dict[str, str]:
        """Return the arguments of an address that asks for the same list with some changes; None leaves one out."""
        asked: dict[str, str | None] = {
            "words": self.criteria.words,
            "state": self.criteria.state,
            "kind": self.criteria.kind,
            "sign": self.criteria.flag,
            "below": self.authority.username if self.authority is not None else None,
            **changes,
        }
        return {name: value for name, value in asked.items() if value}


def asked_criteria(sphere: SpherePath | None) -> Criteria:
    """Read from the address which accounts are asked for, within a sphere. Unknown values narrow nothing."""
    state, kind, flag = (request.args.get(name) for name in ("state", "kind", "sign"))
    return Criteria(
        words=request.args.get("words", "")[:_WORDS_MAX],
        below=sphere,
        state=AccountState(state) if state in set(AccountState) else None,
        kind=kind if kind in set(Kind) else None,
        flag=Flag(flag) if flag in set(Flag) else None,
        now=current_time(),
    )


def read_listing(reader: LedgerReader, criteria: Criteria) -> Listing:
    """Read the page after the username in the address; its `below` narrows the list to one authority of the sphere."""
    authority = _narrowed(reader, criteria.below)
    if authority is not None:
        criteria = replace(criteria, below=SpherePath(authority.sphere))
    after = request.args.get("after", "")
    found = search_accounts(reader, criteria, after=after)
    narrowed = criteria.words or criteria.state or criteria.kind or criteria.flag or after
    return Listing(
        criteria,
        found,
        count_accounts(reader, replace(criteria, state=None)),
        count_flags(reader, replace(criteria, flag=None)),
        flags_of(reader, [account.username for account in found.accounts], criteria.now),
        () if narrowed else branches(reader, criteria.below, criteria.now),
        authority,
    )


def csv_answer(criteria: Criteria, name: str) -> Response:
    """Send every account that fits, as a CSV file in which no cell is taken for a formula."""
    response = Response(stream_with_context(_csv_lines(criteria)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _narrowed(reader: LedgerReader, sphere: SpherePath | None) -> AccountRecord | None:
    """The account whose sphere the address narrows to; nothing outside the sphere is looked at."""
    below = reader.account(request.args.get("below", ""))
    if below is None or not below.sphere:
        return None
    inside = sphere is None or reaches(sphere, True, SpherePath(below.sphere))
    return below if inside else None


def _csv_lines(criteria: Criteria) -> Iterator[str]:
    yield "\ufeff" + _line((*CSV_COLUMNS, CSV_FLAGS))
    with records().reader() as reader:
        after = ""
        while True:
            found = search_accounts(reader, criteria, after=after, limit=_CSV_PAGE)
            flags = flags_of(reader, [account.username for account in found.accounts], criteria.now)
            for account in found.accounts:
                cells = [getattr(account, column) for column in CSV_COLUMNS]
                yield _line([*cells, " ".join(flags.get(account.username, ()))])
            if found.after is None:
                return
            after = found.after


def _line(cells: Any) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([safe_cell(cell) for cell in cells])
    return buffer.getvalue()
