"""The gate's decisions per second beside Keycloak's introspection, Apache's mod_auth_openidc, and an empty nginx.

Source: docs/performance.md P6.

    python -m bench.gate [--seconds 6] [--institutions 200] [--tokens 2000]

One run, one machine, the same tokens. Gate, Apache and nginx each stand as a proxy before the same small server; the
gate with verdicts, mandates, spheres and counting, Apache with a check of signature and audience, nginx with an
`auth_request` to a location that only returns 204. `per core` divides by the processor time that the measured servers
used, so that the load generator and the small server do not count. All are measured by turns, round after round, and a
ratio is the middle one of its rounds: a machine that is quicker now than a minute ago is so for all of them. Bound
tokens (DPoP) come with a fresh proof at every request.
"""

from __future__ import annotations

import argparse
import base64
import json
import tempfile
import textwrap
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from typing import Final

import requests

from bench import packages
from bench.load import Load, Post, run_load
from bench.neighbours import running_apache, running_asking_nobody, running_upstream
from bench.proofs import Proofs
from examples.central_database.processes import wait_for
from examples.central_database.proxies import Address, Proxy, running_nginx
from provisioning.keycloak.lookups import require_client
from provisioning.keycloak.names import CENTRAL_DB, KEY_DIGEST
from provisioning.model.api_key_secret import digest, new_api_key
from provisioning.model.events import EventKind, JsonValue
from provisioning.stack.ports import free_port
from tests.support.gate_chain import Chain, pupils_of, running_node
from tests.support.gate_world import NORTH_SCHOOL, OIS, GateWorld, gate_world
from tests.support.keycloak_server import start_server
from tests.support.postgres import PostgresServer
from tests.support.token_forge import claims_in

ROUNDS: Final = 5
CONNECTIONS: Final = 32
SHARE_OF_FULL_LOAD: Final = 0.7
PART_CONNECTIONS: Final = 64
HOUR_S: Final = 3600
_PAUSE_S: Final = 0.1
DAY: Final = "2026-09-01"
GOALS: Final = {"introspection": 30.0, "mod_auth_openidc": 2.0, "empty": 2.0, "p99_ms": 5.0, "bound_to_bearer": 6.0}


@dataclass(frozen=True, slots=True)
class Bench:
    """What all measurements share. `tokens` is a file with a token and a path a line; `keycloak` a process id."""

    world: GateWorld
    tokens: Path
    folder: Path
    seconds: int
    keycloak: int

    def measure(self, contender: Contender, *, connections: int = CONNECTIONS, delay_ms: int = 0) -> Load:
        """One round of one of them."""
        return run_load(
            contender.url,
            self.tokens if contender.proofs is None else contender.proofs(),
            seconds=self.seconds,
            connections=connections,
            servers=contender.servers,
            delay_ms=delay_ms,
            post=contender.post,
            gate_secret=contender.gate_secret,
        )


@dataclass(frozen=True, slots=True)
class Contender:
    """What is asked, and the processes that answer. `proofs` writes bound tokens with their proofs for one round."""

    url: str
    servers: tuple[int, ...]
    post: Post | None = None
    gate_secret: str | None = None
    proofs: Proofs | None = None


Round = dict[str, Load]


def main() -> None:
    """Measure everything and print text and JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--institutions", type=int, default=200)
    parser.add_argument("--tokens", type=int, default=2_000)
    options = parser.parse_args()
    packages.require(
        wrk="wrk",
        nginx="nginx-light",
        apache2="apache2",
        **{"/usr/lib/apache2/modules/mod_auth_openidc.so": "libapache2-mod-auth-openidc"},
    )
    # Apache's workers are another user: they must be able to look into the folder.
    with tempfile.TemporaryDirectory(dir="/tmp") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        server = start_server(_made(folder / "keycloak"))
        stack.callback(server.stop)
        ledger = stack.enter_context(PostgresServer(durable=False)).create_database("gate")
        schools = _schools(options.institutions)
        world = stack.enter_context(gate_world(server, ledger, _made(folder / "world"), schools))
        tokens = folder / "tokens"
        tokens.write_text("".join(_lines(world, schools, options.tokens)), encoding="ascii")
        report(*_measure(Bench(world, tokens, folder, options.seconds, server.process.pid)))


def report(rounds: Sequence[Round], part: Load) -> None:
    """Figures, references and ratios."""
    words = {
        "introspection": "Keycloak introspection",
        "mod_auth_openidc": "Apache mod_auth_openidc, as proxy",
        "empty": "nginx that asks nobody, as proxy",
        "gate": "gate behind nginx, as proxy",
        "gate_alone": "gate asked without a proxy",
        "bound": "gate behind nginx, bound tokens",
        "bound_alone": "gate asked without a proxy, bound tokens",
        "gate_70": "gate behind nginx at 70 % load",
    }
    loads = {name: _middle([one[name] for one in rounds]) for name in rounds[0]} | {"gate_70": part}
    for name, load in loads.items():
        print(  # noqa: T201 - a bench prints its figures
            f"{words[name]:41} {load.per_second:9,.0f}/s {load.per_core:9,.0f}/s per core"
            f"   p50 {load.p50_ms:6.2f} ms   p99 {load.p99_ms:6.2f} ms"
        )
    figures = {name: {**asdict(load), "per_second": load.per_second, "per_core": load.per_core}
               for name, load in loads.items()}  # fmt: skip
    ratios = {
        "gate_per_core_to_introspection_per_core": [r["gate"].per_core / r["introspection"].per_core for r in rounds],
        "decision_per_core_to_introspection_per_core": [
            r["gate_alone"].per_core / r["introspection"].per_core for r in rounds
        ],
        "gate_per_core_to_mod_auth_openidc_per_core": [
            r["gate"].per_core / r["mod_auth_openidc"].per_core for r in rounds
        ],
        "empty_per_core_to_gate": [r["empty"].per_core / r["gate"].per_core for r in rounds],
        "bearer_decision_per_core_to_bound": [r["gate_alone"].per_core / r["bound_alone"].per_core for r in rounds],
        "gate_to_mod_auth_openidc": [r["gate"].per_second / r["mod_auth_openidc"].per_second for r in rounds],
    }
    for name, found in ratios.items():
        print(f"{name}: {median(found):.2f} ({min(found):.2f} to {max(found):.2f})")  # noqa: T201
    middles = {name: median(found) for name, found in ratios.items()}
    print(json.dumps({"figures": figures, "ratios": middles, "rounds": ratios, "goals": GOALS}))  # noqa: T201


def _middle(loads: Sequence[Load]) -> Load:
    return sorted(loads, key=lambda load: load.per_second)[len(loads) // 2]


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _schools(institutions: int) -> list[str]:
    return [f"46-{number:07d}" for number in range(1001, 1001 + institutions)]


def _lines(world: GateWorld, schools: Sequence[str], tokens: int) -> Iterator[str]:
    """Tokens as Keycloak signs them, each another, living long enough for the whole run.

    A school's own subject and key; the rest as in a token that Keycloak exchanged for the OIS.
    """
    like, each = world.claims(NORTH_SCHOOL), -(-tokens // len(schools))
    for school in schools:
        own = claims_in(world.own_token(school))
        kept = {name: own[name] for name in ("sub", "institution", "sphere", "kind")}
        world.record(EventKind.MANDATE_GRANTED, school, **_mandate(world, school))
        for copy in range(each):
            more = {"exp": like["iat"] + HOUR_S, "jti": f"trrtcc:{school}-{copy}"}
            name = f"service-account-api-{school}-k1"
            yield f"{world.forge.sign({**like, **kept, **more, 'preferred_username': name})} {pupils_of(school)}\n"


def _mandate(world: GateWorld, school: str) -> dict[str, JsonValue]:
    rights: list[JsonValue] = list(world.rights)
    return {"mandate": f"{school}.{OIS}.1", "ois": OIS, "rights": rights, "contract_number": "1", "contract_date": DAY}


def _measure(bench: Bench) -> tuple[list[Round], Load]:
    """All contenders at once, measured by turns after a round to warm up; then the gate under a part of its load."""
    with ExitStack() as stack:
        upstream, _ = stack.enter_context(running_upstream(bench.folder / "upstream"))
        contenders = {
            "introspection": _introspection(bench),
            "mod_auth_openidc": stack.enter_context(_apache(bench, upstream)),
            "empty": stack.enter_context(_empty(bench, upstream)),
            "gate": stack.enter_context(_gate(bench, upstream)),
            "gate_alone": stack.enter_context(_alone(bench)),
        }
        lines = bench.tokens.read_text(encoding="ascii").splitlines()
        proofs = Proofs(bench.world, lines, bench.folder / "bound", bench.seconds)
        contenders["bound"] = replace(contenders["gate"], proofs=proofs)
        contenders["bound_alone"] = replace(contenders["gate_alone"], proofs=proofs)
        _, *rounds = [{name: bench.measure(one) for name, one in contenders.items()} for _ in range(ROUNDS + 1)]
        full = _middle([one["gate"] for one in rounds])
        parts = [_part_load(bench, contenders["gate"], full) for _ in range(ROUNDS)]
    return rounds, sorted(parts, key=lambda load: load.p99_ms)[len(parts) // 2]


def _introspection(bench: Bench) -> Contender:
    """Keycloak answers one whom the tokens are meant for. Source: RFC 7662."""
    realm, secret = bench.world.office.realm, new_api_key()
    client = require_client(realm.admin, CENTRAL_DB)
    attributes = {**client.get("attributes", {}), KEY_DIGEST: digest(secret)}
    realm.admin.put(f"/clients/{client['id']}", {**client, "attributes": attributes})
    basic = base64.b64encode(f"{CENTRAL_DB}:{secret.reveal()}".encode()).decode()
    url, post = f"{realm.url}/protocol/openid-connect/token/introspect", Post("token=", f"Basic {basic}")
    token = bench.tokens.read_text(encoding="ascii").split(" ", 1)[0]
    said = requests.post(url, data={"token": token}, headers={"Authorization": f"Basic {basic}"}, timeout=30)
    if said.json().get("active") is not True:
        raise SystemExit(f"Keycloak does not take the bench's tokens for good: {said.text}")
    return Contender(url, (bench.keycloak,), post)


@contextmanager
def _apache(bench: Bench, upstream: Address) -> Iterator[Contender]:
    keys = bench.world.office.realm.admin.get("/keys")["keys"]
    (certificate,) = [key["certificate"] for key in keys if key["kid"] == bench.world.forge.kid]
    body = "\n".join(textwrap.wrap(certificate, 64))
    pem = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"
    assert isinstance(upstream.place, int)  # noqa: S101 - the small server listens on a port
    with running_apache(bench.folder / "apache", bench.world.forge.kid, pem, upstream.place) as (url, pid):
        yield Contender(url, (pid,))


@contextmanager
def _empty(bench: Bench, upstream: Address) -> Iterator[Contender]:
    assert isinstance(upstream.place, int)  # noqa: S101 - the small server listens on a port
    with running_asking_nobody(bench.folder / "empty", upstream.place) as (url, pid):
        yield Contender(url, (pid,))


@contextmanager
def _gate(bench: Bench, upstream: Address) -> Iterator[Contender]:
    around = bench.folder / "nginx"
    around.mkdir()
    socket = Address(around / "gate.sock")
    with running_node(bench.world, address=socket, AIKOM_GATE_SOCKET=str(socket.place)) as node:
        proxy = Proxy(around, free_port(), [socket], upstream, None)
        with running_nginx(proxy) as nginx:
            wait_for(Address(proxy.port), nginx)
            Chain(bench.world, proxy.port).wait_until_fresh()
            yield Contender(proxy.url, (nginx.pid, node.process.pid))


def _part_load(bench: Bench, gate: Contender, full: Load) -> Load:
    """As many connections, each pausing so long that together they ask for a share of what was reached at most."""
    wanted = SHARE_OF_FULL_LOAD * full.per_second
    pause_ms = max(1, round(PART_CONNECTIONS / wanted * 1000 - full.p50_ms * 0.25))
    return bench.measure(gate, connections=PART_CONNECTIONS, delay_ms=pause_ms)


@contextmanager
def _alone(bench: Bench) -> Iterator[Contender]:
    """The same questions as nginx asks, asked by the load generator itself: what the decision alone costs."""
    secret = bench.world.settings.require("AIKOM_GATE_SECRET")
    token, path = bench.tokens.read_text(encoding="ascii").split("\n", 1)[0].split(" ")
    with running_node(bench.world) as node:
        while node.ask(secret, path, token).status_code == requests.codes.unavailable:
            time.sleep(_PAUSE_S)  # It has just begun, and does not know the ledger yet.
        yield Contender(node.url, (node.process.pid,), gate_secret=secret)


if __name__ == "__main__":
    main()
