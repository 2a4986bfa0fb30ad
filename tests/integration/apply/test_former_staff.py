"""Somebody whose record is gone from `staff.yaml` loses role, login and sessions, on a real Keycloak."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provisioning.keycloak.lookups import find_user, require_user
from provisioning.lifecycle.administrators import support
from provisioning.lifecycle.proposals import open_proposals
from provisioning.lifecycle.tasks.carrying_out import carry_out
from provisioning.lifecycle.tasks.catalogue import bring_operator_task
from provisioning.model.events import EventKind
from provisioning.model.events.decisions import AdministratorProposed
from provisioning.model.identifiers import ClientId
from provisioning.model.ois import Slug
from tests.support.configuration import school
from tests.support.office import Office
from tests.support.third_party import ThirdParty, apply_for_connection
from tests.support.watcher import provision

pytestmark = pytest.mark.assure

HEAD = "- username: {name}\n  first_name: Ім’я\n  last_name: Прізвище\n  email: {name}@iea.example\n"
PEOPLE = {name: HEAD.format(name=name) for name in ("o.koval", "i.bondar", "t.melnyk", "s.kravets")}


def staff(office: Office, *names: str) -> None:
    records = "".join(f"{PEOPLE[name]}  roles: [administrator]\n" for name in names)
    (office.folder.path / "staff.yaml").write_text(records, encoding="utf-8")


def run(office: Office, *arguments: str) -> tuple[int, str]:
    done = provision(office, *arguments)
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def roles(office: Office, name: str) -> list[str]:
    user = require_user(office.realm.connection, name)
    found = office.realm.connection.get(f"/users/{user['id']}/role-mappings/realm") or []
    return [role["name"] for role in found if role["name"] == "administrator"]


@pytest.fixture(scope="module", autouse=True)
def filled(office: Office) -> None:
    office.folder.write()
    staff(office, *PEOPLE)
    office.apply()


def signed_in(office: Office, name: str) -> int:
    user = require_user(office.realm.admin, name)
    return len(office.realm.admin.get(f"/users/{user['id']}/sessions") or [])


def test_role_login_and_sessions_end_and_the_plan_says_so(office: Office) -> None:
    assert roles(office, "s.kravets") == ["administrator"]
    person = require_user(office.realm.admin, "s.kravets")
    office.realm.admin.post(f"/users/{person['id']}/impersonation", {})
    assert signed_in(office, "s.kravets") == 1
    staff(office, "o.koval", "i.bondar", "t.melnyk")
    code, said = run(office, "plan")
    assert code == 2 and "staff.yaml no more" in said and "s.kravets" in said and "Nothing to change" not in said
    assert run(office, "apply", "--no-mail")[0] == 0
    assert require_user(office.realm.connection, "s.kravets")["enabled"] is False
    assert roles(office, "s.kravets") == [] and signed_in(office, "s.kravets") == 0
    assert office.kinds("realm")[-1] is EventKind.REALM_CHANGED
    code, said = run(office, "apply", "--no-mail")
    assert code == 0 and "Nothing to change" in said
    drift = office.drift()
    assert not [thing for thing in drift.foreign if thing.name == "s.kravets"], "a person on record is not foreign"


def test_with_a_role_end_the_sessions_that_had_it(office: Office) -> None:
    records = "".join(f"{PEOPLE[name]}  roles: [administrator]\n" for name in ("o.koval", "i.bondar"))
    person = require_user(office.realm.admin, "t.melnyk")
    office.realm.admin.post(f"/users/{person['id']}/impersonation", {})
    assert signed_in(office, "t.melnyk") == 1
    (office.folder.path / "staff.yaml").write_text(
        f"{records}{PEOPLE['t.melnyk']}  roles: [auditor]\n", encoding="utf-8"
    )
    assert run(office, "apply", "--no-mail")[0] == 0
    assert signed_in(office, "t.melnyk") == 0 and roles(office, "t.melnyk") == []
    assert require_user(office.realm.admin, "t.melnyk")["enabled"] is True


def test_whoever_opens_it_again_by_hand_is_seen_and_it_is_closed(office: Office) -> None:
    connection = office.realm.connection
    user = require_user(connection, "s.kravets")
    connection.put(f"/users/{user['id']}", {**user, "enabled": True})
    connection.post(f"/users/{user['id']}/role-mappings/realm", [connection.get("/roles/administrator")])
    assert run(office, "plan")[0] == 2
    assert run(office, "apply", "--no-mail")[0] == 0
    assert require_user(connection, "s.kravets")["enabled"] is False and roles(office, "s.kravets") == []


def test_an_emptied_file_does_not_shut_everybody_out(office: Office) -> None:
    staff(office, "o.koval")
    code, said = run(office, "apply", "--no-mail")
    assert code == 4 and "2 people of the Administrator" in said and "--allow-staff=2" in said
    assert require_user(office.realm.connection, "i.bondar")["enabled"] is True
    assert run(office, "apply", "--no-mail", "--allow-staff", "1")[0] == 4
    assert run(office, "apply", "--no-mail", "--allow-staff", "2")[0] == 0
    assert [roles(office, name) for name in ("i.bondar", "t.melnyk", "o.koval")] == [[], [], ["administrator"]]


def test_a_record_that_comes_back_opens_the_same_user(office: Office) -> None:
    before = require_user(office.realm.connection, "i.bondar")["id"]
    staff(office, "o.koval", "i.bondar")
    code, said = run(office, "apply", "--no-mail")
    assert code == 0 and "i.bondar becomes an administrator when one administrator has approved it" in said
    user = require_user(office.realm.connection, "i.bondar")
    assert (user["id"], user["enabled"], roles(office, "i.bondar")) == (before, False, [])
    with office.ledger.reader() as reader:
        (waiting,) = open_proposals(reader, office.actor.now(), AdministratorProposed)
    assert support(replace(office.actor, name="staff:o.koval"), waiting.number)
    assert run(office, "apply", "--no-mail")[0] == 0
    user = require_user(office.realm.connection, "i.bondar")
    assert (user["id"], user["enabled"], roles(office, "i.bondar")) == (before, True, ["administrator"])


def test_a_user_that_is_gone_is_not_made_again_only_to_be_closed(office: Office) -> None:
    connection = office.realm.connection
    connection.delete(f"/users/{require_user(connection, 't.melnyk')['id']}")
    code, said = run(office, "apply", "--no-mail")
    assert code == 0 and "Nothing to change" in said
    assert find_user(connection, "t.melnyk") is None


def test_without_the_ledger_s_word_a_holder_of_a_role_under_our_mark_is_found(office: Office) -> None:
    connection = office.realm.connection
    made = {"username": "n.zaiets", "enabled": True, "email": "n@iea.example", "attributes": {"managed_by": ["aikom"]}}
    connection.post("/users", made)
    user = require_user(connection, "n.zaiets")
    connection.post(f"/users/{user['id']}/role-mappings/realm", [connection.get("/roles/administrator")])
    assert run(office, "apply", "--no-mail")[0] == 0
    assert require_user(connection, "n.zaiets")["enabled"] is False and roles(office, "n.zaiets") == []


def test_a_staff_role_on_what_is_no_person_is_taken_away_and_the_account_stays_open(office: Office) -> None:
    office.reader.remove()
    office.folder.write(school(1))
    staff(office, "o.koval", "i.bondar")
    assert run(office, "apply", "--no-mail")[0] == 0
    apply_for_connection(office.actor, ThirdParty(office.realm, Slug("diary")), ["students.read"])
    task = bring_operator_task(ClientId("ois-diary"))
    with office.ledger.transaction() as transaction:
        transaction.add_tasks([task])
    carry_out(office.actor, [task.key], "nothing")
    admin = office.realm.admin
    names = ("46-0000001", "service-account-api-46-0000001-k1", "operator-diary")
    for name in names:
        user = require_user(admin, name)
        admin.post(f"/users/{user['id']}/role-mappings/realm", [admin.get("/roles/administrator")])
    code, said = run(office, "drift")
    assert code == 2
    for name in ("46-0000001", "api-46-0000001-k1", "operator-diary"):
        assert name in said, said
    assert said.count("administrator") >= 3 and "staff.yaml no more" not in said, said
    assert run(office, "apply", "--no-mail")[0] == 0
    assert [require_user(admin, name)["enabled"] for name in names] == [True, True, True]
    assert [roles(office, name) for name in names] == [[], [], ["administrator"]]
    assert run(office, "accounts", "converge")[0] in (0, 2)
    assert [roles(office, name) for name in names] == [[], [], []]
    assert require_user(admin, "operator-diary")["enabled"] is True
    code, said = run(office, "drift")
    assert code == 0, said
