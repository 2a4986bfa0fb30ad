"""A served gate: the sidecar under granian on a ledger of the test's own, with a realm that is only its key set."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, Self

import requests

from provisioning.ledger import Ledger, open_ledger
from provisioning.model.events import EventKind, NewEvent
from tests.support.gate_node import Node, running_gate
from tests.support.gate_tokens import KID, OIS_CLIENT, claims, key_set, realm_key, signed
from tests.support.ledger_events import event
from tests.support.ois_events import connected
from tests.support.sidecar_running import SETTINGS

ROOT: Final = Path(__file__).resolve().parents[2]
SECRET: Final = "secret-between-proxy-and-gate"
AUTHORITY: Final = "46-0000012"
SCHOOL: Final = "46-0000001"
OTHER: Final = "46-0000002"
ENDING: Final = "46-0000003"
ENDING_TOO: Final = "46-0000004"
"""Two whose access tests take away."""

COUNTED: Final = "46-0000005"
"""One whom a single test asks for."""

NO_LIMIT: Final = 100_000

STUDENTS: Final = f"/v1/institutions/{SCHOOL}/students"
_START_S: Final = 40


class RealmKeysServer:
    """Answers with a JWK set and counts how often it was asked. `failing`: with 500."""

    def __init__(self) -> None:
        self.body = key_set()
        self.failing = False
        self.asked = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked += 1
                self.send_response(500 if outer.failing else 200)
                self.send_header("Content-Length", str(len(outer.body)))
                self.end_headers()
                self.wfile.write(outer.body)

            def log_message(self, *arguments: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass(frozen=True)
class ServedGate:
    """A node, the realm whose tokens it takes, and who may ask."""

    node: Node
    realm: str

    @property
    def url(self) -> str:
        return self.node.url

    def token(self, institution: str = SCHOOL, *, kid: str = KID, **changes: Any) -> str:
        """A token as an OIS gets it by exchange, good for five minutes from now."""
        now = int(time.time())
        own = {
            "iss": self.realm,
            "iat": now,
            "exp": now + 300,
            "azp": OIS_CLIENT,
            "institution": institution,
            "preferred_username": f"service-account-api-{institution}-k1",
            "rights": ["students.read", "students.write"],
        }
        return signed(claims(**(own | changes)), {"kid": kid}, realm_key(kid))

    def ask(self, token: str | None, target: str = STUDENTS, method: str = "GET", **headers: str) -> requests.Response:
        """What the gate says to its proxy."""
        return self.node.ask(SECRET, target, token, method, **headers)

    def wait_for(self, status: int, token: str, target: str = STUDENTS, within_s: float = 5.0) -> float:
        """Seconds until the gate answers with a status; fails when it does not."""
        began = time.monotonic()
        while time.monotonic() - began < within_s:
            if self.ask(token, target).status_code == status:
                return time.monotonic() - began
            time.sleep(0.01)
        raise AssertionError(f"no {status} within {within_s} s, but {self.ask(token, target).text}")


def people() -> list[NewEvent]:
    """An authority, a school under it and others elsewhere, with keys in use, an OIS, and a mandate of each for it."""
    events = connected()
    for name in (AUTHORITY, SCHOOL, OTHER, ENDING, ENDING_TOO, COUNTED):
        events += [
            event(
                EventKind.ACCOUNT_CREATED,
                name,
                institution_id=name,
                generation=1,
                kind="authority" if name == AUTHORITY else "school",
                is_authority=name == AUTHORITY,
                client_id=f"api-{name}-k1",
                base_key_id=None,
                email="school@example.ua",
                sphere=f"/00-0000001/{AUTHORITY}/{name}" if name == SCHOOL else f"/00-0000001/{name}",
            ),
            event(EventKind.API_KEY_REVEALED, f"api-{name}-k1", fingerprint="f"),
            mandate(name),
        ]
    return events


def students(name: str) -> str:
    """The path of an institution's students."""
    return f"/v1/institutions/{name}/students"


def mandate(name: str = SCHOOL, number: int = 1) -> NewEvent:
    """A mandate without an end."""
    return event(
        EventKind.MANDATE_GRANTED,
        name,
        mandate=f"{name}.shodennyk.{number}",
        ois="shodennyk",
        rights=["students.read", "staff.read"],
        contract_number="12/2026",
        contract_date="2026-11-01",
    )


def record(ledger: Ledger, *events: NewEvent) -> None:
    """Record events in a transaction of their own."""
    with ledger.transaction() as transaction:
        transaction.append(events)


def filled_ledger(url: str) -> Ledger:
    """A new ledger with `people` in it."""
    ledger = open_ledger(url)
    record(ledger, *people())
    return ledger


def configuration(folder: Path, per_second: int) -> Path:
    """The example configuration without institutions, with a limit per institution and none to speak of per OIS."""
    copy = folder / "realm-config"
    if not copy.exists():
        shutil.copytree(ROOT / "realm-config", copy, ignore=shutil.ignore_patterns("institutions", "themes", "schema"))
    text = (copy / "realm.yaml").read_text(encoding="utf-8")
    generous = re.sub(r"(per_second|burst): [0-9]+", rf"\1: {NO_LIMIT}", text)
    own = r"(institution:\n +per_second: )[0-9]+(\n +burst: )[0-9]+"
    limits = re.sub(own, rf"\g<1>{per_second}\g<2>{per_second}", generous)
    (copy / "realm.yaml").write_text(limits, encoding="utf-8")
    return copy


@contextmanager
def served_gate(
    url: str,
    keys: RealmKeysServer,
    folder: Path,
    *,
    ready: bool = True,
    per_second: int = NO_LIMIT,
    code: Path = ROOT,
    **settings: str,
) -> Iterator[ServedGate]:
    """The sidecar as `provision stack` serves it, with a gate; of the checkout `code`."""
    own = {
        "AIKOM_DATABASE_URL": url,
        "AIKOM_KEYCLOAK_URL": keys.url,
        "AIKOM_GATE_SECRET": SECRET,
        "AIKOM_CONFIG": str(configuration(folder, per_second)),
    }
    with running_gate(folder, {**SETTINGS, **own, **settings}, code=code) as node:
        gate = ServedGate(node, f"{keys.url}/realms/aikom")
        if ready:
            gate.wait_for(204, gate.token(), within_s=_START_S)
        yield gate
