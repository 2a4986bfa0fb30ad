"""`provision watch`: the long-running service that keeps Keycloak, ledger and configuration together.

One of several processes leads, by a lease in the ledger; each of its duties is a small object with an interval and
failures of its own. It decides nothing that a person has not decided: it applies within the guards, carries out what is
recorded, and closes accounts and keys that have ended.
"""
