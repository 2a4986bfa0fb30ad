"""Single cells of the register: types, states and addresses, over the spellings that real exports have."""

from __future__ import annotations

import pytest

from provisioning.edebo.addresses import read_address
from provisioning.edebo.cleaning import clean_katottg, oblast_named, oblast_of
from provisioning.edebo.kinds import kind_of
from provisioning.edebo.states import REASONS, RegisterState, state_of
from provisioning.model.institution import Kind
from provisioning.model.katottg import OBLASTS

KINDS = {
    "коллегіум": Kind.SCHOOL,
    "колегіум": Kind.SCHOOL,
    "міжшкільний навчально-виробничий комбінат": Kind.SCHOOL,
    "Міжшкільний ресурсний центр": Kind.SCHOOL,
    "загальноосвітня школа І-ІІІ ступенів": Kind.SCHOOL,
    "спеціалізована школа": Kind.SCHOOL,
    "навчально-виховний комплекс": Kind.SCHOOL,
    "науковий ліцей": Kind.SCHOOL,
    "гiмнaзiя": Kind.SCHOOL,  # Latin letters
    "спеціальна школа": Kind.SPECIAL,
    "навчально-реабілітаційний центр": Kind.SPECIAL,
    "дитячо-юнацька спортивна школа": Kind.EXTRACURRICULAR,
    "музична школа": Kind.EXTRACURRICULAR,
    "станція юних техніків": Kind.EXTRACURRICULAR,
    "центр дитячої та юнацької творчості": Kind.EXTRACURRICULAR,
    "заклад дошкільної освіти (ясла-садок)": Kind.PRESCHOOL,
    "вище професійне училище": Kind.VOCATIONAL,
    "професійний ліцей": Kind.VOCATIONAL,
    "Заклад професійної (професійно-технічної) освіти": Kind.VOCATIONAL,
    "професійно-технічний навчальний заклад": Kind.VOCATIONAL,
    "фаховий коледж": Kind.PRE_HIGHER,
    "Заклад фахової передвищої освіти": Kind.PRE_HIGHER,
    "технікум": Kind.PRE_HIGHER,
}
ASKED = [
    "Інший заклад професійної (професійно-технічної) освіти",
    "інші заклади освіти",
    "клуб за інтересами",
    "центр професійного розвитку педагогічних працівників",
    "інклюзивно-ресурсний центр",
    "університет",
    "",
]


@pytest.mark.parametrize("words", KINDS)
def test_a_type_in_the_register_s_spelling_has_its_kind(words: str) -> None:
    assert kind_of(words) is kind_of(words.upper()) is KINDS[words]


@pytest.mark.parametrize("words", ASKED)
def test_another_or_an_unknown_type_is_asked(words: str) -> None:
    assert kind_of(words) is None


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("працює", RegisterState.OPEN),
        ("зареєстровано", RegisterState.OPEN),
        ("призупинено", RegisterState.SUSPENDED),
        ("ПРИЗУПИНЕНО", RegisterState.SUSPENDED),
        ("тимчасово не працює", RegisterState.SUSPENDED),
        ("не працює", RegisterState.CLOSED),
        ("ліквідовано", RegisterState.CLOSED),
        ("припинено", RegisterState.CLOSED),
        ("реорганізовано", RegisterState.REORGANISED),
        ("реорганізується", None),
        ("у стані припинення", None),
        ("ще не відомо", None),
        ("не працює (тимчасово)", RegisterState.SUSPENDED),
        ("недіючий", RegisterState.CLOSED),
        ("Закрито (реорганізовано)", RegisterState.REORGANISED),
        *((word, None) for word in ("непрацює", "неактивний", "не функціонує", "не зареєстровано", "бездіяльний")),
        *((word, None) for word in ("зареєстровано припинення", "працює, в стадії ліквідації", "не активний")),
        *((word, RegisterState.OPEN) for word in ("діючий", "активний", "функціонує", "діє", "Працює.")),
    ],
)
def test_a_word_of_the_register_is_one_state_or_asked(words: str, state: RegisterState | None) -> None:
    assert state_of(words) is state


def test_suspended_has_no_reason_to_deactivate_and_what_is_over_has_one() -> None:
    assert {state for state in RegisterState if state.is_over} == set(REASONS)
    assert RegisterState.SUSPENDED not in REASONS


@pytest.mark.parametrize(
    "text",
    [
        *("a@x.example;", "a@x.example.", "е-mail:a@x.example", "e-mail: a@x.example"),
        *("E-MAIL a@x.example", "mailto:a@x.example", "<a@x.example>", "ел. пошта: a@x.example", "a@x.example, "),
        *("a@x.example; a@x.example", "email:a@x.example;"),
    ],
)
def test_what_has_one_meaning_is_mended_and_said(text: str) -> None:
    address = read_address(text)
    assert address.value == "a@x.example" and address.mended and not address.fault


@pytest.mark.parametrize(
    "text",
    ["a@x.example, b@x.example", "a@x.example;b@x.example;", "a@x.example / b@x.example", "a@x.example b@y.example"],
)
def test_of_several_addresses_none_is_chosen(text: str) -> None:
    address = read_address(text)
    assert address.value is None and len(address.several) == 2 and address.fault


@pytest.mark.parametrize("text", ["шкoла@schools.example", "https://x.example", "a@", "@x.example", "немає пошти"])
def test_what_is_no_address_is_left_out_with_its_fault(text: str) -> None:
    address = read_address(text)
    assert address.value is None and address.fault and not address.several


@pytest.mark.parametrize("code", OBLASTS)
def test_an_oblast_is_known_by_its_codes_and_its_name(code: str) -> None:
    name = OBLASTS[code]
    assert oblast_named(name) == oblast_named(f"{name} область".upper()) == code
    assert oblast_of(f"{code}10100000".lstrip("0")) == oblast_of(f"{code}10100000") == code
    assert clean_katottg(f"UA{code}060250010015970").value is not None


def test_a_code_of_no_oblast_is_left_out() -> None:
    assert clean_katottg("UA99060250010015970").value is None
    assert oblast_of("9910100000") is None
