"""Where a row belongs: over every pair of oblasts and hromadas, place decides and the name only within it."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from provisioning.edebo.decisions import Decisions
from provisioning.edebo.placement import Authorities, How, Open, Place, Placed
from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import Deactivation, DeactivationReason, Institution, Kind
from provisioning.model.katottg import OBLASTS
from provisioning.model.text import folded

HERE = "UA46060250000012345"
THERE = "UA46040100000054321"
NAMES = (
    "Павлівська сільська рада",
    "Міська рада",
    "Обласна рада",
    "Відділ освіти Калуської міської ради",
    "ТОВ «Мрія»",
)


def made(identifier: str, name: str, katottg: str | None = None) -> Institution:
    return Institution(InstitutionId(identifier), Kind.AUTHORITY, name, "a@b.example", katottg=katottg)


def among(*institutions: Institution, decided: Decisions | None = None) -> Authorities:
    return Authorities.of(institutions, decided or Decisions())


@pytest.mark.parametrize("name", NAMES)
def test_no_name_ever_leads_to_another_oblast(name: str) -> None:
    for mine, other in product(OBLASTS, OBLASTS):
        place = Place(other, f"UA{other}01001")
        found = among(made(f"{mine}-0000001", name, f"UA{mine}010010000{12345:05d}")).find(name, place)
        if mine != other:
            assert isinstance(found, Open) and found.suggestion is None
        else:
            assert isinstance(found, Placed)


def test_a_national_authority_is_taken_everywhere() -> None:
    authorities = among(made("00-0000001", "Міністерство освіти і науки України"))
    for oblast in (*OBLASTS, None):
        assert authorities.find("МОН України", Place(oblast)) == Placed(InstitutionId("00-0000001"), How.WORDS)


def test_namesakes_of_one_oblast_are_told_apart_by_their_hromada() -> None:
    authorities = among(
        made("46-0000001", "Павлівська сільська рада", HERE),
        made("46-0000002", "Відділ освіти Павлівської сільської ради", THERE),
    )
    for place, expected in ((HERE, "46-0000001"), (THERE, "46-0000002")):
        found = authorities.find("Павлівська с/р", Place("46", place[:9]))
        assert isinstance(found, Placed) and found.id == expected
    assert isinstance(authorities.find("Павлівська с/р", Place("46")), Open)
    assert isinstance(authorities.find("Павлівська с/р", Place("46", "UA4601001")), Open)


def test_a_row_without_a_code_follows_its_body_when_all_others_lie_in_one_place() -> None:
    authorities = among(
        made("46-0000001", "Павлівська сільська рада", HERE), made("46-0000002", "Павлівська сільська рада", THERE)
    )
    authorities.observe("Павлівська сільська рада", Place("46", HERE[:9]))
    assert authorities.find("Павлівська сільська рада", Place("46")) == Placed(InstitutionId("46-0000001"), How.NAME)
    authorities = among(
        *[made(f"46-000000{n}", "Павлівська сільська рада", code) for n, code in ((1, HERE), (2, THERE))]
    )
    for code in (HERE, THERE):
        authorities.observe("Павлівська сільська рада", Place("46", code[:9]))
    assert isinstance(authorities.find("Павлівська сільська рада", Place("46")), Open)


def test_a_hromada_of_another_authority_is_not_left_by_name() -> None:
    authorities = among(
        made("46-0000001", "Павлівська сільська рада", HERE), made("46-0000002", "Гірська сільська рада", THERE)
    )
    found = authorities.find("Павлівська сільська рада", Place("46", THERE[:9]))
    assert isinstance(found, Open) and found.suggestion is not None


def test_a_general_name_is_settled_by_the_hromada_alone() -> None:
    authorities = among(made("46-0000001", "Управління освіти Калуської міської ради", HERE))
    found = authorities.find("Міська рада", Place("46", HERE[:9]))
    assert found == Placed(InstitutionId("46-0000001"), How.WORDS)
    assert isinstance(authorities.find("Сільська рада", Place("46", HERE[:9])), Open)
    assert isinstance(authorities.find("Міська рада", Place("46", THERE[:9])), Open)
    assert isinstance(authorities.find("Міська рада", Place("46")), Open)


@pytest.mark.parametrize(
    "name",
    [
        *("Управління освіти Калуської міської ради", "Департамент освіти та культури Калуської селищної ради"),
        *("Відділ освіти Калуської міської військової адміністрації", "відділ освти Калускої міської рады"),
        *("Підпорядкування: Калуської міської ради", "Засновник - Калуська міська рада", "Від.освіти м. Калуш"),
        *(
            "Відділ ОКМС Калуської ОТГ",
            "Управл. освіти Калуської м/р (м. Калуш)",
            "Гуманітарний відділ Калуської м. р.",
        ),
    ],
)
def test_the_council_of_the_row_s_hromada_has_one_department_of_education(name: str) -> None:
    authorities = among(made("46-0000001", "Відділ освіти Калуської міської ради", HERE))
    assert authorities.find(name, Place("46", HERE[:9])) == Placed(InstitutionId("46-0000001"), How.WORDS)
    assert isinstance(authorities.find(name, Place("46", THERE[:9])), Open)
    assert isinstance(authorities.find(name, Place("23", "UA2301001")), Open)


@pytest.mark.parametrize(
    "name",
    [
        *("Управління культури Калуської міської ради", "Відділ освіти Ленінської міської ради", "-", "Управління", ""),
        *("Управління освіти Соборного району м. Калуш", "Калуська районна державна адміністрація", "ТОВ «Калуш»"),
    ],
)
def test_another_body_of_the_row_s_hromada_is_asked(name: str) -> None:
    authorities = among(made("46-0000001", "Відділ освіти Калуської міської ради", HERE))
    assert isinstance(authorities.find(name, Place("46", HERE[:9])), Open)


def test_two_departments_of_one_council_are_told_apart_by_their_names_alone() -> None:
    authorities = among(
        made("46-0000001", "Відділ освіти Калуської міської ради", HERE),
        made("46-0000002", "Управління освіти Калуської міської ради", HERE),
    )
    found = authorities.find("Управління освіти Калуської м/р", Place("46", HERE[:9]))
    assert found == Placed(InstitutionId("46-0000002"), How.WORDS)
    assert isinstance(authorities.find("Калуська міська рада", Place("46", HERE[:9])), Open)


def test_districts_of_a_city_are_told_apart_however_they_are_written() -> None:
    authorities = among(
        made("80-0000001", "Департамент освіти Київської міської ради", "UA80000000000093317"),
        made(
            "80-0000002",
            "Управління освіти Соборної районної в місті Києві державної адміністрації",
            "UA80000000000000001",
        ),
        made(
            "80-0000003",
            "Управління освіти Лісової районної в місті Києві державної адміністрації",
            "UA80000000000000002",
        ),
    )
    for name in ("Управління освіти Соборного району м. Києва", "Соборна РДА", "Соборна районна в м. Києві рада"):
        assert authorities.find(name, Place("80", "UA8000000")) == Placed(InstitutionId("80-0000002"), How.WORDS)
    assert isinstance(authorities.find("Дальня РДА", Place("80", "UA8000000")), Open)


def test_a_code_in_the_text_excludes_authorities_of_another_code() -> None:
    one = Institution(
        InstitutionId("46-0000001"),
        Kind.AUTHORITY,
        "Калуська міська рада",
        "a@b.example",
        edrpou="02145719",
        katottg=HERE,
    )
    authorities = among(one)
    assert isinstance(authorities.find("Калуська міська рада (код ЄДРПОУ 02145719)", Place("46", HERE[:9])), Placed)
    assert isinstance(authorities.find("Калуська міська рада (код ЄДРПОУ 38487950)", Place("46", HERE[:9])), Open)


def test_a_text_that_names_another_oblast_than_the_row_is_asked() -> None:
    authorities = among(made("53-0000001", "Обласна рада"), made("44-0000001", "Луганська обласна рада"))
    assert isinstance(authorities.find("Луганська обласна рада", Place("53")), Open)


def test_a_decision_comes_before_every_name_and_holds_in_its_place_alone() -> None:
    text = "Павлівська сільська рада"
    decided = Decisions({("46", HERE[:9], folded(text)): InstitutionId("46-0000009")})
    authorities = among(made("46-0000001", text), decided=decided)
    assert authorities.find(text, Place("46", HERE[:9])) == Placed(InstitutionId("46-0000009"), How.DECIDED)
    assert authorities.find(text, Place("46", THERE[:9])) == Placed(InstitutionId("46-0000001"), How.NAME)


def test_a_deactivated_authority_is_no_answer() -> None:

    gone = Deactivation(DeactivationReason.REORGANISATION, "№ 1", date(2026, 1, 1))
    ended = Institution(
        InstitutionId("46-0000001"), Kind.AUTHORITY, "Павлівська сільська рада", "a@b.example", deactivated=gone
    )
    assert isinstance(among(ended).find(ended.name, Place("46")), Open)


@pytest.mark.parametrize("mine", ["UA46060010010011111", "UA46060000000000000"])
@pytest.mark.parametrize("row", ["UA46020000000000000", "UA46020010010011111"])
def test_a_code_of_another_raion_is_another_place_whatever_its_level(mine: str, row: str) -> None:
    authorities = among(made("46-0000001", "Павлівська сільська рада", mine))
    assert isinstance(authorities.find("Павлівська сільська рада", Place.of("46", row)), Open)
    same = Place.of("46", "UA46060000000000000")
    assert authorities.find("Павлівська сільська рада", same) == Placed(InstitutionId("46-0000001"), How.NAME)


@pytest.mark.parametrize("others", [(HERE, THERE), ("UA46020000000000000", THERE), (HERE, "UA46020000000000000")])
def test_an_authority_without_a_code_takes_nobody_when_rows_of_its_name_lie_in_two_places(
    others: tuple[str, str],
) -> None:
    authorities = among(made("46-0000001", "Павлівська сільська рада"))
    for code in others:
        authorities.observe("Павлівська с/р", Place.of("46", code))
    for code in (*others, None):
        assert isinstance(authorities.find("Павлівська сільська рада", Place.of("46", code)), Open)


def test_a_raion_of_the_same_name_is_no_namesake_of_a_council() -> None:
    authorities = among(made("46-0000001", "Павлівська сільська рада"))
    for code in (HERE, THERE):
        authorities.observe("Павлівська районна рада", Place.of("46", code))
    found = authorities.find("Павлівська сільська рада", Place.of("46", HERE))
    assert found == Placed(InstitutionId("46-0000001"), How.NAME)


def test_a_raion_in_a_name_that_no_code_confirms_is_left_to_a_person() -> None:
    authorities = among(made("46-0000001", "Павлівська сільська рада", HERE))
    name = "Павлівська сільська рада Самбірського району"
    assert isinstance(authorities.find(name, Place("46")), Open)
    assert authorities.find(name, Place.of("46", HERE)) == Placed(InstitutionId("46-0000001"), How.WORDS)


@pytest.mark.parametrize("name", ["Відділ освіти", "Міська рада", "Управління освіти", "Рада"])
def test_a_name_of_every_hromada_says_nothing_of_a_row_without_a_place(name: str) -> None:
    authorities = among(made("46-0000001", "Відділ освіти Калуської міської ради", HERE))
    authorities.observe(name, Place.of("46", HERE))
    assert isinstance(authorities.find(name, Place.of("46", HERE)), Placed)
    assert isinstance(authorities.find(name, Place("46")), Open)


@pytest.mark.parametrize("name", ["Управління освіти", "Відділ освіти", "РУО"])
def test_a_general_name_in_a_city_with_districts_is_left_to_a_person(name: str) -> None:
    city = "UA80000000000093317"
    authorities = among(
        made("80-0000001", "Департамент освіти і науки КМДА", city),
        made("80-0000002", "Управління освіти Дарницької районної в місті Києві державної адміністрації", city),
    )
    assert isinstance(authorities.find(name, Place.of("80", city)), Open)
    assert isinstance(authorities.find("Київська міська рада", Place.of("80", city)), Placed)


@pytest.mark.parametrize("name", ["Рада засновників", "Збори засновників", "Рада співвласників", "Рада власників"])
def test_founders_who_meet_are_no_council_of_a_hromada(name: str) -> None:
    authorities = among(made("46-0000001", "Відділ освіти Калуської міської ради", HERE))
    assert isinstance(authorities.find(name, Place.of("46", HERE)), Open)
