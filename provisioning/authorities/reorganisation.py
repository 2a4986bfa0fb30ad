"""Hromadas that merge and split: their authorities end and what was under them moves, in one change. Pure.

A line that names predecessors takes over from them. One successor takes everything; of several, each takes what lies in
its hromada. A predecessor with a line of its own goes on and loses only that. Source: order cl. 3, 10.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from provisioning.authorities.importing import Directory, Result, living_below
from provisioning.authorities.lines import Line
from provisioning.edebo.findings import Weight
from provisioning.model.endings import ending_faults
from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import Deactivation, DeactivationReason, Institution
from provisioning.model.katottg import authority_oblast, hromada_of


@dataclass(frozen=True, slots=True)
class Moves:
    """What a reorganisation does beside the lines themselves: who moves, and who ends."""

    moved: dict[InstitutionId, InstitutionId] = field(default_factory=dict)
    ended: dict[InstitutionId, Deactivation] = field(default_factory=dict)


def reorganise(
    lines: Sequence[Line], result: Result, directory: Directory, institutions: Sequence[Institution], today: dt.date
) -> Moves:
    """Carry out what the lines say of predecessors; what is wrong becomes findings, and the predecessor stays."""
    moves = Moves()
    here = {one.id: one for one in institutions}
    going_on = {one for n, one in result.taken.items() if not lines[n].predecessors}
    for predecessor, heirs in _heirs(lines, result, directory).items():
        goes_on = predecessor in going_on
        left = _move(here[predecessor], heirs, institutions, moves, goes_on=goes_on)
        if goes_on:
            continue
        first = next(iter(heirs.values()))
        for one in left:
            message = f"{one.id} {one.name} lies in the hromada of none of the successors of {predecessor}, which stays"
            result.add(first, Weight.PERSON, "split", message, "give its `authority:` in YAML, then import again")
        if not left:
            _end(here[predecessor], heirs, result, here, moves, today)
    return moves


def _heirs(
    lines: Sequence[Line], result: Result, directory: Directory
) -> Mapping[InstitutionId, dict[InstitutionId, Line]]:
    """Predecessor → its successors and their lines."""
    heirs: defaultdict[InstitutionId, dict[InstitutionId, Line]] = defaultdict(dict)
    for position, line in enumerate(lines):
        successor = result.taken.get(position)
        for text in line.predecessors if successor is not None else ():
            found = directory.find(text, authority_oblast(successor or "", line.katottg))
            if found is None or directory.by_id.get(found) is None:
                message = f"the predecessor “{text[:80]}” is no one authority here"
                result.add(line, Weight.PERSON, "predecessor", message)
            elif successor is not None and found != successor:
                heirs[found][successor] = line
    return heirs


def _move(
    predecessor: Institution,
    heirs: Mapping[InstitutionId, Line],
    institutions: Sequence[Institution],
    moves: Moves,
    *,
    goes_on: bool,
) -> list[Institution]:
    """Move what is under a predecessor; what no successor takes."""
    by_hromada = {hromada_of(line.katottg): successor for successor, line in heirs.items()}
    left = []
    for one in living_below(institutions, predecessor.id):
        successor = by_hromada.get(hromada_of(one.katottg)) if len(heirs) > 1 or goes_on else next(iter(heirs))
        if one.id in heirs:
            continue
        if successor is None or (hromada_of(one.katottg) is None and len(heirs) > 1):
            left.append(one)
        else:
            moves.moved[one.id] = successor
    return left


def _end(
    predecessor: Institution,
    heirs: Mapping[InstitutionId, Line],
    result: Result,
    here: Mapping[InstitutionId, Institution],
    moves: Moves,
    today: dt.date,
) -> None:
    """Deactivate a predecessor by the document of its successors' lines."""
    line = next(iter(heirs.values()))
    if line.date is None:
        message = f"no date says since when {predecessor.id} is reorganised; it stays"
        result.add(line, Weight.PERSON, "predecessor", message)
        return
    why = Deactivation(DeactivationReason.REORGANISATION, line.document, line.date, tuple(sorted(heirs)))
    before = predecessor.earlier[-1].deactivation.date if predecessor.earlier else None
    known = {*here, *heirs}
    faults = list(ending_faults(why, predecessor.id, today, before, known.__contains__))
    for fault in faults:
        message = f"{predecessor.id} stays: {fault.message}"
        result.add(line, Weight.PERSON, "predecessor", message, fault.remedy)
    if not faults:
        moves.ended[predecessor.id] = why
