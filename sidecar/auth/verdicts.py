"""The verdict over a signed-in identity. PURE: reads nothing, decides.

Source: order cl. 7 and 11: a deactivated account reaches nothing, whatever session or token it still holds.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from provisioning.model.configuration import StaffRole
from provisioning.model.ois import OisRecord
from provisioning.model.records import AccountRecord, AccountState
from sidecar.auth.identity import Identity
from sidecar.frame.refusals import Refusal

StaffRecord = Set[StaffRole]
"""The roles of a person who is on record as staff."""

Record = AccountRecord | OisRecord | StaffRecord


def verdict(identity: Identity, record: Record | None) -> Refusal | None:
    """Return why this identity may not have a session, None when it may.

    `record` is what the ledger says about its account, its OIS, or of the person as staff.

    Staff need a role that is on record, whatever Keycloak says of them; accounts need a record of the ledger that
    agrees with the token and is not deactivated; operators need an OIS that is neither rejected nor terminated.
    """
    if identity.ois is not None:
        return _of_operator(identity, record)
    if not identity.is_account:
        return _of_staff(identity, record)
    if (
        not isinstance(record, AccountRecord)
        or record.username != identity.username
        or record.institution_id != identity.institution
    ):
        return Refusal.UNKNOWN_ACCOUNT
    if record.state is AccountState.DEACTIVATED:
        return Refusal.DEACTIVATED
    return None


def as_recorded(identity: Identity, record: Record | None) -> Identity:
    """Return the identity with no more roles of staff than are on record."""
    return replace(identity, roles=identity.roles & record) if isinstance(record, Set) else identity


def _of_staff(identity: Identity, record: Record | None) -> Refusal | None:
    """Source: order cl. 2, 12: a user or a role that was made in Keycloak by hand opens no page."""
    if not identity.roles:
        return Refusal.NO_PERSONA
    return None if isinstance(record, Set) and identity.roles & record else Refusal.UNKNOWN_ACCOUNT


def _of_operator(identity: Identity, record: Record | None) -> Refusal | None:
    """Source: order cl. 6: with the OIS ends what its operator may see of it."""
    if not isinstance(record, OisRecord) or record.slug != identity.ois:
        return Refusal.UNKNOWN_ACCOUNT
    return Refusal.OIS_ENDED if record.state.is_over else None
