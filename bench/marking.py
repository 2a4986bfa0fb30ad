"""Marks an import of an invented register: what became of every row, beside the truth. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from provisioning.model.text import folded


class Verdict(StrEnum):
    """What became of one row.

    OTHER_OBLAST is under an authority of an oblast that the row does not lie in, the ministry excepted, even where a
    person would say so too: by a name alone no authority of another oblast is taken. WRONG is under another authority
    of its oblast than the true one, UNFOUNDED under one where none is true. KEPT names another body than in the export
    before, and silently stays where it was, wrongly. ASKED: no record, or an old place, with a finding. LOST: no
    record and no finding.
    """

    RIGHT = "right"
    ASKED = "asked"
    OTHER_OBLAST = "under another oblast"
    WRONG = "under a wrong authority of its oblast"
    UNFOUNDED = "under an authority that it does not belong to"
    KEPT = "silently kept under its old authority"
    LOST = "neither a record nor a finding"


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of one row. `authority` is None where no configured one is right; `text` is the register's body."""

    id: int
    authority: str | None
    sure: bool
    clean: bool
    form: str
    oblast: str
    text: str


@dataclass(frozen=True, slots=True)
class Result:
    """What an import left: EDEBO id → authority of the record, and messages of the findings about it."""

    placed: Mapping[int, str]
    found: Mapping[int, Collection[str]]


@dataclass(frozen=True, slots=True)
class Marks:
    """Rows by verdict, and bodies: a body is one text of one oblast that means one authority.

    `rows` are those that nothing but their body could keep out, and that belong to a configured authority; `verdicts`
    counts all rows. `bodies_placed` have all their rows under the right authority without a person; of `bodies_sure`
    text and place leave no doubt. `misses` counts verdict and form of the text, where not right.
    """

    verdicts: Mapping[Verdict, int]
    rows: int
    rows_placed: int
    bodies: int
    bodies_placed: int
    bodies_sure: int
    bodies_sure_placed: int
    misses: Mapping[str, int]

    @property
    def share_of_bodies(self) -> float:
        """Of the bodies that are configured, how many a person is not asked about."""
        return self.bodies_placed / self.bodies if self.bodies else 0.0

    @property
    def share_of_rows(self) -> float:
        """The same of rows."""
        return self.rows_placed / self.rows if self.rows else 0.0


def mark(
    truths: Iterable[Truth],
    result: Result,
    oblasts: Mapping[str, str],
    before: tuple[Mapping[int, str], Mapping[int, str]] = ({}, {}),
) -> Marks:
    """Compare an import with the truth.

    `oblasts` is authority → two digits of its oblast, of all but the ministry. `before` are authorities by EDEBO id as
    they were before this import, and texts of the export before, by the same.
    """
    verdicts: Counter[Verdict] = Counter()
    misses: Counter[str] = Counter()
    bodies: defaultdict[tuple[str, str, str], list[tuple[bool, bool]]] = defaultdict(list)
    for truth in truths:
        verdict = _verdict(truth, result, oblasts, before)
        verdicts[verdict] += 1
        if truth.clean and truth.authority is not None:
            body = (truth.oblast, truth.text, truth.authority)
            bodies[body].append((truth.sure, verdict is Verdict.RIGHT))
        is_good = verdict is Verdict.RIGHT or (verdict is Verdict.ASKED and not (truth.clean and truth.authority))
        if not is_good:
            misses[f"{verdict}: {truth.form}{'' if truth.sure else ' (not sure)'}"] += 1
    sure = [rows for rows in bodies.values() if all(is_sure for is_sure, _ in rows)]
    return Marks(
        verdicts={verdict: verdicts[verdict] for verdict in Verdict},
        rows=sum(map(len, bodies.values())),
        rows_placed=sum(right for rows in bodies.values() for _, right in rows),
        bodies=len(bodies),
        bodies_placed=_placed(bodies.values()),
        bodies_sure=len(sure),
        bodies_sure_placed=_placed(sure),
        misses=dict(misses.most_common()),
    )


def _placed(bodies: Iterable[list[tuple[bool, bool]]]) -> int:
    return sum(all(right for _, right in rows) for rows in bodies)


def _verdict(
    truth: Truth,
    result: Result,
    oblasts: Mapping[str, str],
    before: tuple[Mapping[int, str], Mapping[int, str]],
) -> Verdict:
    placed, found = result.placed.get(truth.id), result.found.get(truth.id, ())
    if placed is None:
        return Verdict.ASKED if found else Verdict.LOST
    if oblasts.get(placed, truth.oblast) != truth.oblast:
        return Verdict.OTHER_OBLAST
    if placed == truth.authority:
        return Verdict.RIGHT
    old_places, old_texts = before
    if placed == old_places.get(truth.id) and truth.text != old_texts.get(truth.id):
        return Verdict.ASKED if _is_told(truth.text, found) else Verdict.KEPT
    return Verdict.UNFOUNDED if truth.authority is None else Verdict.WRONG


def _is_told(text: str, found: Collection[str]) -> bool:
    """Whether a finding names the new body; of an empty field any finding does."""
    return any(folded(text)[:40] in folded(message) for message in found)
