"""A central database in small, with invented people, and the proxies that stand in front of it with the gate.

It imports nothing of the product: the real central database is another house's program, and learns from this one what
to trust and what to check (docs/for-central-database.md).
"""
