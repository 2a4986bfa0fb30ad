"""The embedded stack: Keycloak on H2, a mail catcher and the sidecar as processes of this computer, for one folder.

Owns downloading, starting, watching and stopping them. Knows nothing of institutions; it never prints.
"""
