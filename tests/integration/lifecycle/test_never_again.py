"""Every way back to a deactivated account of an institution ends refused, or closed again with an alarm (cl. 11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from provisioning.keycloak.accounts.representations import import_batch
from provisioning.keycloak.lookups import require_client, require_user
from provisioning.ledger.errors import EventRefused
from provisioning.lifecycle.accounts.deactivation import deactivate, reinstate
from provisioning.lifecycle.accounts.generations import allow_generation
from provisioning.lifecycle.accounts.invitations import invite
from provisioning.lifecycle.comparison.convergence import Converged, converge
from provisioning.lifecycle.comparison.findings import Wrong
from provisioning.lifecycle.errors import ActionRefused
from provisioning.lifecycle.keys.cut_off import CutOffRequest, cut_off
from provisioning.lifecycle.keys.rotation import rotate
from provisioning.model.cut_off import CutOffReason
from provisioning.model.events import EventKind
from provisioning.model.institution import Deactivation, DeactivationReason
from provisioning.model.records import AccountState
from provisioning.model.secret import Secret
from tests.support.configuration import school
from tests.support.ledger_events import event_by, renewed
from tests.support.office import Office

NAME, KEY, SERVICE = "46-0000001", "api-46-0000001-k1", "service-account-api-46-0000001-k1"
WHY = Deactivation(DeactivationReason.LIQUIDATION, "№ 12-о", date(2026, 11, 20))


@pytest.fixture(scope="module", autouse=True)
def secret(office: Office) -> Secret:
    """The secret of the key of an account that is dead from here on."""
    office.folder.write(school(1), school(2))
    office.apply()
    known = office.reveal(NAME)
    office.access_token(KEY, known)
    deactivate(office.actor, [NAME], WHY)
    return known


def put_user(office: Office, name: str) -> None:
    """What the console and kcadm do: the whole user again, with its switch on."""
    user = require_user(office.realm.admin, name)
    office.realm.admin.put(f"/users/{user['id']}", {**user, "enabled": True})


def put_client(office: Office) -> None:
    client = require_client(office.realm.admin, KEY)
    office.realm.admin.put(f"/clients/{client['id']}", {**client, "enabled": True})


def new_password(office: Office) -> None:
    user = require_user(office.realm.admin, NAME)
    office.realm.admin.put(f"/users/{user['id']}", {**user, "enabled": True})
    password = {"type": "password", "value": "Kalyna-na-luzi-2026", "temporary": False}
    office.realm.admin.put(f"/users/{user['id']}/reset-password", password)


def everything(office: Office) -> None:
    """What an old backup of Keycloak brings: login, client and service account as they were."""
    put_user(office, NAME)
    put_client(office)
    put_user(office, SERVICE)


def import_again(office: Office) -> None:
    """An administrator imports the account as an old export has it: everything is deleted and made anew, enabled."""
    (image,) = (found for name, found in office.survey().actual.items() if name == NAME)
    alive = replace(image, enabled=True, keys=tuple(replace(k, enabled=True, service_enabled=True) for k in image.keys))
    office.realm.admin.post("/partialImport", {**import_batch([alive]), "ifResourceExists": "OVERWRITE"})


def another_key(office: Office) -> None:
    """A client that nobody decided on, for the account that is dead."""
    body = {
        "clientId": "api-46-0000001-k9",
        "publicClient": False,
        "serviceAccountsEnabled": True,
        "clientAuthenticatorType": "aikom-api-key",
        "attributes": {"aikom.account": NAME},
    }
    office.realm.admin.post("/clients", body)


def is_closed(office: Office, secret: Secret) -> bool:
    switches = [require_user(office.realm.admin, name)["enabled"] for name in (NAME, SERVICE)]
    switches.append(require_client(office.realm.admin, KEY)["enabled"])
    return not any(switches) and office.token(KEY, secret).status_code == 401


def later(office: Office) -> Converged:
    """A run that finds no fresh alarm, as an hour later."""
    return converge(office.actor)


@pytest.mark.parametrize(
    "way",
    [
        lambda office: put_user(office, NAME),
        lambda office: put_user(office, SERVICE),
        put_client,
        new_password,
        everything,
        import_again,
    ],
    ids=[
        "console: user",
        "console: service account",
        "kcadm: client",
        "console: new password",
        "old backup",
        "re-import",
    ],
)
def test_what_somebody_opens_in_keycloak_is_closed_again(
    office: Office, secret: Secret, way: Callable[[Office], None]
) -> None:
    way(office)
    done = converge(office.actor)
    assert [finding.wrong for finding in done.findings] == [Wrong.ACCOUNT_LIVE]
    assert is_closed(office, secret)
    assert converge(office.actor).findings == ()


def test_it_raises_one_alarm_while_that_is_fresh(office: Office) -> None:
    alarms = [event for event in office.events(NAME) if event.kind is EventKind.ALARM_RAISED]
    assert [event.clause for event in alarms] == ["cl. 11"]


def test_a_key_made_by_hand_for_it_is_closed(office: Office) -> None:
    another_key(office)
    (finding,) = converge(office.actor).findings
    assert finding.subject == "api-46-0000001-k9"
    assert require_client(office.realm.admin, "api-46-0000001-k9")["enabled"] is False
    assert office.kinds("api-46-0000001-k9") == [EventKind.ALARM_RAISED]


def test_a_key_that_was_cut_off_is_closed_again(office: Office) -> None:
    cut_off(office.actor, "46-0000002", CutOffRequest(CutOffReason.INCIDENT, "staff:test"))
    client = require_client(office.realm.admin, "api-46-0000002-k1")
    office.realm.admin.put(f"/clients/{client['id']}", {**client, "enabled": True})
    (finding,) = converge(office.actor).findings
    assert (finding.wrong, finding.subject) == (Wrong.KEY_LIVE, "api-46-0000002-k1")
    assert require_client(office.realm.admin, "api-46-0000002-k1")["enabled"] is False
    assert require_client(office.realm.admin, "api-46-0000002-k2")["enabled"] is True


def test_yaml_that_says_nothing_of_the_deactivation_is_refused(office: Office, secret: Secret) -> None:
    plan = office.survey().plan
    assert [refusal.code for refusal in plan.accounts.refusals] == ["deactivated-for-good"]
    office.apply()
    assert is_closed(office, secret)


@pytest.mark.parametrize(
    "command",
    [
        lambda office: reinstate(office.actor, NAME, "№ 1"),
        lambda office: invite(office.actor, NAME, reset=True),
        lambda office: rotate(office.actor, NAME),
        lambda office: cut_off(office.actor, NAME, CutOffRequest(CutOffReason.REQUEST, "director")),
        lambda office: office.reveal(NAME),
    ],
    ids=["reinstate", "invite", "rotate", "cut-off", "reveal"],
)
def test_no_command_brings_it_back(office: Office, secret: Secret, command: Callable[[Office], object]) -> None:
    before = office.kinds(NAME)
    with pytest.raises(ActionRefused, match="never used again"):
        command(office)
    assert office.kinds(NAME) == before
    assert is_closed(office, secret)


def test_the_ledger_itself_refuses_to_record_it_as_reinstated(office: Office) -> None:
    with pytest.raises(EventRefused, match="never used again"), office.ledger.transaction() as transaction:
        transaction.append([event_by("dba", EventKind.ACCOUNT_REINSTATED, NAME, {"document": "№ 1"})])


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (EventKind.ACCOUNT_ACTIVATED, {"activated_at": "2026-11-24T09:00:00Z"}),
        (EventKind.BASE_KEY_ISSUED, {"base_key_id": "b" * 32, "email": "a@example.ua"}),
        (EventKind.BASE_KEY_SENT, {"base_key_id": "b" * 32, "email": "a@example.ua"}),
    ],
)
def test_no_event_makes_it_anything_else(
    office: Office, secret: Secret, kind: EventKind, data: dict[str, str | list[str]]
) -> None:
    with office.ledger.transaction() as transaction:
        transaction.append([event_by("dba", kind, NAME, data), renewed(transaction, NAME)])
    with office.ledger.reader() as reader:
        record = reader.account(NAME)
    assert record is not None
    assert record.state is AccountState.DEACTIVATED
    assert record.base_key_id is None
    assert converge(office.actor).findings == ()
    assert is_closed(office, secret)


def test_a_second_generation_works_beside_it(office: Office, secret: Secret) -> None:
    earlier = 'earlier: [{generation: 1, reason: liquidation, document: "№ 12-о", date: 2026-11-20}]'
    office.folder.write(school(1, earlier, "generation: 2"), school(2))
    office.apply()
    (refused,) = office.survey().plan.accounts.refusals
    assert (refused.code, refused.subject) == ("generation-without-decision", "46-0000001-g2")
    allow_generation(office.actor, NAME, "№ 40")
    office.apply()
    assert office.survey().plan.is_in_sync
    assert office.access_token("api-46-0000001-g2-k1", office.reveal("46-0000001-g2"))
    assert is_closed(office, secret)
