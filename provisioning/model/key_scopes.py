"""The scopes of an API key beside its institution's own claims: OIS under mandates, and direct use. Pure.

Keycloak shows each as a client scope of the key; an attribute beside it holds the mandate's rights. This module is the
one way from the ledger's records to what a key's client must carry. Source: order cl. 5, 8.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from provisioning.model.ois import MandateRecord, MandateState, ois_client_id, parse_ois_client_id
from provisioning.model.records import AccountRecord, AccountState

DIRECT_USE: Final = "direct-use"
"""Client scope of a key that opens the central database without an OIS."""

KeyScopes = Mapping[str, tuple[str, ...]]
"""Client scope → the rights of the mandate behind it, sorted; none for direct use, which the key's own rights bound."""


def key_scopes(account: AccountRecord | None, mandates: Iterable[MandateRecord]) -> KeyScopes:
    """Return the scopes of every live key of an account, given all its mandates. None for an account that has ended.

    A mandate's last day is for the gate and for `expire_mandates`: until it is withdrawn it stays here.
    """
    if account is None or account.state is AccountState.DEACTIVATED:
        return {}
    standing = (mandate for mandate in mandates if mandate.state is MandateState.GRANTED)
    opened = {str(ois_client_id(mandate.ois)): tuple(sorted(mandate.rights)) for mandate in standing}
    return {**opened, DIRECT_USE: ()} if account.direct_use else opened


def is_key_scope(scope: str) -> bool:
    """Return whether a client scope opens anything, also when it was attached by hand."""
    return scope in (DIRECT_USE, "central-db") or parse_ois_client_id(scope) is not None
