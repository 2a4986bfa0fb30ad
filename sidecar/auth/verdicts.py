"""The verdict over a signed-in identity. PURE: reads nothing, decides.

Source: order cl. 7 and 11: a deactivated account reaches nothing, whatever session or token it still holds.
"""

from __future__ import annotations

from provisioning.model.ois import OisRecord
from provisioning.model.records import AccountRecord, AccountState
from sidecar.auth.identity import Identity
from sidecar.frame.refusals import Refusal


def verdict(identity: Identity, record: AccountRecord | OisRecord | None) -> Refusal | None:
    """Return why this identity may not have a session, None when it may.

    `record` is what the ledger says about its account, or its OIS.

    Staff need a role; accounts need a record of the ledger that agrees with the token and is not deactivated; operators
    need an OIS that is neither rejected nor terminated.
    """
    if identity.ois is not None:
        return _of_operator(identity, record)
    if not identity.is_account:
        return None if identity.roles else Refusal.NO_PERSONA
    if (
        not isinstance(record, AccountRecord)
        or record.username != identity.username
        or record.institution_id != identity.institution
    ):
        return Refusal.UNKNOWN_ACCOUNT
    if record.state is AccountState.DEACTIVATED:
        return Refusal.DEACTIVATED
    return None


def _of_operator(identity: Identity, record: AccountRecord | OisRecord | None) -> Refusal | None:
    """Source: order cl. 6: with the OIS ends what its operator may see of it."""
    if not isinstance(record, OisRecord) or record.slug != identity.ois:
        return Refusal.UNKNOWN_ACCOUNT
    return Refusal.OIS_ENDED if record.state.is_over else None
