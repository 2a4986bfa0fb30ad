"""An API key, an OIS and a mandate on a real Keycloak: what is exchanged, and what is refused (order cl. 5, 6, 8)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

import pytest

from provisioning.lifecycle.errors import ActionRefused, CarriedOutLater, UnknownOis
from provisioning.lifecycle.keys.cut_off import CutOffRequest, cut_off
from provisioning.lifecycle.keys.rotation import rotate
from provisioning.lifecycle.mandates.direct_use import set_direct_use
from provisioning.lifecycle.mandates.granting import Contract, grant, grantable_rights, withdraw
from provisioning.lifecycle.ois.connection import change_rights, resume, suspend
from provisioning.model.cut_off import CutOffReason
from provisioning.model.events import EventKind
from provisioning.model.ois import MandateRecord, MandateState, Slug
from tests.support.configuration import school
from tests.support.ledger_events import data_of
from tests.support.office import Office
from tests.support.third_party import ThirdParty, claims_of, connected, terminate

RIGHTS = frozenset({"students.read", "students.write", "staff.read"})
CLAIMS = frozenset({"exp", "iat", "jti", "iss", "aud", "sub", "typ", "azp", "scope", "preferred_username"})
ABOUT = frozenset({"institution", "kind", "sphere", "rights"})


@pytest.fixture(scope="module", autouse=True)
def schools(office: Office) -> None:
    office.folder.write(*(school(number) for number in range(1, 10)))
    office.apply()


@pytest.fixture(scope="module")
def diary(office: Office) -> ThirdParty:
    return _connected(office, "diary", RIGHTS)


@pytest.fixture(scope="module")
def other(office: Office) -> ThirdParty:
    return _connected(office, "other", RIGHTS)


def _connected(office: Office, slug: str, rights: Collection[str]) -> ThirdParty:
    party = ThirdParty(office.realm, Slug(slug))
    connected(office.actor, party, rights)
    return party


def contract(office: Office) -> Contract:
    today = office.actor.today()
    return Contract("12/2026", today, today + timedelta(days=30))


def mandate(office: Office, number: int, ois: str = "diary", rights: Collection[str] | None = None) -> MandateRecord:
    return grant(office.actor, f"46-000000{number}", ois, contract(office), rights)


def subject_token(office: Office, number: int, key: int = 1) -> str:
    return office.access_token(f"api-46-000000{number}-k{key}", office.reveal(f"api-46-000000{number}-k{key}"))


def test_under_a_mandate_the_key_is_exchanged_for_a_token_of_the_central_database(
    office: Office, diary: ThirdParty
) -> None:
    given = mandate(office, 1)
    assert office.unfinished() == []
    own = claims_of(subject_token(office, 1))
    assert (own["aud"], own.get("rights"), own.get("preferred_username")) == ("ois-diary", None, None)
    token = diary.exchanged(subject_token(office, 1))
    assert (token["azp"], token["aud"], token["typ"]) == ("ois-diary", "central-db", "Bearer")
    assert token["sub"] == own["sub"]
    assert token["preferred_username"] == "service-account-api-46-0000001-k1"
    assert (token["institution"], token["kind"]) == ("46-0000001", "school")
    assert token["sphere"].endswith("/46-0000001")
    assert set(token["rights"]) == set(given.rights) == RIGHTS
    assert set(token) - CLAIMS == ABOUT


def test_without_a_mandate_or_with_another_s_nothing_is_exchanged(
    office: Office, diary: ThirdParty, other: ThirdParty
) -> None:
    nobody_s = subject_token(office, 2)
    assert diary.exchange(nobody_s).status_code == 403
    mandate(office, 2)
    token = subject_token(office, 2)
    assert diary.exchange(token).status_code == 200
    refused = other.exchange(token)
    assert (refused.status_code, refused.json()["error"]) == (403, "access_denied")


def test_rights_are_what_institution_ois_and_mandate_all_allow(office: Office, diary: ThirdParty) -> None:
    narrow = _connected(office, "narrow", ["students.read", "staff.read", "users.admin"])
    assert grantable_rights(office.actor, "46-0000003", "narrow") == ("staff.read", "students.read")
    mandate(office, 3, "narrow", ["students.read"])
    mandate(office, 3)
    assert narrow.exchanged(subject_token(office, 3))["rights"] == ["students.read"]
    assert set(diary.exchanged(subject_token(office, 3))["rights"]) == RIGHTS
    change_rights(office.actor, "narrow", ["staff.read"], "needs no students")
    assert narrow.exchanged(subject_token(office, 3))["rights"] == []
    change_rights(office.actor, "narrow", ["staff.read", "students.read"], "needs them after all")
    assert narrow.exchanged(subject_token(office, 3))["rights"] == ["students.read"]


def test_a_mandate_is_never_wider_than_both_sides_and_never_beside_another(office: Office, diary: ThirdParty) -> None:
    with pytest.raises(ActionRefused, match=r"finance\.read"):
        mandate(office, 4, rights=["finance.read"])
    with pytest.raises(ActionRefused, match="nothing"):
        mandate(office, 4, rights=[])
    today = office.actor.today()
    with pytest.raises(ActionRefused, match="over before it begins"):
        grant(office.actor, "46-0000004", "diary", Contract("1", today, today - timedelta(days=1)))
    with pytest.raises(UnknownOis):
        mandate(office, 4, "nobody")
    first = mandate(office, 4)
    with pytest.raises(ActionRefused, match="stands already"):
        mandate(office, 4)
    second = grant(office.actor, "46-0000004", "diary", contract(office), ["staff.read"], replace=True)
    assert (first.id, second.id) == ("46-0000004.diary.1", "46-0000004.diary.2")
    assert diary.exchanged(subject_token(office, 4))["rights"] == ["staff.read"]


def test_a_withdrawn_mandate_closes_the_key_for_that_ois_alone(
    office: Office, diary: ThirdParty, other: ThirdParty
) -> None:
    given = mandate(office, 5)
    mandate(office, 5, "other")
    for _ in range(2):
        assert withdraw(office.actor, given.id, "contract ended").state is MandateState.WITHDRAWN
    token = subject_token(office, 5)
    assert diary.exchange(token).status_code == 403
    assert other.exchange(token).status_code == 200
    assert office.kinds("46-0000005").count(EventKind.MANDATE_WITHDRAWN) == 1


def test_a_suspended_ois_is_refused_until_it_is_resumed(office: Office) -> None:
    party = _connected(office, "paused", RIGHTS)
    mandate(office, 5, "paused")
    token = subject_token(office, 5)
    exchanged = str(party.exchange(token).json()["access_token"])
    suspend(office.actor, "paused", "a leak is looked into")
    assert party.exchange(token).status_code == 401
    assert not office.reader.is_active(exchanged)
    resume(office.actor, "paused", "there was none")
    assert party.exchange(subject_token(office, 5)).status_code == 200


def test_a_terminated_ois_loses_its_mandates_and_comes_back_never(office: Office) -> None:
    party = _connected(office, "ended", RIGHTS)
    given = mandate(office, 6, "ended")
    terminate(office.actor, "ended", "its operator asked")
    with office.ledger.reader() as reader:
        ended = reader.mandate(given.id)
    assert ended is not None
    assert ended.state is MandateState.WITHDRAWN
    token = subject_token(office, 6)
    assert "aud" not in claims_of(token)
    assert party.exchange(token).status_code == 401
    with pytest.raises(ActionRefused, match="final"):
        resume(office.actor, "ended", "please")


def test_rotation_carries_standing_mandates_over(office: Office, diary: ThirdParty) -> None:
    mandate(office, 7)
    assert rotate(office.actor, "46-0000007").new == "api-46-0000007-k2"
    for key in (1, 2):
        assert diary.exchange(subject_token(office, 7, key)).status_code == 200


def test_cut_off_of_an_ois_kills_the_key_with_its_tokens_and_that_mandate_alone(
    office: Office, diary: ThirdParty, other: ThirdParty
) -> None:
    mandate(office, 8)
    mandate(office, 8, "other")
    before = subject_token(office, 8)
    cut_off(office.actor, "46-0000008", CutOffRequest(CutOffReason.OIS, "director", ois="diary"))
    assert office.unfinished() == []
    for party in (diary, other):
        assert party.exchange(before).status_code in (400, 403)
    after = subject_token(office, 8, 2)
    assert diary.exchange(after).status_code == 403
    assert other.exchange(after).status_code == 200
    events = office.events("46-0000008")
    assert [data_of(e)["ois"] for e in events if e.kind is EventKind.MANDATE_WITHDRAWN] == ["diary"]


def test_direct_use_is_off_until_the_institution_switches_it_on(office: Office, diary: ThirdParty) -> None:
    assert "central-db" not in claims_of(subject_token(office, 9)).get("aud", ())
    mandate(office, 9, rights=["staff.read"])
    for _ in range(2):
        set_direct_use(office.actor, "46-0000009", True, "own system")
    token = claims_of(subject_token(office, 9))
    assert set(token["aud"]) == {"central-db", "ois-diary"}
    assert (token["azp"], token["preferred_username"]) == ("api-46-0000009-k1", "service-account-api-46-0000009-k1")
    assert {"students.write", "staff.write"} <= set(token["rights"])
    assert diary.exchanged(subject_token(office, 9))["rights"] == ["staff.read"]
    assert office.kinds("46-0000009").count(EventKind.ACCOUNT_DIRECT_USE_CHANGED) == 1
    set_direct_use(office.actor, "46-0000009", False)
    assert claims_of(subject_token(office, 9))["aud"] == "ois-diary"


def test_with_keycloak_down_a_withdrawal_and_a_suspension_stand_and_are_carried_out_later(office: Office) -> None:
    party = _connected(office, "later", RIGHTS)
    given = mandate(office, 1, "later")
    with pytest.raises(CarriedOutLater):
        withdraw(office.actor_without_keycloak, given.id, "x")
    with pytest.raises(CarriedOutLater):
        suspend(office.actor_without_keycloak, "later", "x")
    assert sorted(office.unfinished()) == ["ois:ois-later", "openings:api-46-0000001-k1"]
    withdraw(office.actor, given.id, "x")
    with pytest.raises(ActionRefused, match="suspended already"):
        suspend(office.actor, "later", "x")
    assert office.unfinished() == ["ois:ois-later"]
    resume(office.actor, "later", "x")
    assert office.unfinished() == []
    assert party.exchange(subject_token(office, 1)).status_code == 403
