"""Rules beyond the shape of one value: each a small function from what was read to the problems it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from provisioning.registry.problems import Problem
from provisioning.registry.rules import (
    annexes,
    edrpou,
    emails,
    generations,
    hierarchy,
    identity,
    names,
    places,
    protocol,
    realm,
    rights,
    staff,
)
from provisioning.registry.rules.scene import Scene

Rule = Callable[[Scene], Iterator[Problem]]

RULES: Final[tuple[Rule, ...]] = (
    identity.duplicate_ids,
    identity.duplicate_edebo_ids,
    identity.taken_ranges,
    hierarchy.superiors,
    hierarchy.roots,
    hierarchy.cycles,
    places.other_oblast,
    edrpou.placeholder_codes,
    edrpou.control_digits,
    edrpou.shared_codes,
    emails.wrong_emails,
    emails.shared_emails,
    names.mixed_letters,
    names.alike_names,
    generations.complete_history,
    generations.sound_endings,
    generations.reorganised_into_something,
    rights.duplicate_rights,
    rights.kinds_covered,
    rights.known_rights,
    rights.useful_exceptions,
    protocol.path_templates,
    protocol.duplicate_routes,
    protocol.overlapping_routes,
    staff.unique_usernames,
    staff.reserved_usernames,
    staff.roles_once,
    staff.somebody_in_charge,
    staff.one_person_each,
    staff.two_for_four_eyes,
    realm.lifetimes_fit,
    realm.keys_fit,
    annexes.unique_requirements,
    annexes.every_check_once,
    annexes.known_placeholders,
    annexes.versions_once,
    annexes.accession_after_beginning,
    annexes.one_in_force,
)
