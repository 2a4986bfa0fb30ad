"""The ledger is put back from before some decisions, on both databases: none of them is undone.

Source: docs/security.md row 40.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.ledger import open_ledger
from provisioning.ledger.proof.verification import verify
from provisioning.lifecycle.accounts.deactivation import deactivate
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.comparison.recovery import LOCKED, Recovered, recover
from provisioning.lifecycle.keys.cut_off import CutOffRequest, cut_off
from provisioning.lifecycle.keys.revelation import reveal_key
from provisioning.lifecycle.keys.rotation import rotate
from provisioning.model.cut_off import CutOffReason
from provisioning.model.secret import Secret
from tests.support.database_backup import dump, put_back
from tests.support.kill_field import Field
from tests.support.kill_worker import WHY
from tests.support.ledger_events import data_of

pytestmark = pytest.mark.assure

DEAD, CUT, ROTATED, UNTOUCHED = (f"46-{number:07d}" for number in (1, 2, 3, 4))


@dataclass
class Restored:
    """A field whose ledger was put back, and recovered; secrets from before, by account."""

    field: Field
    actor: Actor
    secrets: dict[str, Secret]
    done: Recovered

    def status(self, client_id: str, secret: Secret) -> int:
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret.reveal()}
        return self.field.realm.token(**form).status_code


ON_EACH = ["sqlite", pytest.param("postgresql", marks=[pytest.mark.assure, pytest.mark.postgres])]


@pytest.fixture
def restored(killing_field: Field, tmp_path: Path) -> Iterator[Restored]:
    field, url = killing_field, killing_field.settings.database_url
    field.grow(2)
    assert field.recover(with_apply=True) == []
    ledger = open_ledger(url)
    actor = Actor(KeycloakConnection.from_settings(field.settings), ledger, "staff:test")
    secrets = {name: reveal_key(actor, name).secret for name in (DEAD, CUT, ROTATED, UNTOUCHED)}
    ledger.close()
    dump(url, tmp_path / "backup")
    deactivate(actor, [DEAD], WHY)
    cut_off(actor, CUT, CutOffRequest(CutOffReason.INCIDENT, "staff:test"))
    secrets["rotated"] = reveal_key(actor, rotate(actor, ROTATED).new).secret
    ledger.close()
    put_back(url, tmp_path / "backup")
    with ledger.reader() as reader:
        assert not any(key.state.is_over for key in reader.all_api_keys().values()), "the ledger is not the older one"
    yield Restored(field, actor, secrets, recover(actor, ledger_is_older=True))
    ledger.close()


@pytest.mark.parametrize("ledger_url", ON_EACH, indirect=True)
def test_nothing_that_had_ended_comes_back(restored: Restored) -> None:
    assert restored.status(f"api-{DEAD}-k1", restored.secrets[DEAD]) == 401
    assert restored.status(f"api-{CUT}-k1", restored.secrets[CUT]) == 401
    assert restored.status(f"api-{UNTOUCHED}-k1", restored.secrets[UNTOUCHED]) == 200
    by_name = {closure.username: closure for closure in restored.done.closures}
    assert set(by_name) == {DEAD, CUT, ROTATED}
    assert by_name[DEAD].locked
    with restored.actor.ledger.reader() as reader:
        keys = reader.all_api_keys()
        live = {
            str(name) for name, key in keys.items() if not key.state.is_over and not name.startswith("api-46-00009")
        }
        alarms = [data_of(event)["what"] for event in reader.events(subject=DEAD) if "what" in data_of(event)]
        assert verify(reader).defect is None
    # A key that the ledger never knew is ended; its account has another live one, or gets one.
    assert live - {"api-00-0000001-k1"} == {f"api-{CUT}-k3", f"api-{ROTATED}-k1", f"api-{UNTOUCHED}-k1"}
    assert restored.status(f"api-{ROTATED}-k2", restored.secrets["rotated"]) == 401
    assert alarms == [LOCKED]
    fresh = reveal_key(restored.actor, CUT).secret
    assert restored.status(f"api-{CUT}-k3", fresh) == 200
    again = recover(restored.actor, ledger_is_older=True)
    assert [(closure.username, closure.ended, closure.unknown) for closure in again.closures] == [(DEAD, (), ())]
    assert again.converged.findings == ()
