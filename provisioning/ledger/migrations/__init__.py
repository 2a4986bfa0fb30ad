"""Alembic migrations of the ledger. They run from `ledger.migration`; no alembic.ini is needed."""
