"""The single-writer lease of the ledger and the processes that hold it."""
