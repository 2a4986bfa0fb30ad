"""One account with everything the ledger has about it, for those who may look at it: authority and staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from provisioning.ledger import LedgerReader
from provisioning.lifecycle.errors import UnknownAccount
from provisioning.model.events import Event
from provisioning.model.ois import MandateRecord
from provisioning.model.records import AccountRecord, AccountState, ApiKeyRecord, ApiKeyState, Mail, MailState
from provisioning.model.support_requests import SupportRequest

HISTORY: Final = 100


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything the ledger has about one account at one moment. `history` has the newest events first."""

    account: AccountRecord
    keys: tuple[ApiKeyRecord, ...]
    mandates: tuple[MandateRecord, ...]
    requests: tuple[SupportRequest, ...]
    mails: tuple[Mail, ...]
    history: tuple[Event, ...]

    @property
    def findings(self) -> tuple[str, ...]:
        """Return what may be in the account's way, as codes that `words.record` has words for. Source: order cl. 9."""
        if self.account.state is AccountState.DEACTIVATED:
            return ("deactivated",)
        found = []
        if self.mails and self.mails[-1].state is MailState.FAILED:
            found.append("mail-failed")
        if self.account.state is AccountState.CREATED:
            found.append("base-key-not-sent")
        if self.account.state is AccountState.INVITED:
            found.append("not-activated")
        live = [key for key in self.keys if not key.state.is_over]
        if not live:
            found.append("no-live-key")
        elif all(key.state is ApiKeyState.BORN for key in live):
            found.append("key-not-revealed")
        if not any(mandate.withdrawn_at is None for mandate in self.mandates):
            found.append("no-mandate")
        return tuple(found)


def known_account(reader: LedgerReader, username: str) -> AccountRecord:
    """Return the account of exactly this name, whatever its generation. Raises UnknownAccount, answered by 404."""
    account = reader.account(username)
    if account is None:
        raise UnknownAccount(f"there is no account {username}", remedy="look at the list of institutions")
    return account


def read_dossier(reader: LedgerReader, account: AccountRecord) -> Dossier:
    """Read everything the ledger has about an account, the events of its keys included."""
    keys = reader.api_keys(account.username)
    subjects = (account.username, *(key.client_id for key in keys))
    events = [event for subject in subjects for event in reader.events(subject=subject)]
    return Dossier(
        account=account,
        keys=keys,
        mandates=reader.mandates(username=account.username),
        requests=reader.support_requests(username=account.username),
        mails=reader.mails(account=account.username),
        history=tuple(sorted(events, key=lambda event: event.seq, reverse=True)[:HISTORY]),
    )
