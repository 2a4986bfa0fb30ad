"""Deactivation and generations of accounts: complete, in order, on a day that has come. Source: order cl. 7, 10, 11."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from provisioning.model.institution import DeactivationReason
from provisioning.registry.documents import Location
from provisioning.registry.problems import Problem, error, warning
from provisioning.registry.records import Record
from provisioning.registry.rules.scene import Scene


def complete_history(scene: Scene) -> Iterator[Problem]:
    """Generation N has N-1 earlier ones, each deactivated. Source: order cl. 11."""
    for record in scene.records:
        if not (record.names("generation") or record.names("earlier")) or record.misshapen("generation", "earlier"):
            continue
        generation, listed = record.entry.get("generation", 1), record.entry.get("earlier", [])
        if [entry["generation"] for entry in listed] != list(range(1, generation)):
            wanted = "none" if generation == 1 else f"1 to {generation - 1}" if generation > 2 else "1"
            message = f"this is generation {generation}: the earlier generations to list are: {wanted}"
            remedy = "list each earlier account under `earlier:`, in order, with reason, document and date"
            place = record.at("earlier") if listed else record.at("generation")
            yield error("generation-history", place, message, remedy)


def dates_in_order(scene: Scene) -> Iterator[Problem]:
    """A later account cannot have ended before an earlier one."""
    for record in scene.records:
        if not record.names("earlier"):
            continue
        for (_, before), (place, after) in pairwise(_dates(record)):
            if after < before:
                message = f"{after} is before {before}, when the account before it ended"
                yield error("dates-out-of-order", record.at(*place), message, "correct one of the two dates")


def dates_have_come(scene: Scene) -> Iterator[Problem]:
    """Nothing is deactivated ahead of time: it happens when the file is applied."""
    for record in scene.records:
        if record.alive and not record.names("earlier"):
            continue
        for place, day in _dates(record):
            if day > scene.today:
                message = f"{day} is in the future (today is {scene.today})"
                yield error(
                    "date-in-future",
                    record.at(*place),
                    message,
                    "correct the date, or add the deactivation on that day",
                )


def successors(scene: Scene) -> Iterator[Problem]:
    """Successors exist and are others; a reorganisation names them."""
    for record in scene.records:
        deactivated = record.entry.get("deactivated")
        if deactivated is None:
            continue
        listed = deactivated.get("successors", [])
        for index, successor in enumerate(listed):
            place = ("deactivated", "successors", index)
            if successor == record.entry.get("id"):
                yield error("own-successor", record.at(*place), "it names itself as successor", "write another id")
            elif not scene.knows(successor):
                message = f"the successor {successor} is unknown"
                yield error("unknown-successor", record.at(*place), message, "correct the id, or add that record")
        if deactivated["reason"] is DeactivationReason.REORGANISATION and not listed:
            message = "a reorganisation without successor"
            yield warning("no-successor", record.at("deactivated"), message, "add `successors:` with their ids")


def _dates(record: Record) -> list[tuple[Location, date]]:
    """When each of its accounts ended, and where in the record that stands."""
    dates: list[tuple[Location, date]] = [
        (("earlier", index, "date"), entry["date"]) for index, entry in enumerate(record.entry.get("earlier", []))
    ]
    if deactivated := record.entry.get("deactivated"):
        dates.append((("deactivated", "date"), deactivated["date"]))
    return dates
