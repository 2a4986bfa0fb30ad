"""The configuration against what the ledger has recorded for good: endings, generations, identities. Pure.

Contradictions are refused, each with both sides and the way out. Source: order cl. 3, 10, 11.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from provisioning.model.configuration import Configuration
from provisioning.model.identifiers import InstitutionId, Username, username_of
from provisioning.model.institution import Deactivation, Institution, Source
from provisioning.model.records import KnownInstitution
from provisioning.planning.changes import Refusal


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the ledger holds for these comparisons.

    `endings` are of deactivated accounts, `accounts` all that it knows, `decided` the accounts that a recorded decision
    lets follow one that was liquidated. `institutions` may be left out when the configuration names no new one.
    """

    endings: Mapping[Username, Deactivation] = field(default_factory=dict)
    accounts: Collection[Username] = ()
    decided: Collection[Username] = ()
    institutions: Collection[KnownInstitution] = ()


@dataclass(frozen=True, slots=True)
class Contradictions:
    """Contradictions to the record. `differing` are endings that differ; `withheld` are accounts neither made nor taken
    over, and why.
    """

    differing: tuple[Refusal, ...] = ()
    withheld: Mapping[Username, Refusal] = field(default_factory=dict)


AGREED: Final = Contradictions()


def contradictions(configuration: Configuration, recorded: Recorded) -> Contradictions:
    """Compare every institution with the record."""
    differing: list[Refusal] = []
    withheld = _changed_ids(configuration, recorded)
    for institution in configuration.institutions:
        if not institution.earlier and institution.deactivated is None:
            continue
        found = list(_differing(institution, recorded.endings))
        differing += found
        for refusal in _generations(institution, recorded, bool(found)):
            withheld.setdefault(Username(refusal.subject), refusal)
    return Contradictions(tuple(differing), withheld)


def new_institutions(configuration: Configuration, accounts: Collection[Username]) -> bool:
    """Say whether the configuration names an institution of which the ledger knows no account."""
    return any(username_of(institution.id, 1) not in accounts for institution in configuration.institutions)


def _endings(institution: Institution) -> Iterator[tuple[int, Deactivation | None]]:
    """Each generation with how it ended; None for one that lives."""
    for earlier in institution.earlier:
        yield earlier.generation, earlier.deactivation
    yield institution.generation, institution.deactivated


def _differing(institution: Institution, endings: Mapping[Username, Deactivation]) -> Iterator[Refusal]:
    for generation, why in _endings(institution):
        name = username_of(institution.id, generation)
        known = endings.get(name)
        if why is not None and known is not None and (told := _differences(known, why)):
            yield Refusal(
                "deactivation-differs",
                name,
                institution.source,
                f"{name} ended otherwise than this says: {'; '.join(told)}",
                "write what the ledger has: a recorded deactivation is never changed (order cl. 10, 11)",
            )


def _differences(known: Deactivation, told: Deactivation) -> list[str]:
    """Each part that differs, as the ledger has it and as the file has it."""
    parts = {
        "reason": (known.reason.value, told.reason.value),
        "document": (known.document.strip(), told.document.strip()),
        "date": (known.date.isoformat(), told.date.isoformat()),
        "successors": (_listed(known.successors), _listed(told.successors)),
    }
    return [f"{part} “{one}” in the ledger, “{other}” here" for part, (one, other) in parts.items() if one != other]


def _listed(successors: Collection[InstitutionId]) -> str:
    return ", ".join(sorted(successors)) or "none"


def _generations(institution: Institution, recorded: Recorded, differs: bool) -> Iterator[Refusal]:
    """Accounts after the first one that nothing on record lets follow the one before; nor then any later one."""
    before: tuple[Username, Deactivation] | None = None
    withheld = differs
    for generation, told in _endings(institution):
        name = username_of(institution.id, generation)
        if before is not None and name not in recorded.accounts:
            earlier, why = before
            undecided = why.reason.ends_institution and name not in recorded.decided
            withheld = withheld or undecided
            if undecided:
                yield _undecided(institution, name, earlier, why)
            elif withheld:
                yield _waits(institution, name)
        ending = recorded.endings.get(name) or told
        before = None if ending is None else (name, ending)


def _undecided(institution: Institution, name: Username, earlier: Username, why: Deactivation) -> Refusal:
    return Refusal(
        "generation-without-decision",
        name,
        institution.source,
        f"{name} would follow {earlier}, which ended by {why.reason} ({why.document}): nothing on record allows it",
        f"record the decision first: `provision accounts new-generation {institution.id} --document …` (order cl. 11)",
    )


def _waits(institution: Institution, name: Username) -> Refusal:
    return Refusal(
        "generation-withheld",
        name,
        institution.source,
        f"{name} is not made while what is said of an earlier account is refused",
        "put the earlier account right first; the refusal about it says how",
    )


def _changed_ids(configuration: Configuration, recorded: Recorded) -> dict[Username, Refusal]:
    """New institutions that are old ones under another id. Source: order cl. 11."""
    listed = {institution.id: institution for institution in configuration.institutions}
    by_edebo: dict[str, KnownInstitution] = {}
    by_email: dict[str, KnownInstitution] = {}
    for known in recorded.institutions:
        record = listed.get(known.id)
        if known.edebo_id and (record is None or record.edebo_id is None):
            by_edebo[known.edebo_id] = known
        if known.email and record is None and not known.is_over:
            by_email[known.email] = known
    found: dict[Username, Refusal] = {}
    for institution in configuration.institutions:
        if username_of(institution.id, 1) in recorded.accounts:
            continue
        same = by_edebo.get(str(institution.edebo_id))
        what = f"EDEBO id {institution.edebo_id}"
        if same is None:
            same, what = by_email.get(institution.email.lower()), f"address {institution.email}"
        if same is not None:
            for generation, _ in _endings(institution):
                name = username_of(institution.id, generation)
                found[name] = _same_institution(name, same, what, institution.source)
    return found


def _same_institution(name: Username, same: KnownInstitution, what: str, source: Source) -> Refusal:
    return Refusal(
        "id-changed",
        name,
        source,
        f"{name} has the {what} of {same.id}, which has an account and no such record any more: an id never changes",
        f'write `id: "{same.id}"` again; if this is another institution, give {same.id} its record back'
        + ("" if same.is_over else ", with `deactivated:` if it is over"),
    )
