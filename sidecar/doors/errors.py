"""Failures of the sidecar, and what is none: the contract that `records` and `office` keep alike.

A refusal of ours (`REFUSALS`) passes through both and is answered in its own words. Only a ledger that fails is one of
these, and is answered by 503. Refusals of access are values (`frame.refusals`), not exceptions of this file.

AikomError
├── RecordsUnavailable   the ledger cannot be read, so nothing that depends on it is answered (503)
└── OfficeClosed         ledger or Keycloak cannot be worked with, so nothing is decided (503)
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from provisioning.ledger.errors import EventRefused, LeaseHeld, LeaseLost, LedgerError
from provisioning.lifecycle.errors import LifecycleError
from provisioning.model.errors import AikomError

CONFLICTS: Final = (EventRefused, LeaseHeld, LeaseLost)
"""Somebody else was faster, or is at it: answered by 409."""

REFUSALS: Final = (LifecycleError, *CONFLICTS)
"""Expected answers of a use case or of a look-up: no failure of the ledger, although some come from it."""

LEDGER_FAILS: Final = (LedgerError, SQLAlchemyError, OSError)
"""The ledger or the database behind it does not work. Asked after `REFUSALS`, some of which are among them."""


class RecordsUnavailable(AikomError):
    """The ledger cannot be read now. Requests that need it are refused: fail closed."""


class OfficeClosed(AikomError):
    """What was asked for cannot be acted on now; nothing was done that the ledger does not hold."""
