"""What is done for an OIS in the sandbox: a client, an invented institution's key, a run of the self-test.

Every operator here is the sandbox's: its realm, its ledger (`settings.sandbox_settings`). Source: order cl. 6.
"""
