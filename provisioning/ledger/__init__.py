"""The legal record: append-only, hash-chained events, what they add up to, and the work and mail they oblige us to.

SQLite (WAL) or PostgreSQL. An action is recorded here first, in one transaction with the task that carries it out.
Knows nothing of Keycloak. Source: order cl. 12.
"""

from provisioning.ledger import errors
from provisioning.ledger.ledger import Ledger, open_ledger, utc_now
from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.transaction import LedgerTransaction

__all__ = ["Ledger", "LedgerReader", "LedgerTransaction", "errors", "open_ledger", "utc_now"]
