"""Proof that the record is whole: verification, export, checkpoints, rebuild, take-over, an older ledger."""
