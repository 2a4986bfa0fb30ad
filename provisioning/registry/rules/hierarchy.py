"""The hierarchy: one root, superiors that exist and are authorities, no cycles, branches of institutions only.

Source: order cl. 3 (the sphere of activity follows it).
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioning.registry.problems import Problem, error, warning
from provisioning.registry.records import Record
from provisioning.registry.rules.scene import Scene


def superiors(scene: Scene) -> Iterator[Problem]:
    """Report a record whose superior is not exactly one, known, and of the right kind."""
    for record in scene.records:
        authority, branch_of = record.entry.get("authority"), record.entry.get("branch_of")
        if record.names("authority") and record.names("branch_of"):
            message = "both authority and branch_of are given"
            remedy = "keep branch_of for a branch, authority for everything else"
            yield error("two-superiors", record.at("branch_of"), message, remedy)
        elif authority is not None:
            yield from _authority(scene, record, authority)
        elif branch_of is not None:
            yield from _branch(scene, record, branch_of)


def roots(scene: Scene) -> Iterator[Problem]:
    """Report no authority, or more than one, without a superior."""
    tops = [record for record in scene.records if not record.names("authority") and not record.names("branch_of")]
    for record in tops:
        if record.entry.get("kind") is not None and not record.is_authority:
            message = "the key authority is missing: only the root authority has none"
            yield error("missing-authority", record.start, message, "add `authority:` with the id it is subordinate to")
    candidates = [record for record in tops if record.is_authority]
    for record in candidates[1:]:
        message = f"a second root: an authority without superior stands already at {candidates[0].start}"
        yield error("second-root", record.start, message, "add `authority:` with the id it is subordinate to")
    if scene.records and not candidates and not scene.unread_ids:
        message = "there is no root: no authority without `authority:`"
        yield error("no-root", scene.records[0].start, message, "remove `authority:` from the ministry's record")


def cycles(scene: Scene) -> Iterator[Problem]:
    """Report records that are subordinate to themselves by way of others; each ring once."""
    finished: set[str] = set()
    for start in scene.by_id:
        path: dict[str, None] = {}
        current: str | None = start
        while current is not None and current not in finished and current not in path:
            path[current] = None
            record = scene.by_id.get(current)
            current = None if record is None else record.superior
        if current is not None and current in path:
            members = list(path)
            yield _cycle(scene, members[members.index(current) :])
        finished.update(path)


def _cycle(scene: Scene, ring: list[str]) -> Problem:
    record = scene.by_id[ring[0]]
    key = "branch_of" if record.names("branch_of") else "authority"
    way = " → ".join([*ring, ring[0]])
    return error("cycle", record.at(key), f"a cycle in the hierarchy: {way}", f"correct `{key}:` of one of them")


def _authority(scene: Scene, record: Record, authority: str) -> Iterator[Problem]:
    place = record.at
    if not scene.knows(authority):
        message = f"authority: {authority} is unknown"
        yield error("unknown-authority", place("authority"), message, "correct the id, or add that authority")
        return
    superior = scene.by_id.get(authority)
    if superior is None or superior is record:
        return
    if superior.entry.get("kind") is not None and not superior.is_authority:
        message = f"authority: {authority} is not an authority"
        remedy = "write the id of its authority, or `branch_of:` when this is a branch of it"
        yield error("superior-not-authority", place("authority"), message, remedy)
    elif record.alive and not superior.alive:
        message = f"authority: {authority} is deactivated"
        yield warning("superior-deactivated", place("authority"), message, "write the id of the one that took over")


def _branch(scene: Scene, record: Record, branch_of: str) -> Iterator[Problem]:
    # A place is only looked for when there is something to say: finding one costs a second look at the file.
    place = record.at
    if not scene.knows(branch_of):
        message = f"branch_of: {branch_of} is unknown"
        yield error("unknown-institution", place("branch_of"), message, "correct the id, or add that institution")
        return
    if record.is_authority:
        yield error(
            "branch-authority", place("branch_of"), "an authority cannot be a branch", "write `authority:` instead"
        )
    parent = scene.by_id.get(branch_of)
    if parent is None or parent is record:
        return
    if parent.is_authority:
        message = f"branch_of: {branch_of} is an authority; branches are of institutions"
        yield error("branch-of-authority", place("branch_of"), message, "write `authority:` instead of `branch_of:`")
    elif parent.names("branch_of"):
        message = f"branch_of: {branch_of} is a branch itself"
        yield error("branch-of-branch", place("branch_of"), message, "write the id of the main institution")
