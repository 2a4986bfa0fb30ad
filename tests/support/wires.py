"""Wires that a test can cut, slow down and count on: a TCP line to a server, and raw requests over a socket."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from provisioning.stack.ports import LOOPBACK

_CHUNK = 65536
_PATIENCE_S = 10


class Wire:
    """A port that leads to another one. `cut()` drops what passes and silences it, as a partition does; `mend()`."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._whole = threading.Event()
        self._whole.set()
        self._listener = socket.create_server((LOOPBACK, 0), backlog=128)
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """From now on nothing gets through: packets vanish, connections hang."""
        self._whole.clear()

    def mend(self) -> None:
        """The line works again; connections of before are dead."""
        self._drop()
        self._whole.set()

    def close(self) -> None:
        self._listener.close()
        self._whole.set()
        self._drop()

    def _drop(self) -> None:
        with self._lock:
            connections, self._open = self._open, set()
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._lead, args=(near,), daemon=True).start()

    def _lead(self, near: socket.socket) -> None:
        with self._lock:
            self._open.add(near)
        self._whole.wait()
        try:
            far = socket.create_connection((LOOPBACK, self._target))
        except OSError:
            near.close()
            return
        with self._lock:
            self._open.add(far)
        threading.Thread(target=self._pump, args=(near, far), daemon=True).start()
        self._pump(far, near)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                self._whole.wait()
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
            with self._lock:
                self._open.discard(end)


@contextmanager
def wire_to(port: int) -> Iterator[Wire]:
    """A wire to a port of this computer, until the end of the block."""
    wire = Wire(port)
    try:
        yield wire
    finally:
        wire.close()


@dataclass(frozen=True)
class RawAnswer:
    """What came back: the status of each answer in a row, and all bytes. No status when the connection just closed."""

    statuses: tuple[int, ...]
    text: bytes


def send_raw(port: int, request: bytes) -> RawAnswer:
    """Send bytes as they are and read until the server closes or is silent."""
    received = b""
    with socket.create_connection((LOOPBACK, port), timeout=_PATIENCE_S) as line:
        line.sendall(request)
        with contextlib.suppress(ConnectionResetError):
            while data := line.recv(_CHUNK):
                received += data
    lines = [part for part in received.split(b"\r\n") if part.startswith(b"HTTP/1.")]
    return RawAnswer(tuple(int(line.split()[1]) for line in lines), received)


def raw_get(port: int, target: bytes, *headers: bytes) -> RawAnswer:
    """GET of a target written on the request line byte by byte."""
    lines = [b"GET " + target + b" HTTP/1.1", b"Host: localhost", b"Connection: close", *headers]
    return send_raw(port, b"\r\n".join(lines) + b"\r\n\r\n")


def bearer_line(token: str) -> bytes:
    """The header that carries a token."""
    return b"Authorization: Bearer " + token.encode()
