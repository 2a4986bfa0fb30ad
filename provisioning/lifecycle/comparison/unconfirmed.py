"""Grants of an older ledger that Keycloak does not confirm: they may have been taken back since. Pure.

Keycloak shows every mandate, and direct use, on each live key of the account, with the mandate's rights; it shows a
connected OIS as a client that is enabled and as recorded. What is not shown exactly so counts as taken back: the ledger
that knew better is lost, and letting in whom the institution or the Administrator has stopped is the worse mistake.
That an authority may give mandates for an account shows nowhere but in the ledger, so it always counts as taken back.
Source: order cl. 5, 6, 8.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provisioning.model.identifiers import ClientId, Username
from provisioning.model.key_scopes import DIRECT_USE
from provisioning.model.ois import MandateRecord, MandateState, OisRecord, OisState, Slug, ois_client_id
from provisioning.model.records import AccountRecord, AccountState
from provisioning.planning.changes import AccountImage, KeyImage


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """Grants that are taken back, each in the order of its names; `borne_out` counts the mandates that go on."""

    mandates: tuple[MandateRecord, ...] = ()
    direct_use: tuple[Username, ...] = ()
    authority_grants: tuple[Username, ...] = ()
    ois: tuple[Slug, ...] = ()
    borne_out: int = 0

    def __bool__(self) -> bool:
        return bool(self.mandates or self.direct_use or self.authority_grants or self.ois)


def judge_unconfirmed(
    records: Mapping[Username, AccountRecord],
    mandates: Iterable[MandateRecord],
    images: Mapping[Username, AccountImage],
    ois: Mapping[Slug, OisRecord],
    differences: Mapping[ClientId, tuple[str, ...] | None],
) -> Unconfirmed:
    """Compare what the older ledger grants with Keycloak. `differences` is what `convergence.found_otherwise` found."""
    granted = sorted((m for m in mandates if m.state is MandateState.GRANTED), key=lambda mandate: mandate.id)
    unconfirmed = tuple(mandate for mandate in granted if not _shows_mandate(images.get(mandate.username), mandate))
    alive = [(name, record) for name, record in sorted(records.items()) if record.state is not AccountState.DEACTIVATED]
    direct = (username for username, record in alive if record.direct_use)
    return Unconfirmed(
        mandates=unconfirmed,
        direct_use=tuple(username for username in direct if not _shows_direct_use(images.get(username))),
        authority_grants=tuple(username for username, record in alive if record.authority_grants),
        ois=tuple(slug for slug, record in sorted(ois.items()) if _is_unconfirmed(record, differences)),
        borne_out=len(granted) - len(unconfirmed),
    )


def _shows_mandate(image: AccountImage | None, mandate: MandateRecord) -> bool:
    scope, rights = str(ois_client_id(mandate.ois)), tuple(sorted(mandate.rights))
    keys = _live_keys(image)
    return bool(keys) and all(tuple(sorted(key.opens.get(scope, ()))) == rights for key in keys)


def _shows_direct_use(image: AccountImage | None) -> bool:
    keys = _live_keys(image)
    return bool(keys) and all(DIRECT_USE in key.opens for key in keys)


def _live_keys(image: AccountImage | None) -> list[KeyImage]:
    """Keys that the ledger does not know count too: what was decided in the lost time shows on them as well."""
    if image is None or not image.enabled:
        return []
    return [key for key in image.keys if key.enabled and key.service_enabled]


def _is_unconfirmed(record: OisRecord, differences: Mapping[ClientId, tuple[str, ...] | None]) -> bool:
    """Disabled, with fewer rights, or with another key set: all of that may be a decision about it that was lost."""
    return record.state is OisState.CONNECTED and differences.get(record.client_id) != ()
