"""The legal record: append-only, hash-chained events, what they add up to, and the work and mail they oblige us to.

SQLite (WAL) or PostgreSQL. An action is recorded here first, in one transaction with the task that carries it out.
Knows nothing of Keycloak. Source: order cl. 12.
"""

from . import errors
from .ledger import Ledger, open_ledger, utc_now
from .reader import LedgerReader
from .transaction import LedgerTransaction

__all__ = ["Ledger", "LedgerReader", "LedgerTransaction", "errors", "open_ledger", "utc_now"]
