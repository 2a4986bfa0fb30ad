"""An OIS's own token ends with a decision of the Administrator, not with its time; a bound one needs its proof.

Source: docs/security.md rows 55, 56.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from provisioning.model.events import EventKind, NewEvent
from provisioning.model.ois import OisState
from sidecar.blueprints import guard_of
from sidecar.onboarding.connected_api import OIS
from tests.support.ois_listed import CONNECTED, event, record_ois
from tests.support.ois_tokens import ask, claims
from tests.support.proofs import Prover
from tests.support.sidecar_forger import Forger
from tests.support.sidecar_running import SETTINGS, Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)


def _decided(kind: EventKind) -> NewEvent:
    return event(kind, CONNECTED, reason="кіберінцидент")


DECISIONS: Final[Mapping[OisState, tuple[NewEvent, ...]]] = {
    OisState.SUSPENDED: (_decided(EventKind.OIS_SUSPENDED),),
    OisState.TERMINATED: (_decided(EventKind.OIS_TERMINATED),),
}
CODES: Final = {OisState.SUSPENDED: "ois-suspended", OisState.TERMINATED: "ois-ended"}


@pytest.fixture
def listed(sidecar: Sidecar) -> Sidecar:
    record_ois(sidecar.ledger)
    sidecar.clock.now = datetime.now(UTC)
    return sidecar


def own_routes(sidecar: Sidecar) -> list[str]:
    """Every address that the token of an OIS's own client opens."""
    return [rule.rule for rule in sidecar.app.url_map.iter_rules() if guard_of(rule.endpoint) is OIS]


def record(sidecar: Sidecar, *events: NewEvent) -> None:
    with sidecar.ledger.transaction() as transaction:
        transaction.append(events)


@pytest.mark.parametrize("state", DECISIONS)
def test_the_same_token_is_refused_on_every_route_from_the_decision_on(
    listed: Sidecar, keycloak: Forger, state: OisState
) -> None:
    token, routes = keycloak.sign(claims()), own_routes(listed)
    assert len(routes) >= 4
    assert {path: ask(listed, token, path).status_code for path in routes} == dict.fromkeys(routes, 200)
    record(listed, *DECISIONS[state])
    for path in routes:
        answer = ask(listed, token, path)
        assert (answer.status_code, answer.mimetype) == (403, "application/problem+json"), path
        assert answer.get_json()["type"] == f"urn:aikom:problem:{CODES[state]}"


def test_a_resumed_ois_works_on_with_the_token_it_has(listed: Sidecar, keycloak: Forger) -> None:
    token, (path, *_) = keycloak.sign(claims()), own_routes(listed)
    record(listed, _decided(EventKind.OIS_SUSPENDED))
    assert ask(listed, token, path).status_code == 403
    record(listed, _decided(EventKind.OIS_RESUMED))
    assert ask(listed, token, path).status_code == 200


@pytest.mark.parametrize("slug", ["newcomer", "nobody"])
def test_an_ois_that_was_never_connected_gets_nothing(listed: Sidecar, keycloak: Forger, slug: str) -> None:
    """Keycloak gives such an OIS no token; should it have one all the same, the ledger's word counts."""
    for path in own_routes(listed):
        answer = ask(listed, keycloak.sign(claims(slug)), path)
        assert (answer.status_code, answer.get_json()["type"]) == (403, "urn:aikom:problem:ois-not-connected")


def test_a_ledger_that_cannot_be_read_lets_nobody_in(listed: Sidecar, keycloak: Forger) -> None:
    token, (path, *_) = keycloak.sign(claims()), own_routes(listed)
    with listed.ledger.aside() as connection:
        connection.exec_driver_sql("ALTER TABLE ledger_ois RENAME TO lost")
    assert ask(listed, token, path).status_code == 503


OWNER: Final = Prover()


def bound_token(keycloak: Forger) -> str:
    return keycloak.sign(claims(typ="DPoP", cnf={"jkt": OWNER.thumbprint, "kc-jkt-type": "DPoP"}))


def proof(token: str, path: str, prover: Prover = OWNER, **changed: Any) -> str:
    return prover.proof("GET", f"{SETTINGS['AIKOM_SIDECAR_URL']}{path}", token, **changed)


def shown(listed: Sidecar, token: str, path: str, proof: str | None, scheme: str = "DPoP") -> tuple[int, str]:
    """Status, and the first word of the challenge of a 401."""
    headers = {"Authorization": f"{scheme} {token}", **({} if proof is None else {"DPoP": proof})}
    answer = listed.client().get(path, headers=headers)
    return answer.status_code, answer.headers.get("WWW-Authenticate", "").partition(" ")[0]


def test_a_bound_token_opens_every_route_with_a_proof_and_nothing_otherwise(listed: Sidecar, keycloak: Forger) -> None:
    token, routes = bound_token(keycloak), own_routes(listed)
    for path, other in zip(routes, (*routes[1:], routes[0]), strict=True):
        once = proof(token, path)
        assert shown(listed, token, path, once) == (200, "")
        wrong = (
            *(once, None, proof(token, other), proof(token, path, Prover()), proof("a.b.c", path)),
            *(proof(token, path, at=time.time() - 3600), proof(token, path, htm="POST"), "x.y.z"),
        )
        assert {shown(listed, token, path, bad) for bad in wrong} == {(401, "DPoP")}
        assert shown(listed, token, path, proof(token, path), "Bearer") == (401, "DPoP")


def test_a_bearer_token_is_refused_where_bound_ones_are_required(listed: Sidecar, keycloak: Forger) -> None:
    plain, bound, (path, *_) = keycloak.sign(claims()), bound_token(keycloak), own_routes(listed)
    assert shown(listed, plain, path, None, "Bearer") == (200, "")
    assert shown(listed, plain, path, proof(plain, path)) == (401, "Bearer")
    record(listed, event(EventKind.OIS_CHANGED, CONNECTED, reason="за згодою", proof_required=True))
    assert shown(listed, plain, path, None, "Bearer") == (401, "DPoP")
    assert shown(listed, bound, path, proof(bound, path)) == (200, "")
