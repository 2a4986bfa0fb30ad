"""The summary that `up` shows: what there is, where it is, and what to try next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from provisioning.ledger import open_ledger
from provisioning.model.records import AccountState, ApiKeyState
from provisioning.settings import Settings
from provisioning.stack.mail_store import MailStore
from provisioning.stack.paths import StackPaths


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of what is recorded, addresses, and an account to try the next steps with (None before an apply)."""

    accounts: dict[AccountState, int]
    api_keys: dict[ApiKeyState, int]
    mails: int
    console_url: str
    sidecar_url: str
    example: str | None


def summarise(paths: StackPaths, settings: Settings) -> Summary:
    """Read the ledger and the mail folder; contacts nothing."""
    accounts: Counter[AccountState] = Counter()
    keys: Counter[ApiKeyState] = Counter()
    example: str | None = None
    if paths.ledger.is_file():
        ledger = open_ledger(settings.database_url)
        try:
            with ledger.reader() as reader:
                found = reader.accounts()
                accounts.update(record.state for record in found.values())
                keys.update(record.state for record in reader.all_api_keys().values())
        finally:
            ledger.close()
        living = (r for r in found.values() if not r.is_authority and r.state is not AccountState.DEACTIVATED)
        example = next((str(record.institution_id) for record in living), None)
    return Summary(
        dict(accounts),
        dict(keys),
        len(MailStore(paths.mail).all()),
        f"{settings.keycloak_public_url}/admin/{settings.realm}/console/",
        settings.sidecar_url,
        example,
    )
