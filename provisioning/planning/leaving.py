"""A difference without what is final: for who carries out the rest and leaves deactivations to a person. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from provisioning.model.identifiers import Username
from provisioning.planning.changes import AccountChange, AccountDiff, DeactivateAccount

_NAMED: Final = 8
"""Accounts that a sentence names; the rest is counted."""


def without_endings(diff: AccountDiff) -> tuple[AccountDiff, tuple[Username, ...]]:
    """Leave out the accounts that would be deactivated, and name them.

    A later account of the same institution waits with them: there are never two that live. Closing again what is on
    record as over is decided already, and stays.
    """
    ending = [change.desired for change in diff.changes if isinstance(change, DeactivateAccount) and not change.again]
    generations: dict[str, int] = {}
    for wanted in ending:
        generations.setdefault(wanted.institution_id, wanted.generation)

    def waits(change: AccountChange) -> bool:
        generation = generations.get(change.desired.institution_id)
        return generation is not None and change.desired.generation >= generation

    kept = tuple(change for change in diff.changes if not waits(change))
    return replace(diff, changes=kept), tuple(wanted.image.username for wanted in ending)


def left_to_a_person(names: Sequence[str]) -> str:
    """Say how many deactivations were left out, whose, and what carries them out."""
    count, shown = len(names), ", ".join(names[:_NAMED])
    more = f" and {count - _NAMED} more" if count > _NAMED else ""
    return (
        f"{count} {'deactivation' if count == 1 else 'deactivations'} left to a person ({shown}{more}):"
        f" `provision apply --allow-deactivations {count}`"
    )
