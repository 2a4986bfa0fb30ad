"""An OIS's own token ends with a decision of the Administrator, not with its time. Source: docs/security.md row 55."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import pytest

from provisioning.model.events import EventKind, NewEvent
from provisioning.model.ois import OisState
from sidecar.blueprints import guard_of
from sidecar.onboarding.connected_api import OIS
from tests.support.ois_listed import CONNECTED, event, record_ois
from tests.support.ois_tokens import ask, claims
from tests.support.sidecar_forger import Forger
from tests.support.sidecar_running import Sidecar

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
