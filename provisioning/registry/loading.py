"""The whole configuration folder at once: every problem of every file, and the model when there is no error."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from provisioning.model.configuration import Configuration
from provisioning.model.institution import Source

from .documents import (
    INSTITUTIONS,
    SINGLE_FILES,
    Document,
    agreement_files,
    check_folder,
    institution_files,
    read_document,
    read_single,
)
from .policies import (
    agreement_text,
    exchange_protocol,
    realm_policy,
    rights_policy,
    staff_members,
    technical_requirements,
)
from .problems import LoadResult, Problem, Severity, in_order, warning
from .records import Record, institution_of, read_records
from .rules import RULES
from .rules.scene import Scene
from .singles import Singles, shape_singles

_KYIV_SUMMER: Final = timezone(timedelta(hours=3))
"""The later of the two offsets of Kyiv, so that a decision of today is never "in the future"."""


def load_configuration(folder: Path, *, today: date | None = None) -> LoadResult:
    """Read and check a configuration folder such as `realm-config/`.

    `today` is the day against which dates are checked (in Kyiv; the clock's when not given). Reads files only, changes
    nothing, never raises for what is in them: a wrong file becomes problems, sorted by place.
    Source: order cl. 3.
    """
    day = today or datetime.now(_KYIV_SUMMER).date()
    with _collector_paused():
        return _load(folder, day)


def _load(folder: Path, today: date) -> LoadResult:
    problems: list[Problem] = list(check_folder(folder))
    if not folder.is_dir():
        return LoadResult(None, in_order(problems))
    documents = {file: read_single(folder, file) for file in SINGLE_FILES}
    agreements = [read_document(folder, file) for file in agreement_files(folder)]
    singles, found = shape_singles(documents, agreements)
    problems += found
    records: list[Record] = []
    unread: set[str] = set()
    lists = [read_document(folder, file) for file in institution_files(folder)]
    for document in lists:
        if not document.readable:
            unread |= document.mentioned_ids()
            continue
        more, found = read_records(document)
        records += more
        problems += found
    if not lists:
        problems.append(_no_institutions())
    scene = Scene(records, singles, today, frozenset(unread))
    for rule in RULES:
        problems.extend(rule(scene))
    everything = _one_per_value([*documents.values(), *agreements, *lists], problems)
    if any(problem.severity is Severity.ERROR for problem in everything):
        return LoadResult(None, in_order(everything))
    return LoadResult(_configuration(singles, records), in_order(everything))


def _one_per_value(documents: list[Document], problems: list[Problem]) -> list[Problem]:
    """All problems, without what the shape says about a value that reading has already refused."""
    read = [problem for document in documents for problem in document.problems]
    taken = {problem.source for problem in read if problem.severity is Severity.ERROR and problem.source.column > 1}
    return read + [problem for problem in problems if problem.source not in taken]


def _configuration(singles: Singles, records: list[Record]) -> Configuration | None:
    if singles.realm is None or singles.rights is None or singles.protocol is None or singles.staff is None:
        return None
    if singles.requirements is None:
        return None
    return Configuration(
        realm=realm_policy(singles.realm),
        rights=rights_policy(singles.rights),
        protocol=exchange_protocol(singles.protocol),
        staff=staff_members(singles.staff),
        institutions=tuple(map(institution_of, records)),
        requirements=technical_requirements(singles.requirements),
        agreements=tuple(agreement_text(item.entry) for item in singles.agreements),
    )


def _no_institutions() -> Problem:
    return warning(
        "no-institutions",
        Source(INSTITUTIONS),
        "there is no file with institutions",
        "if there should be some, the checkout is incomplete: fetch it again",
    )


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Without the cyclic collector: it would walk millions of young nodes again and again and triple the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
