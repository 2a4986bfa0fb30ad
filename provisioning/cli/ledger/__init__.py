"""Commands `provision ledger` and `provision recover`: verify, export, checkpoints, grants, take-over."""
