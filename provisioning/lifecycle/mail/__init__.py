"""Sends the mail that is queued in the ledger and takes in what bounced."""
