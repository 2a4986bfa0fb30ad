"""What a deactivation must not say: one rule for YAML, the command line, the desk and its proposals. Pure.

Source: order cl. 7, 10, 11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from provisioning.model.calendar import has_come
from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import Deactivation

DOCUMENT_CHARACTERS: Final = 300


@dataclass(frozen=True, slots=True)
class EndingFault:
    """One thing that a deactivation says wrongly. `field` leads to it: `("successors", 0)`; `code` is stable."""

    code: str
    field: tuple[int | str, ...]
    message: str
    remedy: str


def ending_faults(
    why: Deactivation,
    institution: str | None,
    today: date,
    before: date | None,
    knows: Callable[[InstitutionId], bool],
) -> Iterator[EndingFault]:
    """Find what is wrong with the deactivation of an institution's account.

    `today` is the day in Kyiv, `before` the date on which the account before this one ended, `knows` says whether an
    id is some institution's.
    """
    yield from document_faults(why.document)
    if not has_come(why.date, today):
        message = f"{why.date} is in the future (today is {today})"
        yield EndingFault("date-in-future", ("date",), message, "correct the date, or deactivate on that day")
    if before is not None and why.date < before:
        message = f"{why.date} is before {before}, when the account before it ended"
        yield EndingFault("dates-out-of-order", ("date",), message, "correct one of the two dates")
    for index, successor in enumerate(why.successors):
        field = ("successors", index)
        if successor == institution:
            yield EndingFault("own-successor", field, "it names itself as successor", "write another id")
        elif not knows(successor):
            message = f"the successor {successor} is unknown"
            yield EndingFault("unknown-successor", field, message, "correct the id, or add that record")


def document_faults(text: str) -> Iterator[EndingFault]:
    """Find what keeps a text from naming the document of a decision."""
    remedy = f"name the decision and its number, in at most {DOCUMENT_CHARACTERS} characters on one line"
    if not text.strip():
        yield EndingFault("no-document", ("document",), "no document is named", remedy)
    elif len(text) > DOCUMENT_CHARACTERS or not text.isprintable():
        yield EndingFault("document-shape", ("document",), "this names no document", remedy)
