"""Token exchange with our guard in it beside Keycloak's own, in one run.

    python -m bench.exchange [--seconds 10] [--rounds 4]

The guard stands in for Keycloak's provider where the realm is marked, and hands over to it where it is not. So rounds
with the mark and without take turns on one server, with the same API key, OIS and mandate; and so do rounds with a
proof (DPoP) at each exchange, which the OIS signs on the same processors. Source: decision 27.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Final

from bench.figures import Figure, show
from provisioning.keycloak.realm.settings import GUARDED
from provisioning.ledger import open_ledger
from provisioning.lifecycle.mandates.granting import Contract, grant
from provisioning.model.ois import Slug
from tests.support.configuration import Folder, school
from tests.support.keycloak_server import start_server
from tests.support.office import Office
from tests.support.proofs import Prover
from tests.support.realm import Realm, new_realm
from tests.support.third_party import ThirdParty, connected
from tests.support.token_reader import TokenReader

WORKERS: Final = 4
WAYS: Final = (("true", False), ("", False), ("true", True))
"""The realm's mark, and whether each exchange comes with a proof."""

LIMIT: Final = 1.1
"""Keycloak's own exchange may be faster by so much: the guard reads one attribute of a client that is in the cache."""


def main() -> None:
    """Measure and print text and JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=4)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "keycloak").mkdir()
        server = start_server(folder / "keycloak")
        try:
            rates = measure(new_realm(server, folder, "smtp://127.0.0.1:9"), folder, asked.seconds, asked.rounds)
        finally:
            server.stop()
    guarded, stock, bound = (median(rates[way]) for way in WAYS)
    show(
        [
            Figure("exchange", "ms an exchange, guarded", 1, 1000 / guarded, "ms", LIMIT, 1000 / stock),
            Figure("exchange-bound", "ms an exchange with a proof, guarded", 1, 1000 / bound, "ms", 2, 1000 / guarded),
        ],
        None,
    )


def measure(realm: Realm, folder: Path, seconds: float, rounds: int) -> dict[tuple[str, bool], list[float]]:
    """Exchanges a second of each round, by the way they are made."""
    ledger = open_ledger(realm.settings.database_url)
    office = Office(Folder(folder / "realm-config"), realm, ledger, TokenReader.make(realm.admin, realm.url))
    party = ThirdParty(realm, Slug("diary"))
    office.folder.write(school(1))
    office.apply()
    connected(office.actor, party, ["students.read"])
    today = office.actor.today()
    grant(office.actor, "46-0000001", "diary", Contract("1", today, today + timedelta(days=30)))
    secret = office.reveal("api-46-0000001-k1")
    rates: dict[tuple[str, bool], list[float]] = {way: [] for way in WAYS}
    for number in range(-1, rounds):
        for way in sorted(rates, reverse=bool(number % 2)):
            mark, is_bound = way
            found = realm.admin.get("")
            realm.admin.put("", {**found, "attributes": {**found["attributes"], GUARDED: mark}})
            prover = Prover() if is_bound else None
            rate = per_second(party, office.access_token("api-46-0000001-k1", secret), seconds, prover)
            if number >= 0:  # The first of each only warms up.
                rates[way].append(rate)
    ledger.close()
    return rates


def per_second(party: ThirdParty, subject: str, seconds: float, prover: Prover | None) -> float:
    """How many exchanges a second get through, all workers together."""
    with ThreadPoolExecutor(WORKERS) as pool:
        done: Sequence[int] = list(pool.map(lambda _: exchanges(party, subject, seconds, prover), range(WORKERS)))
    return sum(done) / seconds


def exchanges(party: ThirdParty, subject: str, seconds: float, prover: Prover | None) -> int:
    """Exchange until the time is over; fails on a refusal."""
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        proof = None if prover is None else prover.proof("POST", party.realm.token_address)
        answer = party.exchange(subject, proof=proof)
        if answer.status_code != 200:
            raise RuntimeError(answer.text)
        count += 1
    return count


if __name__ == "__main__":
    main()
