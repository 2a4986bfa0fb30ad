"""The whole configuration folder at once: every problem of every file, and the model when there is no error."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from provisioning.model.calendar import kyiv_day
from provisioning.model.configuration import Configuration
from provisioning.model.institution import Source
from provisioning.registry.documents import Document, read_document, read_single
from provisioning.registry.folder import (
    INSTITUTIONS,
    SINGLE_FILES,
    agreement_files,
    check_folder,
    institution_files,
    missing_files,
)
from provisioning.registry.lists import RecordList, read_list
from provisioning.registry.policies import (
    agreement_text,
    exchange_protocol,
    realm_policy,
    rights_policy,
    staff_members,
    technical_requirements,
)
from provisioning.registry.problems import LoadResult, Problem, Severity, as_row, from_row, in_order, warning
from provisioning.registry.reading_cache import ReadingCache
from provisioning.registry.records import Record, institution_of
from provisioning.registry.rules import RULES
from provisioning.registry.rules.scene import Scene
from provisioning.registry.singles import Singles, shape_singles


def load_configuration(folder: Path, *, today: date | None = None, cache: ReadingCache | None = None) -> LoadResult:
    """Read and check a configuration folder such as `realm-config/`.

    `today` is the day against which dates are checked (in Kyiv; the clock's when not given). Reads files only, changes
    nothing but the cache, never raises for what is in them: a wrong file becomes problems, sorted by place.
    Source: order cl. 3.
    """
    day = today or kyiv_day(datetime.now(UTC))
    with _collector_paused():
        return _load(folder, day, cache or ReadingCache(None))


def _load(folder: Path, today: date, cache: ReadingCache) -> LoadResult:
    problems: list[Problem] = list(check_folder(folder))
    if not folder.is_dir():
        return LoadResult(None, in_order(problems))
    problems += missing_files(folder)
    documents = {file: read_single(folder, file) for file in SINGLE_FILES}
    agreements = [read_document(folder, file) for file in agreement_files(folder)]
    singles, found = shape_singles(documents, agreements)
    problems += found
    lists = [read_list(folder, file, cache) for file in institution_files(folder)]
    for one in lists:
        problems += one.problems
    if not lists:
        problems.append(_no_institutions())
    problems += _broken_rules(singles, lists, [*documents.values(), *agreements], today, cache)
    everything = _one_per_value([*documents.values(), *agreements, *(one.document for one in lists)], problems)
    if any(problem.severity is Severity.ERROR for problem in everything):
        return LoadResult(None, in_order(everything))
    records = [record for one in lists for record in one.records]
    return LoadResult(_configuration(singles, records), in_order(everything))


def _broken_rules(
    singles: Singles, lists: Sequence[RecordList], others: Sequence[Document], today: date, cache: ReadingCache
) -> list[Problem]:
    """What the rules find; remembered for the same files on the same day, when it is nothing but warnings."""
    named = [word for one in lists for word in (one.document.file, one.key)]
    key = cache.key(today.isoformat(), *named, *(word for other in others for word in (other.file, other.text)))
    known = _known_problems(cache.find(key))
    if known is not None:
        cache.used([key, *(one.key for one in lists)])
        return known
    unread = frozenset(name for one in lists if not one.document.readable for name in one.document.mentioned_ids())
    scene = Scene([record for one in lists for record in one.records], singles, today, unread)
    found = [problem for rule in RULES for problem in rule(scene)]
    readable = all(one.document.readable and not one.problems for one in lists)
    if readable and not any(problem.severity is Severity.ERROR for problem in found):
        cache.keep(key, [list(map(as_row, found))])
    return found


def _known_problems(lines: Sequence[bytes] | None) -> list[Problem] | None:
    """The problems of an entry; None when it is not an entry of ours."""
    try:
        (line,) = lines or ()
        return [from_row(row) for row in json.loads(line)]
    except (ValueError, TypeError):
        return None


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
