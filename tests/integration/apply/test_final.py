"""What is final asks, and what is on record stands: by the command line on a real Keycloak, one story in order."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from provisioning.keycloak.lookups import find_user, require_user
from provisioning.ledger.queries.endings import recorded_ending
from provisioning.model.events import EventKind
from provisioning.model.identifiers import Username
from tests.support.configuration import school
from tests.support.office import Office
from tests.support.watcher import provision

pytestmark = pytest.mark.assure

REFUSED, DIFFERENT, DONE = 4, 2, 0
NOTHING = "Nothing to change"

LIQUIDATED = '{reason: liquidation, document: "№ 12-о", date: 2026-01-20}'
DEAD = f"deactivated: {LIQUIDATED}"
EARLIER = ("generation: 2", f"earlier: [{{generation: 1, {LIQUIDATED[1:-1]}}}]")
OFFICES = """
- id: "46-0000100"
  kind: authority
  name: Перший відділ
  authority: "00-0000001"
  email: first@schools.example

- id: "46-0000200"
  kind: authority
  name: Другий відділ
  authority: "00-0000001"
  email: second@schools.example
"""


def under(office: str, record: str) -> str:
    return record.replace('authority: "00-0000001"', f'authority: "{office}"')


SCHOOLS = tuple(under("46-0000100", school(number)) for number in range(1, 7))


def run(office: Office, *arguments: str) -> tuple[int, str]:
    done = provision(office, *arguments)
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def apply(office: Office, *options: str) -> tuple[int, str]:
    return run(office, "apply", "--no-mail", *options)


def dead(office: Office, name: str) -> bool:
    return EventKind.ACCOUNT_DEACTIVATED in office.kinds(name)


@pytest.fixture(scope="module", autouse=True)
def filled(office: Office) -> None:
    office.folder.write(OFFICES, *SCHOOLS)
    office.apply()


def test_without_its_number_no_deactivation_and_nothing_else_is_done(office: Office) -> None:
    office.folder.write(OFFICES, under("46-0000100", school(1, DEAD)), *SCHOOLS[1:], school(7))
    code, said = run(office, "plan")
    assert code == REFUSED and "--allow-deactivations=1" in said
    for options in ((), ("--allow-deactivations", "2"), ("--allow-deactivations", "0")):
        code, said = apply(office, *options)
        assert code == REFUSED and "1 accounts would be deactivated" in said and NOTHING not in said
    assert not dead(office, "46-0000001") and find_user(office.realm.connection, "46-0000007") is None


def test_the_rest_can_be_done_and_the_deactivation_left_to_a_person(office: Office) -> None:
    code, said = apply(office, "--leave-deactivations")
    assert code == DIFFERENT and "1 deactivation left to a person (46-0000001)" in said and "1 account created" in said
    assert not dead(office, "46-0000001") and find_user(office.realm.connection, "46-0000007") is not None
    code, said = apply(office, "--leave-deactivations")
    assert code == DIFFERENT and NOTHING not in said


def test_a_saved_plan_stands_for_the_number(office: Office, tmp_path: Path) -> None:
    saved = tmp_path / "plan.json"
    assert run(office, "plan", "--out", str(saved))[0] == REFUSED
    assert json.loads(saved.read_text(encoding="utf-8"))["guards"][0]["guard"] == "deactivations"
    assert apply(office, str(saved))[0] == DONE
    assert dead(office, "46-0000001")
    assert require_user(office.realm.connection, "46-0000001")["enabled"] is False


def test_the_exact_number_lets_pass_and_the_second_apply_has_nothing_to_do(office: Office) -> None:
    ended = [under("46-0000100", school(number, DEAD)) for number in (1, 2, 3)]
    office.folder.write(OFFICES, *ended, *SCHOOLS[3:], school(7))
    assert apply(office, "--allow-deactivations", "2")[0] == DONE
    code, said = apply(office)
    assert code == DONE and NOTHING in said


@pytest.mark.parametrize(
    ("told", "both"),
    [
        ('{reason: cyber-incident, document: "№ 12-о", date: 2026-01-20}', ("liquidation", "cyber-incident")),
        ('{reason: liquidation, document: "№ 13-о", date: 2026-01-20}', ("№ 12-о", "№ 13-о")),
        ('{reason: liquidation, document: "№ 12-о", date: 2026-01-21}', ("2026-01-20", "2026-01-21")),
        (LIQUIDATED.replace("}", ', successors: ["46-0000004"]}'), ("none", "46-0000004")),
    ],
)
def test_other_words_than_the_records_are_refused_and_both_shown(
    told: str, both: tuple[str, str], office: Office
) -> None:
    ended = [under("46-0000100", school(number, DEAD)) for number in (2, 3)]
    other = under("46-0000100", school(1, f"deactivated: {told}"))
    office.folder.write(OFFICES, other, *ended, *SCHOOLS[3:], school(7))
    for command in (("plan",), ("plan", "--full"), ("apply", "--no-mail")):
        code, said = run(office, *command)
        assert code == REFUSED and NOTHING not in said
        assert "46-0000001 ended otherwise" in said and f"“{both[0]}” in the ledger, “{both[1]}” here" in said
    with office.ledger.reader() as reader:
        ending = recorded_ending(reader, Username("46-0000001"))
    assert ending is not None and ending.reason == "liquidation" and ending.document == "№ 12-о"


def test_an_account_after_a_liquidation_needs_a_recorded_decision_and_no_typed_word_will_do(office: Office) -> None:
    ended = [under("46-0000100", school(number, DEAD)) for number in (2, 3)]
    typed = [line.replace("liquidation", "cyber-incident") for line in EARLIER]
    for lines, codes in (
        (typed, ("ended otherwise", "nothing on record allows it")),
        (EARLIER, ("nothing on record allows it",)),
    ):
        again = under("46-0000100", school(1, *lines))
        office.folder.write(OFFICES, again, *ended, *SCHOOLS[3:], school(7))
        code, said = apply(office)
        assert code == REFUSED and all(word in said for word in codes) and NOTHING not in said
    assert find_user(office.realm.connection, "46-0000001-g2") is None
    assert run(office, "accounts", "new-generation", "46-0000004", "--document", "№ 40")[0] == REFUSED, "it lives"
    assert run(office, "accounts", "new-generation", "46-0000001", "--document", " ")[0] == REFUSED
    code, said = run(office, "accounts", "new-generation", "46-0000001", "--document", "№ 40 від 2026-11-20")
    assert code == DONE and "46-0000001-g2 may be made" in said
    assert run(office, "accounts", "new-generation", "46-0000001", "--document", "№ 40 від 2026-11-20")[0] == DONE
    assert office.kinds("46-0000001").count(EventKind.DECISION_RECORDED) == 1
    assert apply(office)[0] == DONE
    assert require_user(office.realm.connection, "46-0000001-g2")["enabled"] is True


def test_a_record_under_another_id_is_refused(office: Office) -> None:
    standing = [under("46-0000100", school(1, *EARLIER)), *(under("46-0000100", school(n, DEAD)) for n in (2, 3))]
    renamed = under("46-0000100", school(4)).replace("46-0000004", "46-0000044")
    office.folder.write(OFFICES, *standing, renamed, *SCHOOLS[4:], school(7))
    code, said = apply(office)
    assert code == REFUSED and "46-0000044 has the address school4@schools.example of 46-0000004" in said
    assert 'write `id: "46-0000004"` again' in said and NOTHING not in said
    assert find_user(office.realm.connection, "46-0000044") is None
    with_edebo = [under("46-0000100", school(5, "edebo_id: 7700")), SCHOOLS[5], school(7)]
    office.folder.write(OFFICES, *standing, SCHOOLS[3], *with_edebo)
    assert apply(office)[0] == DONE
    moved = under("46-0000100", school(5, "edebo_id: 7700", "email: other@schools.example"))
    moved = moved.replace("46-0000005", "46-0000055")
    office.folder.write(OFFICES, *standing, SCHOOLS[3], moved, SCHOOLS[5], school(7))
    code, said = apply(office)
    assert code == REFUSED and "46-0000055 has the EDEBO id 7700 of 46-0000005" in said
    office.folder.write(OFFICES, *standing, SCHOOLS[3], *with_edebo)
    code, said = apply(office)
    assert code == DONE and NOTHING in said


def test_moves_are_summed_up_and_have_a_guard_of_their_own(office: Office) -> None:
    realm = office.folder.path / "realm.yaml"
    text = realm.read_text(encoding="utf-8")
    assert "moves:\n    number: 100" in text
    realm.write_text(text.replace("moves:\n    number: 100", "moves:\n    number: 1"), encoding="utf-8")
    standing = [under("46-0000100", school(1, *EARLIER)), *(under("46-0000100", school(n, DEAD)) for n in (2, 3))]
    movers = [under("46-0000200", school(4)), under("46-0000200", school(5, "edebo_id: 7700")), SCHOOLS[5], school(7)]
    office.folder.write(OFFICES, *standing, *movers)
    code, said = run(office, "plan")
    assert code == REFUSED
    assert "2 accounts from 46-0000100 Перший відділ to 46-0000200 Другий відділ" in said
    assert apply(office)[0] == REFUSED and apply(office, "--allow-moves", "1")[0] == REFUSED
    assert apply(office, "--allow-moves", "2")[0] == DONE
    user = require_user(office.realm.connection, "46-0000004")
    assert user["attributes"]["sphere"] == ["/00-0000001/46-0000200/46-0000004"]
