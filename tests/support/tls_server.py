"""A web server behind TLS on the loopback address, with a certificate authority of its own."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Answer = Callable[[BaseHTTPRequestHandler], None]


def send(status: int, body: bytes, **headers: str) -> Answer:
    """An answer with a body; underscores in header names become hyphens."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@dataclass
class TlsServer:
    """`answers` by path; `asked` are the Host headers and paths so far."""

    port: int
    authority: Path
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def context(self) -> ssl.SSLContext:
        """A client's context that trusts the server's authority."""
        context = ssl.create_default_context(cafile=str(self.authority))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


@contextmanager
def tls_server(folder: Path, *names: str, ended: bool = False) -> Iterator[TlsServer]:
    """A server whose certificate is for `names`; `ended` makes it one that has run out."""
    certificate = _certify(folder, names, ended=ended)
    asked: list[tuple[str, str]] = []
    answers: dict[str, Answer] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.headers.get("Host", ""), self.path))
            answers.get(self.path, send(404, b"nothing"))(self)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = _QuietServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield TlsServer(server.server_address[1], folder / "authority.pem", answers, asked)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _QuietServer(ThreadingHTTPServer):
    """A client that breaks off is what most tests here want, and no reason to print."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Passed over."""


def _certify(folder: Path, names: tuple[str, ...], *, ended: bool) -> Path:
    """Write the authority's certificate, and certificate and key of the server in one file; the latter's path."""
    now = datetime.now(UTC)
    end = now - timedelta(days=1) if ended else now + timedelta(days=1)
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
    authority = (
        _builder(issuer, issuer, authority_key.public_key(), now - timedelta(days=2), now + timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    leaf = (
        _builder(subject, issuer, key.public_key(), now - timedelta(days=2), end)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    (folder / "authority.pem").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "server.pem"
    path.write_bytes(leaf.public_bytes(serialization.Encoding.PEM) + private)
    return path


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, begin: datetime, end: datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    return builder.serial_number(x509.random_serial_number()).not_valid_before(begin).not_valid_after(end)
