"""What was ended is ended on every gate node, and a node that cannot know lets nobody in. Two nodes on one PostgreSQL.

docs/security.md rows 11-15. The gate promises: a request that begins a second or more after the decision is never let
through. What it says instead depends on what it knows: 403, or 503 when it is not sure.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from provisioning.keycloak.lookups import require_client, require_user
from provisioning.lifecycle.accounts.deactivation import deactivate
from provisioning.lifecycle.comparison.convergence import converge
from provisioning.lifecycle.errors import CarriedOutLater
from provisioning.lifecycle.keys.cut_off import CutOffRequest, cut_off
from provisioning.lifecycle.mandates.granting import withdraw
from provisioning.lifecycle.ois.connection import resume, suspend
from provisioning.model.cut_off import CutOffReason
from provisioning.model.events import EventKind
from provisioning.model.institution import Deactivation, DeactivationReason
from provisioning.stack.ports import free_port
from tests.support.gate_chain import Chain, running_chain, running_node
from tests.support.gate_world import NORTH_SCHOOL, OIS, GateWorld
from tests.support.postgres import PostgresServer
from tests.support.wires import Wire, wire_to

pytest_plugins = ("tests.support.gate_fixtures",)

WHY = Deactivation(DeactivationReason.CYBER_INCIDENT, "№ 12-о", date(2026, 11, 20))
PROMISE_S = 1.0
SETTLED_S = 20.0
WATCHED_S = 2.0
_SCHOOLS = """\
      en: School
    rights:
      - institution.read
      - institution.write
      - students.read
"""


@dataclass(frozen=True)
class Pair:
    """Two gate nodes, each behind its own nginx. `wire` is how the second one reaches PostgreSQL."""

    first: Chain
    second: Chain
    wire: Wire

    @property
    def both(self) -> tuple[Chain, Chain]:
        return self.first, self.second


@pytest.fixture(scope="module")
def pair(world: GateWorld, postgres_server: PostgresServer) -> Iterator[Pair]:
    with ExitStack() as stack:
        wire = stack.enter_context(wire_to(postgres_server.port))
        far = {"AIKOM_DATABASE_URL": through(world, wire)}
        nodes = [stack.enter_context(running_node(world, **settings)) for settings in ({}, far)]
        first, second = (stack.enter_context(running_chain(world, node)) for node in nodes)
        for chain in (first, second):
            chain.wait_until_fresh()
        yield Pair(first, second, wire)


def through(world: GateWorld, wire: Wire) -> str:
    """The ledger's address by way of a wire."""
    head, _, tail = world.settings.database_url.rpartition(":")
    return f"{head}:{wire.port}/{tail.partition('/')[2]}"


def is_let_through(chain: Chain, token: str, institution: str) -> bool:
    return chain.pupils(token, institution).status_code == 200


def assert_ended(chains: tuple[Chain, ...], token: str, institution: str, decided_at: float) -> None:
    """No node lets a request through that begins `PROMISE_S` after the decision; soon all say 403."""
    while (begun := time.monotonic()) < decided_at + WATCHED_S:
        for chain in chains:
            status = chain.pupils(token, institution).status_code
            assert status in (403, 503) or begun < decided_at + PROMISE_S
    for chain in chains:
        settle(lambda chain=chain: chain.pupils(token, institution).status_code == 403)  # type: ignore[misc]


def settle(holds: Callable[[], bool]) -> None:
    """Wait until something holds: a node learns what is new by its next look at the ledger."""
    end = time.monotonic() + SETTLED_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


@contextmanager
def edited(file: Path, old: str, new: str) -> Iterator[None]:
    """For the length of the block a file has other text."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    yield
    file.write_text(text, encoding="utf-8")


def test_a_deactivated_account_is_refused_on_every_node(pair: Pair, world: GateWorld) -> None:
    school = world.spare()
    own, token, secret = world.own_token(school), world.exchanged(school), world.keys[school]
    settle(lambda: all(is_let_through(chain, token, school) for chain in pair.both))
    deactivate(world.office.actor, [school], WHY)
    assert_ended(pair.both, token, school, time.monotonic())
    answer = pair.first.pupils(token, school)
    assert answer.json()["type"].endswith("/account-deactivated")
    assert world.office.token(f"api-{school}-k1", secret).status_code == 401
    assert world.ois.exchange(own).status_code in (400, 401, 403)
    assert pair.first.pupils(world.token(NORTH_SCHOOL)).status_code == 200


def test_a_cut_off_ends_secret_and_outstanding_tokens(pair: Pair, world: GateWorld) -> None:
    school = world.spare()
    own = world.own_token(school)
    tokens, secret = [world.exchanged(school) for _ in range(3)], world.keys[school]
    settle(lambda: all(is_let_through(chain, token, school) for chain in pair.both for token in tokens))
    cut_off(world.office.actor, school, CutOffRequest(CutOffReason.OIS, "директор", ois=f"ois-{OIS}"))
    decided_at = time.monotonic()
    for token in tokens:
        assert_ended(pair.both, token, school, decided_at)
    assert pair.second.pupils(tokens[0], school).json()["type"].endswith("/key-cut-off")
    assert world.office.token(f"api-{school}-k1", secret).status_code == 401
    assert world.ois.exchange(own).status_code in (400, 401, 403)


def test_a_withdrawn_mandate_and_a_suspended_ois_end_what_they_opened(pair: Pair, world: GateWorld) -> None:
    school = world.spare()
    token = world.exchanged(school)
    settle(lambda: all(is_let_through(chain, token, school) for chain in pair.both))
    withdraw(world.office.actor, f"{school}.{OIS}.1", "договір розірвано")
    assert_ended(pair.both, token, school, time.monotonic())
    other = world.exchanged(NORTH_SCHOOL)
    suspend(world.office.actor, OIS, "інцидент")
    suspended_at = time.monotonic()
    try:
        assert_ended(pair.both, other, NORTH_SCHOOL, suspended_at)
    finally:
        resume(world.office.actor, OIS, "інцидент вичерпано")
    settle(lambda: all(is_let_through(chain, other, NORTH_SCHOOL) for chain in pair.both))


def test_a_right_taken_from_a_kind_or_an_institution_ends_under_tokens_that_hold_it(
    pair: Pair, world: GateWorld
) -> None:
    office, school, other = world.office, world.spare(), world.spare()
    tokens = {name: world.exchanged(name) for name in (school, other)}
    settle(lambda: all(is_let_through(chain, tokens[name], name) for chain in pair.both for name in tokens))
    files, email = office.folder.path, f"email: office{school}@schools.example"
    with edited(files / "institutions" / "all.yaml", email, f"{email}\n  rights: {{remove: [students.read]}}"):
        office.apply()
        assert_ended(pair.both, tokens[school], school, time.monotonic())
        assert is_let_through(pair.first, tokens[other], other)
    with edited(files / "rights.yaml", _SCHOOLS, _SCHOOLS.replace("      - students.read\n", "")):
        office.apply()
        assert_ended(pair.both, tokens[other], other, time.monotonic())
        assert pair.second.pupils(tokens[other], other).json()["type"].endswith("/right-not-of-institution")
    office.apply()
    settle(lambda: all(is_let_through(chain, tokens[name], name) for chain in pair.both for name in tokens))


def test_a_deactivation_while_keycloak_is_down_is_in_force_at_once(pair: Pair, world: GateWorld) -> None:
    school = world.spare()
    token, realm = world.exchanged(school), world.office.realm
    with pytest.raises(CarriedOutLater):
        deactivate(world.office.actor_without_keycloak, [school], WHY)
    assert_ended(pair.both, token, school, time.monotonic())
    assert require_user(realm.admin, school)["enabled"] is True
    converge(world.office.actor)
    assert require_user(realm.admin, school)["enabled"] is False
    converge(world.office.actor)
    assert world.office.kinds(school).count(EventKind.ACCOUNT_DEACTIVATED) == 1


def test_an_account_enabled_again_in_keycloaks_console_stays_refused(pair: Pair, world: GateWorld) -> None:
    school, admin = world.spare(), world.office.realm.admin
    token, secret, client = world.exchanged(school), world.keys[school], f"api-{school}-k1"
    deactivate(world.office.actor, [school], WHY)
    for kind, found in (
        ("users", require_user(admin, school)),
        ("users", require_user(admin, f"service-account-{client}")),
        ("clients", require_client(admin, client)),
    ):
        admin.put(f"/{kind}/{found['id']}", {**found, "enabled": True})
    settle(lambda: world.office.token(client, secret).status_code == 200)
    for issued in (token, world.token(school)):
        assert_ended(pair.both, issued, school, time.monotonic() - PROMISE_S)


def test_a_node_that_starts_without_the_ledger_lets_nobody_in(
    world: GateWorld, postgres_server: PostgresServer
) -> None:
    token = world.token(NORTH_SCHOOL)
    with wire_to(postgres_server.port) as wire:
        wire.cut()
        with (
            running_node(world, AIKOM_DATABASE_URL=through(world, wire)) as node,
            running_chain(world, node) as chain,
        ):
            begun = time.monotonic()
            while time.monotonic() < begun + WATCHED_S:
                answer = chain.pupils(token)
                assert (answer.status_code, answer.headers.get("Retry-After", "").isdigit()) == (503, True)
            wire.mend()
            settle(lambda: is_let_through(chain, token, NORTH_SCHOOL))


def test_a_node_whose_ledger_does_not_exist_lets_nobody_in(world: GateWorld) -> None:
    nowhere = f"postgresql+psycopg://nobody:nothing@127.0.0.1:{free_port()}/ledger"
    with running_node(world, AIKOM_DATABASE_URL=nowhere) as node, running_chain(world, node) as chain:
        settle(lambda: chain.pupils(None).status_code == 401)
        for _ in range(20):
            assert chain.pupils(world.token(NORTH_SCHOOL)).status_code == 503


def test_a_partitioned_node_lets_nobody_in_and_learns_what_it_missed(pair: Pair, world: GateWorld) -> None:
    school = world.spare()
    doomed, good = world.token(school), world.token(NORTH_SCHOOL)
    settle(lambda: all(is_let_through(chain, doomed, school) for chain in pair.both))
    pair.wire.cut()
    cut_at = time.monotonic()
    try:
        deactivate(world.office.actor, [school], WHY)
        assert_ended((pair.first,), doomed, school, time.monotonic())
        while (begun := time.monotonic()) < cut_at + 2 * WATCHED_S:
            for token, institution in ((good, NORTH_SCHOOL), (doomed, school)):
                status = pair.second.pupils(token, institution).status_code
                assert status == 503 or begun < cut_at + PROMISE_S
        settle(lambda: is_let_through(pair.first, good, NORTH_SCHOOL))
    finally:
        pair.wire.mend()
    settle(lambda: is_let_through(pair.second, good, NORTH_SCHOOL))
    assert pair.second.pupils(doomed, school).status_code == 403


def test_nobody_is_let_in_while_the_database_is_stopped(
    pair: Pair, world: GateWorld, postgres_server: PostgresServer
) -> None:
    good = world.token(NORTH_SCHOOL)
    settle(lambda: all(is_let_through(chain, good, NORTH_SCHOOL) for chain in pair.both))
    postgres_server.stop("immediate")
    stopped_at = time.monotonic()
    try:
        while (begun := time.monotonic()) < stopped_at + 2 * WATCHED_S:
            for chain in pair.both:
                assert chain.pupils(good).status_code == 503 or begun < stopped_at + PROMISE_S
    finally:
        postgres_server.start()
    settle(lambda: all(is_let_through(chain, good, NORTH_SCHOOL) for chain in pair.both))
