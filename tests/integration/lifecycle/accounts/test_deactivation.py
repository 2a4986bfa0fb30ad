"""Deactivation on a real Keycloak: login, key, base key and issued tokens end at once. Source: order cl. 7, 10, 11."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
import requests

from provisioning.keycloak.base_keys import BaseKeyRefusal, issue_base_key
from provisioning.keycloak.logins import read_login
from provisioning.keycloak.lookups import require_user
from provisioning.lifecycle.accounts.choosing import accounts_below
from provisioning.lifecycle.accounts.deactivation import Bulk, deactivate, reinstate
from provisioning.lifecycle.accounts.proposals import approve, propose
from provisioning.lifecycle.comparison.convergence import converge
from provisioning.lifecycle.errors import ActionRefused, CarriedOutLater
from provisioning.lifecycle.workshop import BASE_KEY_MAIL
from provisioning.model.events import EventKind
from provisioning.model.identifiers import Username
from provisioning.model.institution import Deactivation, DeactivationReason
from provisioning.model.records import AccountState
from provisioning.model.upkeep import BulkApproval
from provisioning.planning.guards import Guard
from tests.support.configuration import school
from tests.support.ledger_events import data_of
from tests.support.office import Office
from tests.support.ois_events import SLUG, connected, event, granted
from tests.support.watcher import provision

SINGLE = BulkApproval.SINGLE
WHY = Deactivation(DeactivationReason.LIQUIDATION, "№ 12-о", date(2026, 11, 20))
ATTACK = Deactivation(DeactivationReason.CYBER_INCIDENT, "№ 13-о", date(2026, 11, 21))

AUTHORITY = """
- id: "46-0000100"
  kind: authority
  name: Департамент
  authority: "00-0000001"
  email: department@schools.example
"""


def below(number: int) -> str:
    return school(number).replace('authority: "00-0000001"', 'authority: "46-0000100"')


@pytest.fixture(scope="module", autouse=True)
def schools(office: Office) -> None:
    office.folder.write(AUTHORITY, school(1), school(2), school(3), *(below(number) for number in (11, 12, 13)))
    office.apply()


def state(office: Office, name: str) -> AccountState | None:
    with office.ledger.reader() as reader:
        record = reader.account(name)
    return None if record is None else record.state


def base_key_link(office: Office, username: str) -> str:
    lifespan = office.folder.load().realm.base_key.lifespan_hours
    with office.ledger.reader() as reader:
        record = reader.account(username)
    assert record is not None
    assert record.base_key_id is not None
    answer = issue_base_key(office.realm.connection, username, record.base_key_id, lifespan=timedelta(hours=lifespan))
    assert not isinstance(answer, BaseKeyRefusal)
    return answer.link.reveal()


def test_login_key_base_key_and_tokens_end_at_once(office: Office) -> None:
    client_id = "api-46-0000001-k1"
    office.reader.let_see(client_id)
    secret, link = office.reveal("46-0000001"), base_key_link(office, "46-0000001")
    token = office.access_token(client_id, secret)
    assert office.reader.is_active(token)
    assert requests.get(link, timeout=60).status_code == 200
    done = deactivate(office.actor, ["46-0000001"], WHY)
    assert [record.username for record in done.living] == ["46-0000001"]
    assert office.token(client_id, secret).status_code == 401
    assert not office.reader.is_active(token)
    assert requests.get(link, timeout=60).status_code >= 400
    assert require_user(office.realm.connection, "46-0000001")["enabled"] is False
    assert require_user(office.realm.connection, f"service-account-{client_id}")["enabled"] is False
    assert office.unfinished() == []


def test_reason_document_and_date_are_recorded_and_the_first_decision_stands(office: Office) -> None:
    again = deactivate(office.actor, ["46-0000001"], ATTACK)
    assert [record.deactivation_document for record in again.ended] == ["№ 12-о"]
    ended = [event for event in office.events("46-0000001") if event.kind is EventKind.ACCOUNT_DEACTIVATED]
    assert [data_of(event)["date"] for event in ended] == ["2026-11-20"]
    assert ended[0].clause == "cl. 10"


def test_with_keycloak_down_the_verdict_stands_at_once_and_keycloak_follows_exactly_once(office: Office) -> None:
    secret = office.reveal("46-0000002")
    for _ in range(2):
        with pytest.raises(CarriedOutLater, match="recorded and stands") as caught:
            deactivate(office.actor_without_keycloak, ["46-0000002"], WHY)
        assert caught.value.exit_code == 3
    assert state(office, "46-0000002") is AccountState.DEACTIVATED
    done = converge(office.actor)
    assert (done.finished, done.findings) == (1, ())
    assert office.token("api-46-0000002-k1", secret).status_code == 401
    assert office.kinds("46-0000002").count(EventKind.ACCOUNT_DEACTIVATED) == 1
    assert converge(office.actor).finished == 0


def test_the_next_apply_finishes_it_too_without_an_alarm(office: Office) -> None:
    with pytest.raises(CarriedOutLater):
        deactivate(office.actor_without_keycloak, ["46-0000003"], WHY)
    office.apply()
    assert require_user(office.realm.connection, "46-0000003")["enabled"] is False
    assert EventKind.ALARM_RAISED not in office.kinds("46-0000003")
    assert office.unfinished() == []


def test_a_bulk_needs_the_exact_number_and_is_one_decision(office: Office) -> None:
    with office.ledger.reader() as reader:
        names = accounts_below(reader, "46-0000100")
    assert names == ("46-0000011", "46-0000012", "46-0000013")
    for expect in (None, 2, 4):
        with pytest.raises(ActionRefused):
            deactivate(office.actor, names, ATTACK, Bulk("all below 46-0000100", expect, approval=SINGLE))
    with pytest.raises(ActionRefused, match="second administrator"):
        deactivate(office.actor, names, ATTACK, Bulk("all below 46-0000100", 3))
    assert state(office, "46-0000011") is AccountState.CREATED
    deactivate(office.actor, names, ATTACK, Bulk("all below 46-0000100", 3, approval=SINGLE))
    decisions = [event for event in office.events("realm") if event.kind is EventKind.DECISION_RECORDED]
    assert [data_of(event)["accounts"] for event in decisions] == [list(names)]
    assert all(state(office, name) is AccountState.DEACTIVATED for name in names)
    assert state(office, "46-0000100") is AccountState.CREATED


def test_all_that_ever_used_an_ois_can_be_ended_together(office: Office) -> None:
    names = ("46-0000021", "46-0000022")
    office.folder.write(AUTHORITY, *(school(number) for number in (1, 2, 3, 21, 22, 23)))
    office.apply({Guard.MISSING: 3})
    with office.ledger.transaction() as transaction:
        transaction.append([*connected(), *(granted(1, name) for name in names)])
        transaction.append([event(EventKind.MANDATE_WITHDRAWN, names[0], mandate=f"{names[0]}.{SLUG}.1", ois=SLUG)])
    command = f"accounts deactivate --ois {SLUG} --reason cyber-incident --document № --date 2026-11-20"
    preview = provision(office, *command.split())
    assert preview.returncode == 2
    assert "--expect 2" in " ".join(preview.stderr.split())
    assert provision(office, *command.split(), "--expect", "3").returncode == 4
    assert state(office, names[0]) is AccountState.CREATED
    assert provision(office, *command.split(), "--expect", "2").returncode == 0
    assert [state(office, name) for name in names] == [AccountState.DEACTIVATED] * 2
    assert state(office, "46-0000023") is AccountState.CREATED
    (decision,) = [
        e
        for e in office.events("realm")
        if str(data_of(e).get("scope", "")).startswith("all that ever gave a mandate to OIS")
    ]
    assert data_of(decision)["accounts"] == list(names)
    assert provision(office, "accounts", "deactivate", "--ois", "nobody", *command.split()[4:]).returncode == 1


def test_an_authority_comes_back_by_a_document_with_a_new_base_key(office: Office) -> None:
    secret = office.reveal("46-0000100")
    deactivate(office.actor, ["46-0000100"], ATTACK)
    assert office.token("api-46-0000100-k1", secret).status_code == 401
    reinstate(office.actor, "46-0000100", "№ 14-о")
    login = read_login(office.realm.connection, Username("46-0000100"))
    assert login is not None
    assert login.enabled
    assert office.access_token("api-46-0000100-k1", secret)
    with office.ledger.reader() as reader:
        record = reader.account("46-0000100")
        mails = [mail.key for mail in reader.mails() if mail.template == BASE_KEY_MAIL]
    assert record is not None
    assert record.base_key_id in mails
    with pytest.raises(ActionRefused, match="not deactivated"):
        reinstate(office.actor, "46-0000100", "№ 15-о")


def test_under_four_eyes_the_command_line_refuses_several_and_says_where_they_are_proposed(office: Office) -> None:
    names = ("46-0000041", "46-0000042")
    office.folder.write(AUTHORITY, *(school(number) for number in (1, 2, 3, 21, 22, 23, 41, 42)))
    office.apply()
    policy = office.folder.path / "realm.yaml"
    usual = policy.read_text(encoding="utf-8")
    policy.write_text(usual.replace("bulk_approval: single", "bulk_approval: four-eyes"), encoding="utf-8")
    command = ["accounts", "deactivate", *names, "--reason", "cyber-incident", "--document", "№ 14", "--expect", "2"]
    refused = provision(office, *command)
    policy.write_text(usual, encoding="utf-8")
    assert refused.returncode == 4
    assert "desk" in refused.stderr
    assert [state(office, name) for name in names] == [AccountState.CREATED] * 2


def test_an_approved_proposal_is_carried_out_in_keycloak_like_every_decision(office: Office) -> None:
    names = ("46-0000041", "46-0000042")
    proposal = propose(office.actor, names, ATTACK, Bulk("two", 2), lifespan=timedelta(hours=1))
    decided = approve(replace(office.actor, name="staff:other"), proposal.number, 2)
    assert decided.selection.usernames == names
    assert require_user(office.realm.connection, names[0])["enabled"] is True
    assert converge(office.actor).finished == 2
    assert [require_user(office.realm.connection, name)["enabled"] for name in names] == [False, False]
