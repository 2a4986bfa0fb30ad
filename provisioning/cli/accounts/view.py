"""How accounts are shown: one in full, many in a table, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from provisioning.cli.console import OUT
from provisioning.keycloak.logins import Login
from provisioning.lifecycle.disagreeing import Disagreement, account_disagrees
from provisioning.model.base_key_state import BaseKeyState, BaseKeyStatus
from provisioning.model.identifiers import ClientId
from provisioning.model.institution import Deactivation
from provisioning.model.records import AccountRecord, ApiKeyRecord, Mail

_NO_BASE_KEY = BaseKeyStatus(BaseKeyState.NONE)


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """Everything there is to say about one account. `keycloak` is None with the reason in `no_answer`, or absent."""

    record: AccountRecord
    keys: Sequence[ApiKeyRecord]
    tasks: Sequence[str]
    mail: Mail | None
    keycloak: Login | None
    no_answer: str | None = None
    last_used: Mapping[ClientId, datetime] = field(default_factory=dict)
    base_key: BaseKeyStatus = _NO_BASE_KEY

    @property
    def disagrees(self) -> Disagreement | None:
        """What Keycloak has otherwise than the ledger; None when it agrees, or did not answer."""
        return None if self.no_answer is not None else account_disagrees(self.record, self.keycloak)

    def as_json(self) -> dict[str, Any]:
        """Return the machine form."""
        return {
            **account_json(self.record),
            "base_key": self.base_key.state.value,
            "base_key_valid_until": _time(self.base_key.valid_until),
            "keys": [
                {
                    "client_id": key.client_id,
                    "state": key.state.value,
                    "last_used_at": _time(self.last_used.get(key.client_id)),
                }
                for key in self.keys
            ],
            "unfinished": list(self.tasks),
            "mail": None if self.mail is None else {"state": self.mail.state.value, "error": self.mail.last_error},
            "keycloak": self._keycloak(),
            "disagrees": None if self.disagrees is None else str(self.disagrees),
        }

    def _keycloak(self) -> dict[str, Any] | str:
        if self.no_answer is not None:
            return self.no_answer
        if self.keycloak is None:
            return "absent"
        return {"enabled": self.keycloak.enabled, "email": self.keycloak.email}


def account_json(record: AccountRecord) -> dict[str, Any]:
    """Return an account as the ledger has it; times in ISO 8601, UTC."""
    return {
        "account": record.username,
        "institution": record.institution_id,
        "generation": record.generation,
        "authority": record.is_authority,
        "state": record.state.value,
        "created_at": _time(record.created_at),
        "invited_at": _time(record.invited_at),
        "activated_at": _time(record.activated_at),
        "deactivated_at": _time(record.deactivated_at),
        "reason": record.deactivation_reason,
        "document": record.deactivation_document,
        "base_key": None if record.base_key_id is None else "outstanding",
    }


def show_status(status: AccountStatus) -> None:
    """Show one account, a fact a line."""
    facts = {name: value for name, value in account_json(status.record).items() if value not in (None, False)}
    if "base_key" in facts:
        until = _time(status.base_key.valid_until)
        facts["base_key"] = f"{status.base_key.state.value}{f', valid until {until}' if until else ''}"
    for name, value in facts.items():
        OUT.print(f"{name.replace('_', ' '):16} {value}", markup=False)
    for key in status.keys:
        ends = f", ends {_time(key.ends_at)}" if key.ends_at and not key.state.is_over else ""
        used = _time(status.last_used.get(key.client_id))
        words = f"{key.state.value}{f', last used {used}' if used else ''}{ends}"
        OUT.print(f"{'API key':16} {key.client_id}  {words}", markup=False)
    if status.mail is not None:
        error = f": {status.mail.last_error}" if status.mail.last_error else ""
        OUT.print(f"{'last mail':16} {status.mail.template} to {status.mail.recipient}, {status.mail.state}{error}")
    for task in status.tasks:
        OUT.print(f"{'unfinished':16} {task}", markup=False)
    OUT.print(f"{'in Keycloak':16} {_words(status)}", markup=False)
    if status.disagrees is not None:
        OUT.print(f"{'':16} {status.disagrees}", markup=False)


def show_accounts(records: Collection[AccountRecord]) -> None:
    """Show many accounts as a table."""
    table = Table("account", "state", "since", "generation", "authority", "reason", "document", box=SIMPLE_HEAD)
    for record in records:
        since = record.deactivated_at or record.activated_at or record.invited_at or record.created_at
        table.add_row(
            record.username,
            record.state.value,
            _time(since),
            str(record.generation),
            "yes" if record.is_authority else "",
            record.deactivation_reason or "",
            escape(record.deactivation_document or ""),
        )
    OUT.print(table)
    OUT.print(f"{len(records)} account{'' if len(records) == 1 else 's'}.")


def yaml_of(why: Deactivation) -> str:
    """Return the line for the institution's record in YAML. Quoted as JSON, which YAML reads."""
    document = json.dumps(why.document, ensure_ascii=False)
    successors = f", successors: {json.dumps(list(why.successors))}" if why.successors else ""
    return f"deactivated: {{reason: {why.reason.value}, document: {document}, date: {why.date}{successors}}}"


def _words(status: AccountStatus) -> str:
    if status.no_answer is not None:
        return status.no_answer
    if status.keycloak is None:
        return "absent"
    return f"{'enabled' if status.keycloak.enabled else 'disabled'}, {status.keycloak.email or 'no e-mail'}"


def _time(at: datetime | None) -> str | None:
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%SZ}"
