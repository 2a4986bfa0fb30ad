"""Records of `institutions/*.yaml` made from accounts as Keycloak has them. Pure.

Keycloak does not know why an account ended: reason, document and date come from the ledger. What neither knows is a
gap, which a person fills.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from provisioning.model.identifiers import InstitutionId, Username, parse_username
from provisioning.model.institution import Deactivation, Kind
from provisioning.planning.changes import AccountImage
from provisioning.planning.desired import role_of_kind

RightsOfKinds = Mapping[str, frozenset[str]]
"""Rights of each kind's role, as Keycloak has them."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A field that a record needs and that neither Keycloak nor the ledger knows."""

    username: Username
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Exported:
    """Records by id, as plain values for `registry.canonical`, and what is missing in them."""

    records: tuple[Mapping[str, Any], ...]
    gaps: tuple[Gap, ...]


def export_records(
    images: Mapping[Username, AccountImage], deaths: Mapping[Username, Deactivation], rights: RightsOfKinds
) -> Exported:
    """Return one record per institution, its generations together. Accounts without our mark are left out."""
    by_institution: defaultdict[InstitutionId, dict[int, AccountImage]] = defaultdict(dict)
    for username, image in images.items():
        parsed = parse_username(username)
        if parsed is not None and image.ours and image.attributes:
            by_institution[parsed[0]][parsed[1]] = image
    kinds = {name: _newest(of).attributes.get("kind", "") for name, of in by_institution.items()}
    gaps: list[Gap] = []
    records = [_record(name, of, kinds, deaths, rights, gaps) for name, of in sorted(by_institution.items())]
    return Exported(tuple(records), tuple(gaps))


def _newest(generations: Mapping[int, AccountImage]) -> AccountImage:
    return generations[max(generations)]


def _record(
    institution: InstitutionId,
    generations: Mapping[int, AccountImage],
    kinds: Mapping[InstitutionId, str],
    deaths: Mapping[Username, Deactivation],
    rights: RightsOfKinds,
    gaps: list[Gap],
) -> dict[str, Any]:
    image, number = _newest(generations), max(generations)
    attributes = image.attributes
    record: dict[str, Any] = {
        "id": institution,
        "kind": attributes.get("kind"),
        "name": attributes.get("institution_name"),
        "edrpou": attributes.get("edrpou"),
        "edebo_id": int(attributes["edebo_id"]) if attributes.get("edebo_id", "").isdigit() else None,
        "katottg": attributes.get("katottg"),
        **_superior(attributes.get("sphere", ""), kinds),
        "email": image.email or None,
        "generation": number if number > 1 else None,
        "earlier": [
            {"generation": g, **_plain(_death(one, deaths, gaps))}
            for g, one in sorted(generations.items())
            if g < number
        ],
        "deactivated": None if image.enabled else _plain(_death(image, deaths, gaps)),
        "rights": _exception(image, rights),
    }
    gaps += [
        Gap(image.username, name, "write it into the record") for name in ("kind", "name", "email") if not record[name]
    ]
    return {name: value for name, value in record.items() if value}


def _superior(sphere: str, kinds: Mapping[InstitutionId, str]) -> dict[str, Any]:
    """The last but one part of the sphere: an authority, or for a branch its institution."""
    parts = [InstitutionId(part) for part in sphere.split("/") if part]
    if len(parts) < 2:
        return {}
    above = parts[-2]
    return {"authority" if kinds.get(above, Kind.AUTHORITY) == Kind.AUTHORITY else "branch_of": above}


def _death(image: AccountImage, deaths: Mapping[Username, Deactivation], gaps: list[Gap]) -> Deactivation | None:
    found = deaths.get(image.username)
    if found is None:
        remedy = "the ledger has no decision about it: write reason, document and date, or enable it"
        gaps.append(Gap(image.username, "why it is disabled", remedy))
    return found


def _plain(death: Deactivation | None) -> dict[str, Any]:
    if death is None:
        return {}
    plain: dict[str, Any] = {"reason": death.reason.value, "document": death.document, "date": death.date.isoformat()}
    return {**plain, "successors": list(death.successors)} if death.successors else plain


def _exception(image: AccountImage, rights: RightsOfKinds) -> dict[str, list[str]] | None:
    """How the newest key's rights differ from those of its kind."""
    if not image.keys:
        return None
    key = image.keys[-1]
    role = role_of_kind(Kind(image.attributes["kind"])) if image.attributes.get("kind") in set(Kind) else ""
    of_kind = rights.get(role, frozenset())
    own = key.rights | (of_kind if role in key.roles else frozenset())
    exception = {"add": sorted(own - of_kind), "remove": sorted(of_kind - own)}
    return {name: names for name, names in exception.items() if names} or None


def oblasts(records: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Return records by the two digits of their oblast: one file each."""
    files: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for record in records:
        files[str(record["id"])[:2]].append(record)
    return dict(files)
