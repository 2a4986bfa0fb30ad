"""How OIS and mandates are shown: one in full, many in a table, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from provisioning.cli.console import OUT
from provisioning.model.calendar import kyiv_day
from provisioning.model.ois import MandateRecord, OisRecord


def ois_json(record: OisRecord) -> dict[str, Any]:
    """Return an OIS as the ledger has it; times in ISO 8601, UTC."""
    return {
        "slug": record.slug,
        "client_id": record.client_id,
        "name": record.name,
        "operator": record.operator,
        "edrpou": record.edrpou,
        "site": record.site,
        "email": record.email,
        "state": record.state.value,
        "open": record.is_open(kyiv_day(datetime.now(UTC))),
        "purposes": list(record.purposes),
        "requested_rights": list(record.requested_rights),
        "rights": list(record.rights),
        "agreement": record.agreement_version,
        "agreement_submitted": record.agreement_submitted,
        "conclusion": record.conclusion_number,
        "conclusion_outcome": None if record.conclusion_outcome is None else record.conclusion_outcome.value,
        "conclusion_until": _day(record.conclusion_until),
        "authenticates_by": "private_key_jwt" if record.jwks else "secret",
        "tokens": "bound" if record.proof_required else "bound or bearer",
        "keys": [key.get("kid") for key in json.loads(record.jwks)["keys"]] if record.jwks else [],
        "redirect_uris": list(record.redirect_uris),
        "networks": list(record.networks),
        "data_location": record.data_location,
        "applied_at": _time(record.applied_at),
        "connected_at": _time(record.connected_at),
        "suspended_at": _time(record.suspended_at),
        "suspension_reason": record.suspension_reason,
        "ended_at": _time(record.ended_at),
    }


def mandate_json(mandate: MandateRecord) -> dict[str, Any]:
    """Return a mandate as the ledger has it."""
    return {
        "id": mandate.id,
        "account": mandate.username,
        "authority": mandate.authority,
        "ois": mandate.ois,
        "rights": list(mandate.rights),
        "contract": mandate.contract_number,
        "contract_date": _day(mandate.contract_date),
        "until": _day(mandate.until),
        "state": mandate.state.value,
        "stands": mandate.stands(kyiv_day(datetime.now(UTC))),
        "granted_at": _time(mandate.granted_at),
        "withdrawn_at": _time(mandate.withdrawn_at),
        "reason": mandate.withdrawal_reason,
    }


def show_ois(record: OisRecord) -> None:
    """Show one OIS, a fact a line; what is not known is left out."""
    _show_facts(ois_json(record))


def show_all_ois(records: Collection[OisRecord]) -> None:
    """Show many OIS as a table."""
    table = Table("slug", "name", "state", "rights", "agreement", "conclusion until", "connected", box=SIMPLE_HEAD)
    for record in records:
        table.add_row(
            record.slug,
            escape(record.name),
            record.state.value,
            " ".join(record.rights),
            record.agreement_version or "",
            _day(record.conclusion_until) or "",
            _time(record.connected_at) or "",
        )
    OUT.print(table)
    OUT.print(f"{len(records)} OIS.")


def show_mandate(mandate: MandateRecord) -> None:
    """Show one mandate, a fact a line."""
    _show_facts(mandate_json(mandate))


def show_mandates(mandates: Collection[MandateRecord]) -> None:
    """Show many mandates as a table."""
    table = Table("mandate", "rights", "contract", "until", "state", box=SIMPLE_HEAD)
    for mandate in mandates:
        contract = f"{escape(mandate.contract_number)} of {mandate.contract_date}"
        table.add_row(mandate.id, " ".join(mandate.rights), contract, _day(mandate.until) or "", mandate.state.value)
    OUT.print(table)
    OUT.print(f"{len(mandates)} mandate{'' if len(mandates) == 1 else 's'}.")


def _show_facts(facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        if value not in (None, "", []):
            text = ", ".join(value) if isinstance(value, list) else str(value)
            OUT.print(f"{name.replace('_', ' '):20} {text}", markup=False)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _time(at: datetime | None) -> str | None:
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%SZ}"
