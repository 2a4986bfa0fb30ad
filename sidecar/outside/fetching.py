"""Asks an address that a stranger gave: https only, resolved once, checked, and connected to exactly what was checked.

No redirect is followed, and neither size nor time is left to the other side: one deadline holds for everything, so
that a server that sends a byte a second holds up no worker. Source: docs/security.md row 26.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, partial
from http.client import HTTPException, HTTPResponse, HTTPSConnection
from time import monotonic
from typing import Any, Final, TypeVar, cast

from flask import Flask

from sidecar.doors.parts import Part
from sidecar.outside.addresses import Target, UrlFault, is_loopback, is_public, parse_target
from sidecar.outside.deadlines import by, left

MAX_BYTES: Final = 64 * 1024
TIMEOUT_S: Final = 5.0
"""For everything together: the name, connecting, the handshake, the answer."""

Resolver = Callable[[str, int], Sequence[str]]
Answer = TypeVar("Answer")


class FetchFault(StrEnum):
    """Why there is no answer that could be used."""

    UNKNOWN_HOST = "the host name is not known"
    FORBIDDEN_ADDRESS = "the host name leads to an address that is not public"
    UNREACHABLE = "nothing answers there"
    BAD_CERTIFICATE = "the certificate is not valid for this name"
    TLS_FAILED = "no encrypted connection (TLS 1.2 or newer) came about"
    REDIRECTED = "the answer leads to another address; give the final one"
    NOT_OK = "the answer is not 200"
    TOO_LARGE = "the answer is larger than 64 KB"
    TOO_SLOW = "the answer took too long"
    BROKEN = "the answer is not HTTP, or broke off"


@dataclass(frozen=True, slots=True)
class Refused:
    """An address that was not asked, or that gave no usable answer."""

    fault: UrlFault | FetchFault


@dataclass(frozen=True, slots=True)
class TlsFacts:
    """What a handshake showed. `until` is when the certificate ends, UTC."""

    version: str
    until: datetime


def system_resolver(host: str, port: int) -> Sequence[str]:
    """Return every address of a host, as the system resolves it. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


@cache
def strict_context() -> ssl.SSLContext:
    """Return a TLS context that checks certificates against the system's authorities; TLS 1.2 at least."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@dataclass(frozen=True, slots=True)
class Outside:
    """Asks addresses. `loopback_hosts` are names that may lead to this machine: for tests and rehearsals only."""

    loopback_hosts: frozenset[str] = frozenset()
    resolve: Resolver = system_resolver
    context: ssl.SSLContext = field(default_factory=strict_context)
    timeout_s: float = TIMEOUT_S

    def get(self, url: str) -> bytes | Refused:
        """Fetch what is behind an address, at most `MAX_BYTES`."""
        return self._ask(url, _fetched)

    def look_at_tls(self, url: str) -> TlsFacts | Refused:
        """Shake hands with the host of an address, and nothing more."""
        return self._ask(url, lambda target, connection: _facts(connection.sock))

    def _ask(self, url: str, use: Callable[[Target, _Pinned], Answer | Refused]) -> Answer | Refused:
        """Judge the address, resolve it once, judge what it leads to, and use a connection to exactly that."""
        target = parse_target(url, self.loopback_hosts)
        if isinstance(target, UrlFault):
            return Refused(target)
        deadline = monotonic() + self.timeout_s
        address = self._checked_address(target, deadline)
        if isinstance(address, FetchFault):
            return Refused(address)
        try:
            with self._connected(target, address, deadline) as connection:
                return use(target, connection)
        except Exception as error:
            return Refused(_fault(error))

    def _checked_address(self, target: Target, deadline: float) -> str | FetchFault:
        """The address to connect to. One forbidden among several is enough to refuse: a name is not asked twice."""
        try:
            found = by(deadline, partial(self.resolve, target.host, target.port))
        except TimeoutError:
            return FetchFault.TOO_SLOW
        except (OSError, UnicodeError):
            return FetchFault.UNKNOWN_HOST
        if not found:
            return FetchFault.UNKNOWN_HOST
        allowed = is_loopback if target.host in self.loopback_hosts else is_public
        return found[0] if all(map(allowed, found)) else FetchFault.FORBIDDEN_ADDRESS

    @contextmanager
    def _connected(self, target: Target, address: str, deadline: float) -> Iterator[_Pinned]:
        connection = _Pinned(target, address, deadline, self.context)
        try:
            connection.connect()
            yield connection
        finally:
            connection.close()


outside: Final = Part[Outside]("outside")


def init_outside(app: Flask, loopback_hosts: frozenset[str]) -> None:
    """Let this application ask addresses of strangers."""
    outside.register(app, Outside(loopback_hosts))


class _Pinned(HTTPSConnection):
    """Connects to the address that was checked, under the name that was asked for (SNI, certificate, Host)."""

    def __init__(self, target: Target, address: str, deadline: float, context: ssl.SSLContext) -> None:
        super().__init__(target.host, target.port, timeout=left(deadline), context=context)
        self._address = address
        self._tls = context
        self._tls.sslsocket_class = _Hurried
        self._deadline = deadline

    def connect(self) -> None:
        """Open the connection and shake hands."""
        plain = socket.create_connection((self._address, self.port), self.timeout)
        try:
            plain.settimeout(left(self._deadline))
            hurried = cast(_Hurried, self._tls.wrap_socket(plain, server_hostname=self.host))
        except BaseException:
            plain.close()
            raise
        hurried.deadline = self._deadline
        self.sock = hurried


class _Hurried(ssl.SSLSocket):
    """Every read has what is left of the time, not a time of its own."""

    deadline: float

    def recv_into(self, *arguments: Any) -> int:
        """As `socket.recv_into`; raises TimeoutError when the time is up."""
        self.settimeout(left(self.deadline))
        return super().recv_into(*arguments)


def _fetched(target: Target, connection: _Pinned) -> bytes | Refused:
    connection.request("GET", target.path, headers={"Host": target.authority, "Accept": "application/json"})
    return _body(connection.getresponse())


def _body(response: HTTPResponse) -> bytes | Refused:
    if 300 <= response.status < 400:
        return Refused(FetchFault.REDIRECTED)
    if response.status != 200:
        return Refused(FetchFault.NOT_OK)
    body = response.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        return Refused(FetchFault.TOO_LARGE)
    return Refused(FetchFault.BROKEN) if response.length else body


def _facts(connection: ssl.SSLSocket) -> TlsFacts:
    certificate = connection.getpeercert() or {}
    until = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    return TlsFacts(connection.version() or "", datetime.fromtimestamp(until, UTC))


def _fault(error: Exception) -> FetchFault:
    match error:
        case ssl.SSLCertVerificationError():
            return FetchFault.BAD_CERTIFICATE
        case TimeoutError():
            return FetchFault.TOO_SLOW
        case ssl.SSLError():
            return FetchFault.TLS_FAILED
        case HTTPException() | ValueError():
            return FetchFault.BROKEN
        case OSError():
            return FetchFault.UNREACHABLE
    raise error
