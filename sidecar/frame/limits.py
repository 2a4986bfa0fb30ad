"""How often one client may ask: Flask-Limiter, counted in this process. Each route names its own limit.

NOTE: several processes count apart, so their sum is what a client gets. A limit that must hold over all of them belongs
into the reverse proxy, as docs/operations.md says.
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from flask import Flask, request
from flask_limiter import Limiter

_IPV6_PREFIX: Final = 64
"""One customer gets at least so much of IPv6, so single addresses mean nothing."""


def client() -> str:
    """Return who asks: the address, for IPv6 its network. Behind trusted proxies it is the one they saw."""
    text = request.remote_addr or "unknown"
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, _IPV6_PREFIX), strict=False))
    return str(address)


limiter: Final = Limiter(client, storage_uri="memory://", strategy="moving-window", headers_enabled=True)


def init_limits(app: Flask) -> None:
    """Begin to count requests. One over its limit gets 429 with Retry-After."""
    limiter.init_app(app)
