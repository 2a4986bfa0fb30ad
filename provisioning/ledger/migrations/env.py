"""Entry point that Alembic calls. It migrates on the connection, and in the transaction, that it is handed."""

from alembic import context

from provisioning.ledger.store.schema import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
context.run_migrations()
