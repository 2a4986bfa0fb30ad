"""Cut-off on a real Keycloak: the old key and its tokens dead, a new key in place, the owner told (order cl. 8)."""

from __future__ import annotations

import pytest

from provisioning.ledger.leases.lease import hold_lease
from provisioning.lifecycle.applying.births import OPEN
from provisioning.lifecycle.comparison.convergence import converge
from provisioning.lifecycle.errors import ActionRefused, CarriedOutLater, UnknownAccount
from provisioning.lifecycle.keys.cut_off import LEAK_MAIL, CutOffRequest, cut_off
from provisioning.lifecycle.keys.leaks import Standing, check_text, kill_leaked, record_leaked
from provisioning.lifecycle.tasks.catalogue import reveal_key_task
from provisioning.model.api_key_secret import new_api_key
from provisioning.model.cut_off import CutOffReason
from provisioning.model.events import EventKind
from provisioning.model.identifiers import ClientId
from provisioning.model.records import NewTask
from tests.support.configuration import school
from tests.support.ledger_events import data_of
from tests.support.office import Office

REQUEST = CutOffRequest(CutOffReason.REQUEST, "director of 46-0000001", note="letter № 4")


@pytest.fixture(scope="module", autouse=True)
def schools(office: Office) -> None:
    office.folder.write(*(school(number) for number in range(1, 6)))
    office.apply()


def mails(office: Office, template: str) -> list[str]:
    with office.ledger.reader() as reader:
        return [mail.subject_account for mail in reader.mails() if mail.template == template]


def test_the_old_key_and_its_tokens_are_dead_and_the_new_key_works_after_its_reveal(office: Office) -> None:
    office.reader.let_see("api-46-0000001-k1")
    secret = office.reveal("46-0000001")
    token = office.access_token("api-46-0000001-k1", secret)
    assert office.reader.is_active(token)
    done = cut_off(office.actor, "46-0000001", REQUEST)
    assert (done.ended, done.new) == (("api-46-0000001-k1",), "api-46-0000001-k2")
    assert office.token("api-46-0000001-k1", secret).status_code == 401
    assert not office.reader.is_active(token)
    assert office.token("api-46-0000001-k2", secret).status_code == 401
    fresh = office.reveal("46-0000001")
    assert office.reader.is_active(office.access_token("api-46-0000001-k2", fresh))
    assert office.unfinished() == []
    office.reader.let_go("api-46-0000001-k1", "api-46-0000001-k2")
    plan = office.survey().plan
    assert plan.is_in_sync, plan.accounts


def test_request_decision_and_end_are_recorded_and_the_owner_is_told_once(office: Office) -> None:
    assert office.kinds("46-0000001")[-2:] == [EventKind.CUT_OFF_REQUESTED, EventKind.CUT_OFF_DECIDED]
    requested = office.events("46-0000001")[-2]
    assert data_of(requested)["requested_by"] == "director of 46-0000001"
    assert requested.reason == "letter № 4"
    assert office.kinds("api-46-0000001-k1")[-1] is EventKind.API_KEY_CUT_OFF
    assert mails(office, "key-cut-off") == ["46-0000001"]


def test_asked_again_it_makes_no_other_key_until_somebody_has_seen_the_new_one(office: Office) -> None:
    first = cut_off(office.actor, "46-0000002", REQUEST)
    again = cut_off(office.actor, "46-0000002", REQUEST)
    assert again.ended == ()
    assert again.new == first.new == "api-46-0000002-k2"
    office.reveal("46-0000002")
    assert cut_off(office.actor, "46-0000002", REQUEST).new == "api-46-0000002-k3"


def test_with_keycloak_down_it_stands_at_once_and_is_finished_later_exactly_once(office: Office) -> None:
    secret = office.reveal("46-0000003")
    for _ in range(2):
        with pytest.raises(CarriedOutLater, match="recorded and stands"):
            cut_off(office.actor_without_keycloak, "46-0000003", REQUEST)
    assert converge(office.actor).finished == 3
    assert office.kinds("46-0000003").count(EventKind.CUT_OFF_DECIDED) == 1
    assert office.token("api-46-0000003-k1", secret).status_code == 401
    assert office.access_token("api-46-0000003-k2", office.reveal("46-0000003"))
    assert mails(office, "key-cut-off").count("46-0000003") == 1


def test_the_key_named_must_exist(office: Office) -> None:
    with pytest.raises(UnknownAccount):
        cut_off(office.actor, "46-0000099", REQUEST)
    with pytest.raises(ActionRefused, match="final"):
        cut_off(office.actor, "api-46-0000001-k1", REQUEST)


def test_a_found_key_is_recognised_from_the_ledger_alone(office: Office) -> None:
    secret, stranger = office.reveal("46-0000004"), new_api_key()
    text = f"curl -u api:{secret.reveal()} …\n{stranger.reveal()}\n{secret.reveal()[:-1]}x"
    with office.ledger.reader() as reader:
        found = check_text(reader, text)
    assert [key.standing for key in found] == [Standing.LIVE, Standing.UNKNOWN]
    assert found[0].record is not None
    assert found[0].record.client_id == "api-46-0000004-k1"


def test_a_leaked_key_dies_at_once_and_its_owner_is_told(office: Office) -> None:
    office.reader.let_see("api-46-0000005-k1")
    earlier, secret = office.reveal("46-0000005"), office.reveal("46-0000005")
    token = office.access_token("api-46-0000005-k1", secret)
    assert office.reader.is_active(token)
    text = f"{earlier.reveal()} {secret.reveal()}"
    found, done = kill_leaked(office.actor, text, "https://paste.example/1")
    assert [key.standing for key in found] == [Standing.REPLACED, Standing.LIVE]
    assert [cut.new for cut in done] == ["api-46-0000005-k2"]
    assert not office.reader.is_active(token)
    assert office.token("api-46-0000005-k1", secret).status_code == 401
    assert mails(office, LEAK_MAIL) == ["46-0000005"]
    assert office.events("46-0000005")[-1].reason == "https://paste.example/1"
    again, nothing = kill_leaked(office.actor, text, "https://paste.example/1")
    assert [key.standing for key in again] == [Standing.REPLACED, Standing.OVER]
    assert nothing == ()


def test_a_forged_fingerprint_ends_no_key(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.reveal("46-0000002")
    with office.ledger.reader() as reader:
        (live,) = [key for key in reader.api_keys("46-0000002") if not key.state.is_over]
    forged = new_api_key()
    monkeypatch.setattr("provisioning.lifecycle.keys.leaks.fingerprint", lambda secret: live.fingerprint)
    assert record_leaked(office.actor, forged.reveal(), "nowhere") == ()
    assert len(record_leaked(office.actor_without_keycloak, forged.reveal(), "nowhere")) == 1


def test_a_reveal_or_an_apply_that_is_under_way_holds_up_no_cut_off(office: Office) -> None:
    """Their tasks wait in the ledger, and somebody else holds the account's lease."""
    name, key = "46-0000003", "api-46-0000003-k2"
    secret = office.reveal(name)
    with office.ledger.transaction() as transaction:
        transaction.add_tasks([reveal_key_task(ClientId(key)), NewTask(f"open:{name}", OPEN, name)])
    with hold_lease(office.ledger, name=f"account:{name}", holder="institution:somebody"):
        done = cut_off(office.actor, name, REQUEST)
    assert done.ended == (key,)
    assert office.token(key, secret).status_code == 401
    assert [task for task in office.unfinished() if name in task] == [f"open:{name}", f"reveal:{key}"]
