"""Alembic migrations of the ledger. They run from `ledger.store.migration`; no alembic.ini is needed."""
