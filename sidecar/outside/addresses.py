"""Which addresses may be asked at all. PURE: judges names and numbers, resolves nothing.

A name is judged in the form that goes to the resolver (IDNA, lower case), so that no second spelling of an address gets
by; an address that is wrapped in another one is judged by what is inside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

Address = IPv4Address | IPv6Address

HTTPS_PORT: Final = 443
MAX_URL: Final = 2_000

_LABEL: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_NAT64: Final = IPv6Network("64:ff9b::/96")
"""Source: RFC 6052."""

_NEVER: Final = tuple(
    IPv6Network(network)
    for network in (
        "::/96",  # IPv4-compatible addresses (RFC 4291), long out of use; unspecified and loopback with them
        "64:ff9b:1::/48",  # NAT64 for local use (RFC 8215)
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
        "fec0::/10",  # site-local
    )
)


class UrlFault(StrEnum):
    """Why an address is not asked."""

    NOT_HTTPS = "the address does not begin with https://"
    TOO_LONG = "the address is too long"
    NO_HOST = "the address has no host name"
    CREDENTIALS = "the address holds a user name or a password"
    FRAGMENT = "the address has a part after #"
    NUMERIC_HOST = "the host is a number and not a name"
    BAD_HOST = "the host name is not written as host names are"
    BAD_PORT = "the port is not 443"
    STRANGE_CHARACTERS = "the address holds a space, a backslash or a control character"


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be asked, once its host is resolved. `host` is ASCII; `path` holds the query too."""

    url: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Return the value of the Host header."""
        return self.host if self.port == HTTPS_PORT else f"{self.host}:{self.port}"


def parse_target(url: str, loopback_hosts: frozenset[str] = frozenset()) -> Target | UrlFault:
    """Return the parts of an https address, or why it is not asked. Hosts of `loopback_hosts` may have any port."""
    parts = _split(url)
    if isinstance(parts, UrlFault):
        return parts
    host, port = parse_host(parts.hostname or ""), HTTPS_PORT if parts.port is None else parts.port
    if isinstance(host, UrlFault):
        return host
    if port != HTTPS_PORT and host not in loopback_hosts:
        return UrlFault.BAD_PORT
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(url, host, port, path)


def parse_host(name: str) -> str | UrlFault:
    """Return a host name in the form that is resolved. Numbers in any notation are refused."""
    try:
        host = name.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        return UrlFault.BAD_HOST
    labels = host.split(".")
    # What ends in a number is read as an IPv4 address by somebody: 127.1, 2130706433, 0x7f.1, 017700000001.
    if ":" in host or re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1]):
        return UrlFault.NUMERIC_HOST
    if len(labels) < 2 or len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return UrlFault.BAD_HOST
    return host


def is_public(text: str) -> bool:
    """Return whether an address, as a resolver writes it, is one of the public Internet."""
    try:
        address: Address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return _is_public(address)


def is_loopback(text: str) -> bool:
    """Return whether an address is this machine, written plainly."""
    try:
        return ip_address(text).is_loopback
    except ValueError:
        return False


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return _is_public(address.ipv4_mapped)
        if address in _NAT64:
            return _is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if any(address in network for network in _NEVER):
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _split(url: str) -> SplitResult | UrlFault:
    if len(url) > MAX_URL:
        return UrlFault.TOO_LONG
    if not url.isprintable() or " " in url or "\\" in url:
        return UrlFault.STRANGE_CHARACTERS
    try:
        parts = urlsplit(url)
        _ = parts.port, parts.path.encode("ascii"), parts.query.encode("ascii")
    except UnicodeEncodeError:
        return UrlFault.STRANGE_CHARACTERS
    except ValueError:
        return UrlFault.BAD_HOST
    return _fault_of_parts(parts) or parts


def _fault_of_parts(parts: SplitResult) -> UrlFault | None:
    if parts.scheme != "https":
        return UrlFault.NOT_HTTPS
    if parts.username is not None or parts.password is not None:
        return UrlFault.CREDENTIALS
    if parts.fragment:
        return UrlFault.FRAGMENT
    return None if parts.hostname else UrlFault.NO_HOST
