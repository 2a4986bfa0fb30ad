"""What cannot be recorded is not done: the ledger does not take it, and Keycloak stays as it is.

Source: docs/security.md row 42.
"""

from __future__ import annotations

import pytest

from provisioning.keycloak.accounts.reading import read_accounts
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.ledger import open_ledger
from provisioning.ledger.errors import LedgerBusy
from provisioning.lifecycle.actor import Actor
from provisioning.registry import load_configuration
from tests.support.kill_field import Field
from tests.support.kill_worker import OPERATIONS, Worker

pytestmark = pytest.mark.assure


@pytest.mark.parametrize("operation", ["reveal", "rotate", "cut-off", "invite", "withdraw", "deactivate"])
def test_an_action_that_cannot_be_recorded_is_refused_and_leaves_keycloak_alone(
    shared_field: Field, operation: str
) -> None:
    connection = KeycloakConnection.from_settings(shared_field.settings)
    before = read_accounts(connection, (), ())
    held, ours = (open_ledger(shared_field.settings.database_url, patience_s=0.2) for _ in range(2))
    configuration = load_configuration(shared_field.folder.path).require()
    worker = Worker(Actor(connection, ours, "staff:test"), configuration, shared_field.settings, log=2)
    with held.transaction() as busy:
        head = busy.head()
        with pytest.raises(LedgerBusy) as caught:
            OPERATIONS[operation](worker, "46-0000001")
    assert caught.value.exit_code == 3
    assert read_accounts(connection, (), ()) == before
    with ours.reader() as reader:
        assert reader.head() == head
    held.close()
    ours.close()
