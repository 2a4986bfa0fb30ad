"""Why access is refused, and the verdict over a signed-in identity. PURE: reads nothing, decides.

Source: order cl. 7 and 11: a deactivated account reaches nothing, whatever session or token it still holds.
"""

from __future__ import annotations

from enum import StrEnum

from provisioning.model.records import AccountRecord, AccountState

from .identity import Identity


class Refusal(StrEnum):
    """Closed list; each has a text in `sidecar.problems`."""

    NO_PERSONA = "no-persona"
    UNKNOWN_ACCOUNT = "unknown-account"
    DEACTIVATED = "account-deactivated"
    WRONG_PERSONA = "wrong-persona"
    NOT_FRESH = "not-fresh"


def verdict(identity: Identity, record: AccountRecord | None) -> Refusal | None:
    """None when this identity may have a session. `record` is what the ledger says about its account.

    Staff need a role; accounts need a record of the ledger that agrees with the token and is not deactivated.
    """
    if not identity.is_account:
        return None if identity.roles else Refusal.NO_PERSONA
    if record is None or record.username != identity.username or record.institution_id != identity.institution:
        return Refusal.UNKNOWN_ACCOUNT
    if record.state is AccountState.DEACTIVATED:
        return Refusal.DEACTIVATED
    return None
