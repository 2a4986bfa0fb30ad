"""Deactivation and generations of accounts: complete, in order, on a day that has come. Source: order cl. 7, 10, 11."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from provisioning.model.endings import ending_faults
from provisioning.model.institution import Deactivation, DeactivationReason
from provisioning.registry.documents import Location
from provisioning.registry.problems import Problem, error, warning
from provisioning.registry.records import Record, deactivation_of
from provisioning.registry.rules.scene import Scene


def complete_history(scene: Scene) -> Iterator[Problem]:
    """Report a generation N without N-1 earlier ones, each deactivated. Source: order cl. 11."""
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


def sound_endings(scene: Scene) -> Iterator[Problem]:
    """Report a deactivation that the command line and the desk would not record."""
    for record in scene.records:
        if record.alive and not record.names("earlier"):
            continue
        before: date | None = None
        for place, why in _endings(record):
            for fault in ending_faults(why, record.entry.get("id"), scene.today, before, scene.knows):
                yield error(fault.code, record.at(*place, *fault.field), fault.message, fault.remedy)
            before = why.date


def reorganised_into_something(scene: Scene) -> Iterator[Problem]:
    """Report a reorganisation that names no successor."""
    for record in scene.records:
        deactivated = record.entry.get("deactivated")
        if deactivated is None or "successors" in deactivated:
            continue
        if deactivated["reason"] is DeactivationReason.REORGANISATION:
            message = "a reorganisation without successor"
            yield warning("no-successor", record.at("deactivated"), message, "add `successors:` with their ids")


def _endings(record: Record) -> Iterator[tuple[Location, Deactivation]]:
    """How each of its accounts ended, in order, and where in the record that stands."""
    for index, entry in enumerate(record.entry.get("earlier", [])):
        yield ("earlier", index), deactivation_of(entry)
    if deactivated := record.entry.get("deactivated"):
        yield ("deactivated",), deactivation_of(deactivated)
