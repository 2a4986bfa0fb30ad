"""Every field of an account's objects: changed by hand in a live realm, named by a full plan, put right by an apply.

The fields are those of Keycloak's own classes, so that one which a newer Keycloak adds fails here until it is decided.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

import pytest

from provisioning.keycloak.lookups import require_client, require_user
from provisioning.lifecycle.applying.apply import apply
from provisioning.lifecycle.applying.planning import Survey, survey
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.identifiers import ClientId, service_account_of
from provisioning.planning.changes import UpdateAccount
from provisioning.planning.guards import Guard
from provisioning.planning.widening import widened_accounts
from provisioning.watch.duty import DutyResult
from tests.support.by_hand.change import Change, keep_count
from tests.support.by_hand.clients import BESIDE, CLIENT, CLIENT_LEFT, client_changes
from tests.support.by_hand.users import USER, USER_LEFT, user_changes
from tests.support.configuration import school
from tests.support.keycloak_server import KeycloakServer
from tests.support.office import Office
from tests.support.postgres import PostgresServer
from tests.support.postgres_keycloak import keycloak_on_postgres
from tests.support.representation_fields import fields_of
from tests.support.watching import Watch

pytestmark = [pytest.mark.assure, pytest.mark.keycloak, pytest.mark.postgres]


@pytest.fixture(scope="module")
def keycloak_server(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[KeycloakServer]:
    """A Keycloak on PostgreSQL, as in production: the digests are made of its rows."""
    folder = tmp_path_factory.mktemp("matrix") / "keycloak"
    with keycloak_on_postgres(postgres_server.create_database("matrix_keycloak"), folder) as keycloak:
        yield keycloak.server


def test_every_change_by_hand_is_named_closed_and_put_right(office: Office) -> None:
    # One account for each change, so that none hides another.
    office.folder.write(school(1))
    office.apply()
    template = list(_changes(office, 1))
    office.folder.write(*(school(number) for number in range(1, len(template) + 1)))
    office.apply(allowed={Guard.CREATES: len(template) + 1})
    watch = Watch(office)
    assert _look(office).plan.is_in_sync and watch.close() == DutyResult()
    cases = [list(_changes(office, number))[number - 1] for number in range(1, len(template) + 1)]
    started = time.monotonic()
    for change in cases:
        change.act(office.realm.admin)
    _expect_named(_look(office, {Guard.UPDATES: len(cases)}), cases)
    # The watch asks about what Keycloak's admin events speak of, long before it reads everything again.
    watch.close()
    found = _look(office, {Guard.UPDATES: len(cases)})
    wider = [
        (update.desired.image.username, update.changes) for update in widened_accounts(found.plan.accounts.changes)
    ]
    assert wider == []
    apply(Workshop(office.actor, found.context), found)
    after = _look(office)
    left = [(c.desired.image.username, c.changes) for c in after.plan.accounts.changes if isinstance(c, UpdateAccount)]
    assert left == []
    assert after.plan.is_in_sync
    keep_count("accounts", cases, 0, time.monotonic() - started)


def test_every_field_that_keycloak_knows_is_changed_or_left_with_a_reason(office: Office) -> None:
    changed: dict[str, set[str]] = {}
    for change in _changes(office, 1):
        changed.setdefault(change.of, set()).add(change.field)
    assert changed[CLIENT] - set(BESIDE) | {*CLIENT_LEFT, "enabled"} == fields_of(CLIENT)
    assert changed[USER] | USER_LEFT.keys() == fields_of(USER)


def _changes(office: Office, number: int) -> Iterator[Change]:
    """Every change of a school's key, of its service account and of its own user; whether they are enabled is judged
    by the table of decisions, and compared by `tests/unit/planning`.
    """
    admin, username = office.realm.admin, f"46-{number:07d}"
    key = ClientId(f"api-{username}-k1")
    place = ("account", username)
    yield from client_changes(require_client(admin, key), place, f"{key}.client.", enabled=False)
    service = require_user(admin, service_account_of(key))
    yield from user_changes(service, place, f"{key}.service account.", service=True)
    yield from user_changes(require_user(admin, username), place)


def _expect_named(found: Survey, cases: list[Change]) -> None:
    updates = [change for change in found.plan.accounts.changes if isinstance(change, UpdateAccount)]
    seen = {str(update.desired.image.username): {field.field for field in update.changes} for update in updates}
    unseen = []
    for change in cases:
        fields = seen.get(change.place[1], set())
        # An attribute of a service account is one of the key, by the table of decisions.
        fields |= {field.replace("-k1.", "-k1.service account.") for field in fields}
        if not change.is_named_by(fields):
            unseen.append((change.of, change.field, change.named, fields))
    assert unseen == []


def _look(office: Office, allowed: Mapping[Guard, int] | None = None) -> Survey:
    settings, connection = office.realm.settings, office.realm.connection
    return survey(office.folder.load(), settings, connection, office.ledger, allowed=allowed, full=True)
