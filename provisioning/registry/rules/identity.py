"""Identifiers that must be unique, now and when more are given: our ids and the ids of EDEBO."""

from __future__ import annotations

from collections.abc import Iterator

from provisioning.model.id_ranges import AUTHORITIES, REGISTERED, number_of, register_number
from provisioning.registry.problems import Problem, error
from provisioning.registry.records import Record
from provisioning.registry.rules.scene import Scene


def duplicate_ids(scene: Scene) -> Iterator[Problem]:
    """Report an id that two records share: it names one institution for ever. Source: order cl. 11."""
    for record in scene.records:
        institution = record.entry.get("id")
        if institution is None or scene.by_id[institution] is record:
            continue
        message = f"the id {institution} is taken: it stands first at {scene.by_id[institution].at('id')}"
        yield error("duplicate-id", record.at("id"), message, "remove one of the two, or give it an id of its own")


def duplicate_edebo_ids(scene: Scene) -> Iterator[Problem]:
    """Report an EDEBO id that two records share: it is unique in the country."""
    first: dict[int, Record] = {}
    for record in scene.records:
        number = record.entry.get("edebo_id")
        if number is None:
            continue
        other = first.setdefault(number, record)
        if other is not record:
            message = f"the EDEBO id {number} is taken: it stands first at {other.at('edebo_id')}"
            yield error("duplicate-edebo-id", record.at("edebo_id"), message, "look both up in EDEBO, correct one")


def taken_ranges(scene: Scene) -> Iterator[Problem]:
    """Report ids in a range that is kept for others: an import would find them taken. Source: `model.id_ranges`."""
    for record in scene.records:
        identifier = record.entry.get("id")
        if identifier is None or "kind" not in record.entry:
            continue
        number = number_of(identifier)
        if record.is_authority and number in REGISTERED and number != register_number(record.entry.get("edebo_id", 0)):
            message = f"the id {identifier} of an authority is in the range of the register's institutions"
            yield error("id-range", record.at("id"), message, "give it a number below 100000 or from 9000000 on")
        elif number in AUTHORITIES and not record.is_authority:
            message = f"the id {identifier} is in the range of authorities (9000000 to 9999999)"
            yield error("id-range", record.at("id"), message, "give it a number below 100000")
