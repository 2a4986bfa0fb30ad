"""The endpoint that the central database's proxies ask before they let a request through, and all it needs to answer
within a millisecond: the realm's keys, the ledger's verdicts, the routes. What is decided is `provisioning.gate`.
"""
