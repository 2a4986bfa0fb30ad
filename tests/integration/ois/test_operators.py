"""The account of whoever runs an OIS: born with the confirmed application, ended with the OIS. Source: order cl. 6."""

from __future__ import annotations

import re
from typing import Any

import pytest

from provisioning.keycloak.lookups import find_user
from provisioning.ledger.queries.applications import applications_for
from provisioning.lifecycle.applications import Submitted, make_link, open_link, submit
from provisioning.lifecycle.comparison.convergence import converge
from provisioning.lifecycle.comparison.findings import Wrong
from provisioning.lifecycle.errors import ActionRefused, CarriedOutLater
from provisioning.lifecycle.mail.outbox import send_outbox
from provisioning.lifecycle.ois.connection import reject
from provisioning.lifecycle.ois.operators import invite_operator
from provisioning.lifecycle.tasks.carrying_out import resume
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.application import Application, ApplicationRecord
from provisioning.model.events import EventKind
from sidecar.applications.entry import read_application
from tests.support.configuration import school
from tests.support.ledger_events import event_by
from tests.support.mailcatcher import MailCatcher
from tests.support.office import Office
from tests.support.ois_application import entry

RIGHTS = {"students.read", "classes.read"}


@pytest.fixture(scope="module", autouse=True)
def applied_realm(office: Office) -> None:
    office.folder.write(school(1))
    office.apply()
    office.reader.remove()


def confirm(office: Office, slug: str, **changed: Any) -> None:
    """Apply and open the mailed link, as an applicant does."""
    application = read_application(entry(slug=slug, **changed), RIGHTS)
    assert isinstance(application, Application)
    assert isinstance(submit(office.ledger, application, None), Submitted)
    with office.ledger.transaction() as transaction:
        (record,) = applications_for(transaction, slug, application.email)
        code = make_link(transaction, record.id, office.ledger.clock())
    assert code is not None and isinstance(open_link(office.ledger, code), ApplicationRecord)


def user(office: Office, slug: str) -> dict[str, Any] | None:
    return find_user(office.realm.admin, f"operator-{slug}")


def roles(office: Office, slug: str) -> list[str]:
    found = user(office, slug)
    assert found is not None
    return [role["name"] for role in office.realm.admin.get(f"/users/{found['id']}/role-mappings/realm")]


def invitations(office: Office, slug: str) -> list[str]:
    with office.ledger.reader() as reader:
        return [mail.key for mail in reader.mails() if mail.subject_account == f"operator-{slug}"]


def test_a_confirmed_application_makes_one_account_with_one_role_and_one_mail(office: Office) -> None:
    confirm(office, "first", email="First@diary.example.ua")
    assert user(office, "first") is None
    assert [key.rsplit(":", 1)[0] for key in office.unfinished()] == ["ois-operator:ois-first"]
    resume(office.actor)
    found = user(office, "first")
    assert found is not None and found["enabled"] and found["email"] == "first@diary.example.ua"
    assert found["attributes"]["ois"] == ["first"]
    assert roles(office, "first") == ["ois-operator"]
    assert office.unfinished() == [] and len(invitations(office, "first")) == 1
    assert resume(office.actor).done == 0


def test_the_mail_holds_a_link_that_stands_nowhere_else(office: Office, mailcatcher: MailCatcher) -> None:
    confirm(office, "mailed", email="mailed@diary.example.ua")
    resume(office.actor)
    mailcatcher.clear()
    send_outbox(Workshop(office.actor, office.survey().context))
    messages = mailcatcher.messages("mailed@diary.example.ua")
    bodies = [body.get_content() for found in messages if (body := found.message.get_body(("plain",)))]
    (text,) = [body for body in bodies if "operator-mailed" in body]
    link = re.search(r"https?://\S+/login-actions/action-token\S+", text)
    assert link is not None
    with office.ledger.reader() as reader:
        assert all(link[0] not in str(mail) for mail in reader.mails())


def test_operators_are_no_strangers_to_drift_and_other_users_are(office: Office) -> None:
    office.realm.admin.post("/users", {"username": "operator-nobody", "enabled": True})
    found = office.drift()
    strangers = [thing.name for thing in found.foreign if thing.type == "user"]
    assert strangers == ["operator-nobody"]
    assert [thing.name for thing in found.foreign if thing.type in ("realm role", "client scope")] == []


def test_with_keycloak_silent_the_invitation_stands_and_is_finished_later(office: Office) -> None:
    confirm(office, "later")
    resume(office.actor)
    with pytest.raises(CarriedOutLater):
        invite_operator(office.actor_without_keycloak, "later", reset=True)
    assert office.kinds("ois-later") == [EventKind.OIS_APPLIED, EventKind.OIS_OPERATOR_INVITED]
    assert len(invitations(office, "later")) == 1
    resume(office.actor)
    assert len(invitations(office, "later")) == 2


def test_roles_that_somebody_added_by_hand_are_taken_away_when_the_operator_is_invited_again(office: Office) -> None:
    confirm(office, "climber")
    resume(office.actor)
    found = user(office, "climber")
    assert found is not None
    administrator = office.realm.admin.get("/roles/administrator")
    office.realm.admin.post(f"/users/{found['id']}/role-mappings/realm", [administrator])
    invite_operator(office.actor, "climber")
    assert roles(office, "climber") == ["ois-operator"]


def test_whatever_is_changed_of_an_operator_by_hand_is_named_by_drift_and_undone(office: Office) -> None:
    confirm(office, "altered")
    resume(office.actor)
    admin, found = office.realm.admin, user(office, "altered")
    assert found is not None
    admin.put(f"/users/{found['id']}", {**found, "email": "thief@else.example", "firstName": "Хтось"})
    admin.post(f"/users/{found['id']}/role-mappings/realm", [admin.get("/roles/administrator")])
    drift = office.drift()
    named = {one.subject: set(one.fields) for one in drift.otherwise}
    assert named == {"operator-altered": {"email", "firstName", "roles.realm:administrator"}}
    done = converge(office.actor)
    assert [(f.subject, f.wrong) for f in done.alarms] == [("ois-altered", Wrong.OPERATOR_ALTERED)]
    put_right = user(office, "altered")
    assert put_right is not None and put_right["enabled"] and "firstName" not in put_right
    assert put_right["email"] == found["email"]
    assert roles(office, "altered") == ["ois-operator"]
    assert converge(office.actor).findings == ()


def test_with_the_ois_its_operators_account_ends_for_good(office: Office) -> None:
    confirm(office, "ended")
    resume(office.actor)
    reject(office.actor, "ended", "немає договору")
    found = user(office, "ended")
    assert found is not None and not found["enabled"]
    with pytest.raises(ActionRefused):
        invite_operator(office.actor, "ended")
    office.realm.admin.put(f"/users/{found['id']}", {"enabled": True})
    done = converge(office.actor)
    assert [(f.subject, f.wrong) for f in done.alarms] == [("ois-ended", Wrong.OPERATOR_LIVE)]
    closed = user(office, "ended")
    assert closed is not None and not closed["enabled"]
    assert converge(office.actor).findings == ()


def test_an_address_that_keycloak_refuses_holds_up_nobody_else(office: Office) -> None:
    confirm(office, "odd")
    confirm(office, "fine")
    with office.ledger.transaction() as transaction:
        changed = {"email": "no address at all"}
        transaction.append([event_by("test", EventKind.OIS_CHANGED, "ois-odd", changed)])
    resume(office.actor)
    assert user(office, "odd") is None and user(office, "fine") is not None
    assert EventKind.ALARM_RAISED in office.kinds("ois-odd")
    assert office.unfinished() == []
