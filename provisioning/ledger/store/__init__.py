"""How the ledger is stored: tables, columns, engine, migrations, bulk writes, database failures."""
