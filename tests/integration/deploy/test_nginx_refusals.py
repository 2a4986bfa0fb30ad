"""What deploy/nginx.conf refuses by itself is a problem document, or a page for a browser. Source: RFC 9457."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator

import pytest

from examples.central_database.processes import wait_for
from examples.central_database.proxies import Address
from provisioning.stack.ports import free_port
from tests.support.documents import ROOT

pytestmark = pytest.mark.assure

TOO_LARGE = "POST /leaks HTTP/1.1\r\nHost: x\r\n{}Content-Length: 12000000\r\n\r\n"
REFUSED = {
    "a body of 12 MB": (TOO_LARGE.format(""), 413),
    "an address of 70 KB": (f"GET /{70_000 * 'a'} HTTP/1.1\r\nHost: x\r\n\r\n", 414),
    "a header of 70 KB": (f"GET / HTTP/1.1\r\nHost: x\r\nX: {70_000 * 'a'}\r\n\r\n", 431),
    "two lengths": ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    "no host": ("GET / HTTP/1.1\r\n\r\n", 400),
}


@pytest.fixture(scope="module", params=["8000", "8001"])
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server of that file, on a port of this test's."""
    folder, ports = tmp_path_factory.mktemp("nginx"), dict[str, int]()
    for theirs in ("8000", "8001", "8080"):
        ports[theirs] = free_port(set(ports.values()))
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8").replace("/tmp/", f"{folder}/")
    text = re.sub(r"listen (\d+);", lambda found: f"listen 127.0.0.1:{ports[found[1]]};", text)
    conf = folder / "nginx.conf"
    conf.write_text(text, encoding="utf-8")
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    with (folder / "output").open("wb") as output:
        nginx = subprocess.Popen(
            [program, "-e", str(folder / "errors"), "-c", str(conf), "-g", "daemon off;"], stdout=output, stderr=output
        )
    try:
        wait_for(Address(ports[str(request.param)]), nginx)
        yield ports[str(request.param)]
    finally:
        nginx.terminate()
        nginx.wait(10)


def answer(port: int, request: str) -> tuple[int, str, str]:
    """Status, content type and body."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(request.encode())
        line.shutdown(socket.SHUT_WR)
        said = b""
        while part := line.recv(65_536):
            said += part
    head, _, body = said.decode().partition("\r\n\r\n")
    kind = re.search(r"(?im)^content-type: ([^\r\n]+)", head)
    return int(head.split(" ")[1]), kind[1] if kind else "", body


@pytest.mark.parametrize("what", REFUSED)
def test_a_program_gets_a_problem_document(port: int, what: str) -> None:
    request, status = REFUSED[what]
    found, kind, body = answer(port, request)
    assert (found, kind) == (status, "application/problem+json")
    assert f'"status": {status}' in body


def test_a_browser_gets_a_page_in_ukrainian_and_english(port: int) -> None:
    found, kind, body = answer(port, TOO_LARGE.format("Accept: text/html,*/*\r\n"))
    assert (found, kind) == (413, "text/html; charset=utf-8")
    assert "Файл завеликий" in body and "The file is too large" in body


def test_the_places_of_refusals_are_nobody_s_to_ask_for(port: int) -> None:
    assert answer(port, "GET /.refused/page HTTP/1.0\r\nHost: x\r\n\r\n")[0] == 404
