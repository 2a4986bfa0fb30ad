"""Each reason of the decision, the order of the steps, and that nothing is ever allowed beyond what all sides allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.gate.decision import STEPS, Allow, Deny, case_of, decide, examine
from provisioning.gate.explanations import EXPLANATIONS
from provisioning.gate.reasons import Reason
from provisioning.gate.verdicts import Verdicts
from provisioning.model.identifiers import InstitutionId
from provisioning.model.ois import MandateState, OisState
from provisioning.model.records import AccountState, ApiKeyState
from provisioning.model.rights import RightsInForce
from provisioning.model.sphere import SpherePath, reaches
from provisioning.model.unreadable import UnreadableRecord
from tests.support.gate_cases import (
    AUTHORITY,
    OTHER,
    PATHS,
    ROOT,
    RULES,
    SCHOOL,
    SLUG,
    START,
    account,
    asked,
    bearer,
    judged,
    key,
    mandate,
    ois,
    verdicts,
)


def test_an_ois_with_a_mandate_reads_its_institution() -> None:
    assert judged(verdicts()) == Allow(
        SCHOOL, SCHOOL, SpherePath(PATHS[SCHOOL]), "students.read", frozenset({"institution.read", "students.read"})
    )


def test_every_reason_has_status_and_words_in_both_languages() -> None:
    assert EXPLANATIONS.keys() == set(Reason)
    for reason, said in EXPLANATIONS.items():
        assert reason.status in (400, 401, 403, 429, 503)
        texts = (said.title.uk, said.title.en, said.detail.uk, said.detail.en)
        assert all(len(text) > 10 for text in texts)
        assert len(set(texts)) == 4


def test_an_account_that_is_deactivated_opens_nothing() -> None:
    known = verdicts()
    known.take_accounts([account(state=AccountState.DEACTIVATED)])
    assert judged(known) is Reason.ACCOUNT_DEACTIVATED


@pytest.mark.parametrize("subject", [SCHOOL, f"api-{SCHOOL}-k1", f"ois-{SLUG}"])
def test_a_subject_of_which_an_event_cannot_be_read_opens_nothing_and_others_go_on(subject: str) -> None:
    known = verdicts()
    known.take_unreadable([UnreadableRecord(subject, 7, "account:updated", "it is unknown")])
    assert judged(known) is Reason.RECORD_UNREADABLE
    another = judged(known, bearer(OTHER), asked(f"/v1/institutions/{OTHER}/students"))
    assert isinstance(another, Allow) != subject.startswith("ois-"), "what rests on the OIS stops, and only that"


def test_an_account_that_the_ledger_does_not_know_opens_nothing() -> None:
    assert judged(Verdicts()) is Reason.ACCOUNT_UNKNOWN


def test_a_new_generation_does_not_bring_the_old_account_back() -> None:
    known = verdicts()
    known.take_accounts([account(state=AccountState.DEACTIVATED), account(generation=2)])
    assert judged(known) is Reason.ACCOUNT_DEACTIVATED


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (ApiKeyState.BORN, Reason.KEY_NOT_REVEALED),
        (ApiKeyState.CUT_OFF, Reason.KEY_CUT_OFF),
        (ApiKeyState.RETIRED, Reason.KEY_RETIRED),
    ],
)
def test_a_key_that_is_not_in_use_opens_nothing(state: ApiKeyState, reason: Reason) -> None:
    known = verdicts()
    known.take_keys([key(state=state)])
    assert judged(known) is reason


def test_another_key_of_the_account_stays_in_use_beside_a_cut_off_one() -> None:
    known = verdicts()
    known.take_keys([key(state=ApiKeyState.CUT_OFF), key(number=2)])
    second = bearer(preferred_username=f"service-account-api-{SCHOOL}-k2")
    assert judged(known, second) != Reason.KEY_CUT_OFF
    assert judged(known) is Reason.KEY_CUT_OFF


def test_a_key_that_was_never_created_opens_nothing() -> None:
    assert judged(verdicts(), bearer(preferred_username=f"service-account-api-{SCHOOL}-k9")) is Reason.KEY_UNKNOWN


def test_the_overlap_of_a_rotation_ends_when_it_was_planned_to() -> None:
    known = verdicts()
    known.take_keys([replace(key(), ends_at=START + timedelta(hours=1))])
    assert isinstance(judged(known), Allow)
    assert judged(known, now=START + timedelta(hours=1)) is Reason.KEY_RETIRED


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/", "GET"),
        ("/v1/institutions", "POST"),
        ("/v1/institutions", "get"),
        ("/v1/institutions", "OPTIONS"),
        (f"/v1/institutions/{SCHOOL}/students/a/b", "HEAD"),
        ("/V1/institutions", "GET"),
        (f"/v1/institutions/{SCHOOL}", "GET"),
        (f"/v1/institutions/{SCHOOL}/students/a/b", "GET"),
        (f"/v1/institutions/{SCHOOL}/students", "DELETE"),
    ],
)
def test_what_no_route_names_is_refused(path: str, method: str) -> None:
    assert judged(verdicts(), what=asked(path, method)) is Reason.NO_ROUTE


def test_a_right_is_needed_of_ois_mandate_and_institution_alike() -> None:
    everyone = ("students.read", "students.write")
    write = asked(method="POST", path=f"/v1/institutions/{SCHOOL}/students")
    known = verdicts()
    assert judged(known, what=write) is Reason.RIGHT_NOT_OF_OIS
    known.take_ois([ois(rights=everyone)])
    assert judged(known, what=write) is Reason.RIGHT_NOT_IN_MANDATE
    known.take_mandates([mandate(rights=everyone)])
    assert judged(known, what=write) is Reason.RIGHT_NOT_OF_INSTITUTION
    assert isinstance(judged(known, bearer(rights=list(everyone)), write), Allow)


def test_a_token_opens_no_more_than_the_record_gives_kind_or_institution() -> None:
    known = verdicts()
    known.take_accounts([account(SCHOOL, kind="school"), account(AUTHORITY, kind="authority")])
    read, other = frozenset({"students.read"}), frozenset({"institution.read"})
    known.take_rights(RightsInForce({"school": read, "authority": other}))
    allowed = judged(known)
    assert isinstance(allowed, Allow)
    assert allowed.rights == read, "the token has more"
    assert judged(known, bearer(AUTHORITY)) is Reason.RIGHT_NOT_OF_INSTITUTION
    known.take_rights(RightsInForce({"school": read, "authority": other}, {InstitutionId(AUTHORITY): read}))
    assert isinstance(judged(known, bearer(AUTHORITY)), Allow)
    known.take_rights(RightsInForce({"school": read}, {InstitutionId(SCHOOL): frozenset()}))
    assert judged(known) is Reason.RIGHT_NOT_OF_INSTITUTION
    assert judged(known, bearer(SCHOOL, rights=["institution.read"])) is Reason.RIGHT_NOT_OF_INSTITUTION


def test_an_institution_reaches_itself_and_nobody_else() -> None:
    for target in (OTHER, AUTHORITY, ROOT, "46-9999999", "me", "46-000000"):
        decided = decide(asked(f"/v1/institutions/{target}/students"), bearer(), verdicts(), RULES, START)
        assert isinstance(decided, Deny)
        assert decided.reason is Reason.OUTSIDE_SPHERE
        assert decided.reached == SCHOOL, "whose data it is not does not get to see the attempt"


def test_an_authority_reaches_what_is_under_it() -> None:
    assert isinstance(judged(verdicts(), bearer(AUTHORITY)), Allow)
    assert isinstance(judged(verdicts(), bearer(ROOT), asked(f"/v1/institutions/{OTHER}/students")), Allow)
    assert judged(verdicts(), bearer(AUTHORITY), asked(f"/v1/institutions/{OTHER}/students")) is Reason.OUTSIDE_SPHERE
    assert judged(verdicts(), bearer(AUTHORITY), asked(f"/v1/institutions/{ROOT}/students")) is Reason.OUTSIDE_SPHERE


def test_a_path_without_an_institution_reaches_the_own_sphere() -> None:
    allowed = judged(verdicts(), bearer(AUTHORITY), asked("/v1/institutions"))
    assert isinstance(allowed, Allow)
    assert (allowed.reached, allowed.sphere) == (AUTHORITY, PATHS[AUTHORITY])


def test_the_ledger_s_sphere_counts_and_not_the_token_s() -> None:
    known = verdicts()
    known.take_accounts([account(OTHER, sphere=f"{PATHS[AUTHORITY]}/{OTHER}")])
    assert isinstance(judged(known, bearer(AUTHORITY), asked(f"/v1/institutions/{OTHER}/students")), Allow)
    wide = bearer(SCHOOL, sphere=f"/{ROOT}")
    assert judged(known, wide, asked(f"/v1/institutions/{OTHER}/students")) is Reason.OUTSIDE_SPHERE


def test_an_account_without_a_recorded_sphere_reaches_itself_only() -> None:
    known = verdicts()
    known.take_accounts([account(AUTHORITY, sphere="")])
    assert judged(known, bearer(AUTHORITY)) is Reason.OUTSIDE_SPHERE
    own = asked(f"/v1/institutions/{AUTHORITY}/students")
    assert isinstance(judged(known, bearer(AUTHORITY), own), Allow)


def test_the_earlier_step_answers_when_several_would_refuse() -> None:
    faults = (
        lambda known: known.take_accounts([account(state=AccountState.DEACTIVATED)]),
        lambda known: known.take_keys([key(state=ApiKeyState.CUT_OFF)]),
        lambda known: known.take_ois([ois(OisState.SUSPENDED)]),
        lambda known: known.take_mandates([mandate(state=MandateState.WITHDRAWN)]),
    )
    found = []
    for repaired in range(len(faults) + 1):
        known = verdicts()
        for fault in faults[repaired:]:
            fault(known)
        found.append(judged(known, what=asked("/nowhere")))
    assert found == [
        Reason.ACCOUNT_DEACTIVATED,
        Reason.KEY_CUT_OFF,
        Reason.OIS_SUSPENDED,
        Reason.MANDATE_WITHDRAWN,
        Reason.NO_ROUTE,
    ]


def test_diagnosis_takes_the_same_steps_and_stops_at_none() -> None:
    known = verdicts()
    known.take_keys([key(state=ApiKeyState.CUT_OFF)])
    case = case_of(asked(f"/v1/institutions/{OTHER}/students"), bearer(), known, RULES, START)
    found = dict(examine(case))
    assert list(found) == [step for step, _ in STEPS]
    assert {reason for reason in found.values() if reason} == {Reason.KEY_CUT_OFF, Reason.OUTSIDE_SPHERE}


_NAMES = st.frozensets(st.sampled_from(["institution.read", "students.read", "students.write"]))
_INSTITUTIONS = st.sampled_from([ROOT, AUTHORITY, SCHOOL, OTHER])


@given(
    who=_INSTITUTIONS,
    target=_INSTITUTIONS,
    token_rights=_NAMES,
    ois_rights=_NAMES,
    mandate_rights=_NAMES,
    account_state=st.sampled_from(AccountState),
    key_state=st.sampled_from(ApiKeyState),
    ois_state=st.sampled_from(OisState),
    mandate_state=st.sampled_from(MandateState),
    method=st.sampled_from(["GET", "POST"]),
)
def test_allowed_is_only_what_every_side_allows(
    who: str,
    target: str,
    token_rights: frozenset[str],
    ois_rights: frozenset[str],
    mandate_rights: frozenset[str],
    account_state: AccountState,
    key_state: ApiKeyState,
    ois_state: OisState,
    mandate_state: MandateState,
    method: str,
) -> None:
    known = verdicts()
    known.take_accounts([account(who, state=account_state)])
    known.take_keys([key(who, state=key_state)])
    known.take_ois([ois(ois_state, rights=tuple(ois_rights))])
    known.take_mandates([mandate(who, rights=tuple(mandate_rights), state=mandate_state)])
    what = asked(f"/v1/institutions/{target}/students", method)
    decided = decide(what, bearer(who, rights=list(token_rights)), known, RULES, START)
    right = {"GET": "students.read", "POST": "students.write"}[method]
    allowed = (
        account_state is not AccountState.DEACTIVATED
        and key_state is ApiKeyState.REVEALED
        and ois_state is OisState.CONNECTED
        and mandate_state is MandateState.GRANTED
        and right in token_rights & ois_rights & mandate_rights
        and reaches(SpherePath(PATHS[who]), who in (ROOT, AUTHORITY), SpherePath(PATHS[target]))
    )
    assert isinstance(decided, Allow) == allowed
    if isinstance(decided, Allow):
        assert decided.rights == token_rights & ois_rights & mandate_rights
