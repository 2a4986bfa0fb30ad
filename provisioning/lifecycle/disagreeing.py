"""Says where Keycloak disagrees with the ledger about one account or API key: absent, disabled, foreign, altered. Pure.

Each is a thing of its own with a remedy of its own. Source: decision 31, order cl. 4, 8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from provisioning.keycloak.accounts.api_keys import KeyInKeycloak
from provisioning.keycloak.logins import Login
from provisioning.lifecycle.comparison.secrets import is_issued
from provisioning.model.records import AccountRecord, AccountState, ApiKeyRecord

_APPLY: Final = "run `provision apply`: it is made again under what the ledger says"
_CLOSE: Final = "run `provision accounts converge`: it is closed again"
_MEND: Final = "run `provision apply`, or let `provision watch` put it right"
_BY_HAND: Final = "look why; enable it in the Keycloak console, or deactivate the account with a document"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What Keycloak has otherwise than the ledger, and what to do about it."""

    what: str
    remedy: str

    def __str__(self) -> str:
        return f"disagrees: {self.what}; {self.remedy}"


def account_disagrees(record: AccountRecord, login: Login | None) -> Disagreement | None:
    """Compare an account with its user; None when they agree."""
    is_over = record.state is AccountState.DEACTIVATED
    if login is None:
        what = f"the ledger says {record.state.value}, and the user is absent"
        return None if is_over else Disagreement(what, _APPLY)
    if is_over:
        return Disagreement("the account is deactivated, and the user enabled", _CLOSE) if login.enabled else None
    if not login.enabled:
        return Disagreement(f"the ledger says {record.state.value}, and the user is disabled", _BY_HAND)
    if record.email and login.email != record.email.lower():
        return Disagreement("the user has another e-mail than is on record", _MEND)
    return None


def key_disagrees(
    record: ApiKeyRecord, key: KeyInKeycloak | None, altered: Sequence[str], *, is_over: bool
) -> Disagreement | None:
    """Compare an API key with its client and service account; `altered` are fields that are not as they should be."""
    if is_over:
        live = key is not None and key.is_live
        return Disagreement("the key is over, and live in Keycloak", _CLOSE) if live else None
    if key is None:
        return Disagreement(f"the ledger says {record.state.value}, and the client is absent", _APPLY)
    if not key.has_service:
        return Disagreement("the service account is absent", _APPLY)
    if not key.enabled or not key.service_enabled:
        return Disagreement(f"the {'service account' if key.enabled else 'client'} is disabled", _BY_HAND)
    if not is_issued(record, (key.digest or "")[:12]):
        return Disagreement("the secret is not the one that the ledger issued", f"cut it off: {_cut_off(record)}")
    return Disagreement(f"the client was altered in {', '.join(altered)}", _MEND) if altered else None


def _cut_off(record: ApiKeyRecord) -> str:
    return f"`provision keys cut-off {record.client_id} --reason incident`"
