"""Every field of an account's objects: changed by hand in a live realm, named by a full plan, put right by an apply.

The fields are those of Keycloak's own classes, so that one which a newer Keycloak adds fails here until it is decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import pytest

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import require_client, require_user
from provisioning.lifecycle.applying.apply import apply
from provisioning.lifecycle.applying.planning import Survey, survey
from provisioning.lifecycle.workshop import Workshop
from provisioning.planning.changes import UpdateAccount
from provisioning.planning.guards import Guard
from tests.support.changes_by_hand import CLIENT, CLIENT_LEFT, PERSON, SERVICE, USER_LEFT
from tests.support.configuration import school
from tests.support.keycloak_server import KeycloakServer
from tests.support.office import Office
from tests.support.postgres import PostgresServer
from tests.support.postgres_keycloak import keycloak_on_postgres
from tests.support.representation_fields import fields_of

pytestmark = [pytest.mark.assure, pytest.mark.keycloak, pytest.mark.postgres]


@pytest.fixture(scope="module")
def keycloak_server(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[KeycloakServer]:
    """A Keycloak on PostgreSQL, as in production: the digests are made of its rows."""
    folder = tmp_path_factory.mktemp("matrix") / "keycloak"
    with keycloak_on_postgres(postgres_server.create_database("matrix_keycloak"), folder) as keycloak:
        yield keycloak.server


_NAMES: Final = {"realmRoles": "roles", "clientRoles": "roles", "attributes (never written)": "attributes"}
"""Fields of a representation that the canonical form has under another name."""


@pytest.mark.parametrize(
    ("representation", "changed"),
    [
        ("ClientRepresentation", {*CLIENT, *CLIENT_LEFT} - {"attributes (never written)", "scopeMappings", "roles"}),
        ("UserRepresentation", {*PERSON, *USER_LEFT}),
    ],
)
def test_every_field_that_keycloak_knows_is_in_the_matrix(representation: str, changed: set[str]) -> None:
    assert fields_of(representation) == changed


def test_every_change_by_hand_is_named_and_put_right(office: Office) -> None:
    cases = [
        *(("key", number, name, change) for number, (name, change) in enumerate(CLIENT.items(), 1)),
        *(("service", number, name, change) for number, (name, change) in enumerate(SERVICE.items(), 101)),
        *(("person", number, name, change) for number, (name, change) in enumerate(PERSON.items(), 201)),
    ]
    office.folder.write(*(school(number) for _, number, _, _ in cases))
    office.apply(allowed={Guard.CREATES: len(cases) + 1})
    assert _look(office).plan.is_in_sync
    admin = office.realm.admin
    for kind, number, _, change in cases:
        change(admin, _identifier(admin, kind, f"46-{number:07d}"))
    found = _look(office, {Guard.UPDATES: len(cases)})
    seen = {update.desired.image.username: update.changes for update in found.plan.accounts.changes}  # type: ignore[union-attr]
    unseen = []
    for kind, number, name, _ in cases:
        username = f"46-{number:07d}"
        prefix = {"key": f"api-{username}-k1.client.", "service": f"api-{username}-k1.", "person": ""}[kind]
        told = {change.field.removeprefix("service account.") for change in seen.get(username, ())}  # type: ignore[call-overload]
        told = {field.removeprefix(prefix).removeprefix("service account.") for field in told}
        if not any(field.split(".")[0] == _NAMES.get(name, name) for field in told):
            unseen.append((kind, name, sorted(told)))
    counts = f"{len(CLIENT)} fields of key clients, {len(SERVICE)} of service accounts, {len(PERSON)} of users"
    print(f"{counts}: {len(unseen)} unseen")  # noqa: T201
    assert unseen == []
    apply(Workshop(office.actor, found.context), found)
    after = _look(office)
    left = [(c.desired.image.username, c.changes) for c in after.plan.accounts.changes if isinstance(c, UpdateAccount)]
    assert left == []
    assert after.plan.is_in_sync


def _look(office: Office, allowed: Mapping[Guard, int] | None = None) -> Survey:
    settings, connection = office.realm.settings, office.realm.connection
    return survey(office.folder.load(), settings, connection, office.ledger, allowed=allowed, full=True)


def _identifier(admin: KeycloakConnection, kind: str, username: str) -> str:
    if kind == "key":
        return str(require_client(admin, f"api-{username}-k1")["id"])
    name = username if kind == "person" else f"service-account-api-{username}-k1"
    return str(require_user(admin, name)["id"])
