"""The Administrator's desk: the day's queue, every account, deactivation, ledger, figures (order cl. 2, 7, 9, 10)."""
