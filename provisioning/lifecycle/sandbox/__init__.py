"""What is done for an OIS in the sandbox: a client, an invented institution's key, a run of the self-test.

Every actor here is of the sandbox: its realm, its ledger (`settings.sandbox_settings`). Source: order cl. 6.
"""
