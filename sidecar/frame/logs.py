"""The sidecar logs as every long-running part does: JSON lines, without bodies, query strings, cookies and headers."""

from provisioning.logs import configure_logging

__all__ = ["configure_logging"]
