"""Accounts that should exist by the configuration, one per generation of every institution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from provisioning.model.configuration import Configuration
from provisioning.model.identifiers import ClientId, Username, key_client_id, username_of
from provisioning.model.institution import Deactivation, Institution, Kind
from provisioning.model.sphere import SpherePath
from provisioning.planning.changes import AccountImage, DesiredAccount, KeyImage

MANAGED_BY: Final = "managed_by"
MANAGED_BY_US: Final = "aikom"
"""The mark of ownership: an object without it is foreign and never touched."""

KeyStates = Mapping[Username, Mapping[ClientId, bool]]
"""For each account that the ledger knows: its API keys and whether each is live."""


def role_of_kind(kind: Kind) -> str:
    """Name of the composite realm role that holds the rights of a kind."""
    return f"kind-{kind}"


def compared_roles(configuration: Configuration) -> tuple[list[str], list[str]]:
    """Return the realm roles and the rights that count when an account is compared with Keycloak."""
    roles = sorted(role_of_kind(kind) for kind in configuration.rights.of_kind)
    return roles, sorted(right.name for right in configuration.rights.rights)


def desired_accounts(configuration: Configuration, keys: KeyStates) -> Iterator[DesiredAccount]:
    """Yield every account generation that the configuration names, earlier ones included. Source: order cl. 2-4, 11."""
    spheres = configuration.spheres()
    for institution in configuration.institutions:
        sphere = spheres[institution.id]
        for earlier in institution.earlier:
            yield _account(configuration, institution, sphere, earlier.generation, earlier.deactivation, keys)
        yield _account(configuration, institution, sphere, institution.generation, institution.deactivated, keys)


def account_attributes(institution: Institution, sphere: SpherePath, generation: int) -> dict[str, str]:
    """Return the user attributes in Keycloak, the same for the account's user and for its keys' service accounts."""
    optional = {
        "edrpou": institution.edrpou,
        "edebo_id": None if institution.edebo_id is None else str(institution.edebo_id),
        "katottg": institution.katottg,
    }
    return {
        "institution_id": institution.id,
        "institution_name": institution.name,
        "kind": institution.kind.value,
        "sphere": sphere,
        "generation": str(generation),
        MANAGED_BY: MANAGED_BY_US,
        **{name: value for name, value in optional.items() if value is not None},
    }


def _account(
    configuration: Configuration,
    institution: Institution,
    sphere: SpherePath,
    generation: int,
    deactivation: Deactivation | None,
    keys: KeyStates,
) -> DesiredAccount:
    username = username_of(institution.id, generation)
    alive = deactivation is None
    attributes = account_attributes(institution, sphere, generation)
    roles, rights = _roles(configuration, institution)
    known = keys.get(username) or {key_client_id(username, 1): True}
    images = tuple(
        KeyImage(client, alive and live, alive and live, attributes, roles, rights) for client, live in known.items()
    )
    return DesiredAccount(
        # Keycloak keeps addresses in small letters: as written, they would differ for ever.
        image=AccountImage(username, alive, institution.email.lower(), attributes, images),
        institution_id=institution.id,
        kind=institution.kind.value,
        is_authority=institution.kind.is_authority,
        generation=generation,
        deactivation=deactivation,
        source=institution.source,
    )


def _roles(configuration: Configuration, institution: Institution) -> tuple[frozenset[str], frozenset[str]]:
    """Realm roles and direct rights of the keys: the kind's role, unless an exception takes something away from it."""
    if institution.rights.removed:
        return frozenset(), configuration.rights_of(institution)
    return frozenset({role_of_kind(institution.kind)}), institution.rights.added
