"""The plan: every change in the order in which it will be carried out, with a checksum that `apply` checks again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from provisioning.model.identifiers import Username
from provisioning.planning.changes import (
    AccountChange,
    AccountDiff,
    AdoptAccount,
    Attention,
    CreateAccount,
    DeactivateAccount,
    Refusal,
    UpdateAccount,
)
from provisioning.planning.guards import GuardStop
from provisioning.planning.moves import Move
from provisioning.planning.objects import CreateObject, FieldChange, ObjectChange, UpdateObject
from provisioning.planning.protocol import UNCHANGED, ProtocolDiff
from provisioning.planning.rights import NO_CHANGE, RightsDiff

FORMAT: Final = 1
"""Version of the JSON form."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an apply would do. `existing` is how many accounts Keycloak has now; `unfinished` how many actions an
    earlier run recorded in the ledger and did not carry out: the next apply finishes them first."""

    objects: tuple[ObjectChange, ...]
    accounts: AccountDiff
    stops: tuple[GuardStop, ...]
    existing: int
    unfinished: int = 0
    protocol: ProtocolDiff = UNCHANGED
    moves: tuple[Move, ...] = ()
    """Accounts that come under another authority; they are among the updates."""

    former_staff: tuple[str, ...] = ()
    """People whose access ends because their record is gone; their users are among the objects."""

    left: tuple[Username, ...] = ()
    """Accounts that the configuration ends and this plan leaves to a person."""

    staff_attentions: tuple[Attention, ...] = ()
    """New administrators who wait for the others' approval, and the last ones, who stay."""

    compared_at: datetime | None = None
    """When all of Keycloak was last compared, UTC: what a quick plan rests on. None when it never was."""

    rights: RightsDiff = NO_CHANGE
    """Rights and staff that the ledger does not have as the configuration says; gate and desk go by the ledger."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to carry out (differences that need attention may remain)."""
        recorded = self.protocol.is_empty and self.rights.is_empty
        return recorded and not self.objects and not self.accounts.changes and not self.unfinished

    @property
    def is_in_sync(self) -> bool:
        """Whether there is nothing to carry out, nothing refused and nothing that needs attention."""
        asks = self.accounts.refusals or self.accounts.attentions or self.stops or self.left or self.staff_attentions
        return self.is_empty and not asks

    @property
    def attentions(self) -> tuple[Attention, ...]:
        """Differences that an apply leaves alone and a person has to look at."""
        own = self.protocol.attention
        return (*self.staff_attentions, *(() if own is None else (own,)), *self.accounts.attentions)

    def reviewed(self) -> Plan:
        """Return the plan as a person has looked at it and saved it: what only asks for its number asks no more."""
        return replace(self, stops=tuple(stop for stop in self.stops if not stop.asks))

    @property
    def checksum(self) -> str:
        """SHA-256 over the changes; the same plan has the same checksum on every machine."""
        body = json.dumps(self._changes(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(body.encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """Return the plan as plain values for `--json`, without secrets."""
        return {
            "format": FORMAT,
            "checksum": self.checksum,
            "existing_accounts": self.existing,
            "unfinished": self.unfinished,
            "compared_in_full_at": None if self.compared_at is None else self.compared_at.isoformat(),
            **self._changes(),
            "refusals": [_refusal(refusal) for refusal in self.accounts.refusals],
            "attentions": [_attention(attention) for attention in self.attentions],
            "unlisted": list(self.accounts.unlisted),
            "moves": [asdict(move) for move in self.moves],
            "former_staff": list(self.former_staff),
            "left": list(self.left),
            "guards": [{"guard": s.guard, "count": s.count, "message": s.message} for s in self.stops],
        }

    def _changes(self) -> dict[str, Any]:
        return {
            "objects": [_object(change) for change in self.objects],
            "protocol": self.protocol.as_json(),
            "rights": [_field(change) for change in self.rights.changes],
            "accounts": [_account(change) for change in self.accounts.changes],
        }


def _object(change: ObjectChange) -> dict[str, Any]:
    head = {"type": change.object.type, "name": change.object.name}
    match change:
        case CreateObject():
            return {"action": "create", **head, "changes": [_field(field) for field in change.changes]}
        case UpdateObject():
            return {"action": "update", **head, "changes": [_field(field) for field in change.changes]}


def _account(change: AccountChange) -> dict[str, Any]:
    image = change.desired.image
    head: Mapping[str, Any] = {"username": image.username, "source": str(change.desired.source)}
    match change:
        case CreateAccount():
            keys = [key.client_id for key in image.keys]
            born = {"enabled": image.enabled, "email": image.email, "attributes": dict(image.attributes)}
            return {"action": "create", **head, "api_keys": keys, **born, "known_to_ledger": change.known}
        case AdoptAccount():
            return {"action": "adopt", **head}
        case UpdateAccount():
            return {"action": "update", **head, "changes": [_field(field) for field in change.changes]}
        case DeactivateAccount():
            why = change.desired.deactivation
            return {
                "action": "deactivate",
                **head,
                "reason": why.reason if why else None,
                "document": why.document if why else None,
                "again": change.again,
            }


def _field(change: FieldChange) -> dict[str, Any]:
    if change.is_secret:
        return {"field": change.field, "secret": True}
    return {"field": change.field, "before": change.before, "after": change.after}


def _refusal(refusal: Refusal) -> dict[str, str]:
    return {
        "code": refusal.code,
        "subject": refusal.subject,
        "source": str(refusal.source),
        "message": refusal.message,
        "remedy": refusal.remedy,
    }


def _attention(attention: Attention) -> dict[str, str]:
    return {
        "code": attention.code,
        "subject": attention.subject,
        "message": attention.message,
        "remedy": attention.remedy,
    }
