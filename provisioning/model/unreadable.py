"""Subjects with an event on record that no type reads: nothing opens for them. Pure. Source: order cl. 12."""

from __future__ import annotations

from dataclasses import dataclass, field

from provisioning.model.identifiers import parse_key_client_id


@dataclass(frozen=True, slots=True)
class UnreadableRecord:
    """The first event about `subject` that no type reads: its number, its kind as it is stored, and why not.

    The words of `why` change with the program; a record that was stored with others is the same record.
    """

    subject: str
    seq: int
    kind: str
    why: str = field(compare=False)


def resting_on(subject: str) -> tuple[str, ...]:
    """List the subjects whose record decides on this one: itself, and the account of an API key."""
    parsed = parse_key_client_id(subject)
    return (subject,) if parsed is None else (subject, parsed[0])
